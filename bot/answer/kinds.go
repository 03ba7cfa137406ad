package answer

import "strings"

// reader reads an answer without the words around it: lead are the words before it, folded.
type reader func(lead []string, text string, c Context) (value any, ok bool)

// rules are how a kind of answer is read.
type rules struct {
	read reader
	// names are the words by which people call such an answer, and those that lead to it only;
	// after are words that follow it, besides polite ones.
	names, after string
	// quantity is set where the digits of an answer are one number or a few, not a row of digits.
	quantity bool
	// colons is set where a colon is part of the answer.
	colons bool
}

const (
	amountNames = "somos seriamos tengo unos unas como $ us$ u$s usd r$ s/ s/. bs gs € + clp ars mxn cop pen brl eur uf total cantidad"
	amountAfter = "pesos peso dolares dolar euros euro soles sol reais real guaranies bolivianos clp usd ars mxn cop pen brl eur uf $ us$ € " +
		"personas persona pessoas pessoa people person anos ano years"
)

// kinds are the rules of all kinds.
var kinds = map[Kind]rules{
	Int: {
		read:     func(lead []string, text string, _ Context) (any, bool) { return anyOf(readInt(lead, text)) },
		names:    amountNames,
		after:    amountAfter,
		quantity: true,
	},
	Number: {
		read: func(lead []string, text string, c Context) (any, bool) {
			return anyOf(readNumber(lead, text, c.Language))
		},
		names:    amountNames,
		after:    amountAfter,
		quantity: true,
	},
	Date: {
		read:     func(lead []string, text string, c Context) (any, bool) { return anyOf(readDate(lead, text, c)) },
		names:    "dia fecha para nacimiento naci nacido nacida em data na nasci nascimento on for date born",
		after:    "pf proximo proxima que viene que vem",
		quantity: true,
	},
	Time: {
		read: func(lead []string, text string, c Context) (any, bool) {
			return anyOf(readTime(lead, text, c.Language))
		},
		names:    "hora para como tipo time at as al ao alas",
		after:    "en punto em ponto sharp",
		quantity: true,
		colons:   true,
	},
	Email: {
		read:  alone(readEmail),
		names: "mailto correo mail email e-mail electronico direccion endereco address",
	},
	Phone: {
		read:  func(_ []string, text string, c Context) (any, bool) { return anyOf(readPhone(text, c.Contact)) },
		names: "telefono fono tel cel celular movil whatsapp wsp wasap contacto telefone fone phone mobile cell este esse",
	},
	RUT:  {read: alone(readRUT), names: "rut run r.u.t r.u.n cedula"},
	DNI:  {read: alone(readDNI), names: "dni d.n.i documento doc identidad"},
	CUIT: {read: alone(readCUIT), names: "cuit cuil c.u.i.t c.u.i.l cuit/cuil"},
	CPF:  {read: alone(readCPF), names: "cpf c.p.f"},
	CNPJ: {read: alone(readCNPJ), names: "cnpj c.n.p.j"},
	CURP: {read: alone(readCURP), names: "curp c.u.r.p"},
	RFC:  {read: alone(readRFC), names: "rfc r.f.c"},
}

// Kinds are all kinds of typed answers, in the order in which messages list them.
func Kinds() []Kind {
	return []Kind{Int, Number, Date, Time, Email, Phone, RUT, DNI, CUIT, CPF, CNPJ, CURP, RFC}
}

// alone is a reader of an answer that depends on nothing but its text.
func alone(read func(string) (string, bool)) reader {
	return func(_ []string, text string, _ Context) (any, bool) { return anyOf(read(text)) }
}

// anyOf turns (T, bool) into (any, bool), with nil where there is no value.
func anyOf[T any](value T, ok bool) (any, bool) {
	if !ok {
		return nil, false
	}
	return value, true
}

// wordsBefore are the words that may stand before an answer.
func (r rules) wordsBefore() []string { return strings.Fields(leading + " " + r.names) }

// wordsAfter are the words that may stand after an answer.
func (r rules) wordsAfter() []string { return strings.Fields(polite + " " + r.after) }

// leading are words that lead to an answer of any kind, folded, in Spanish, Portuguese and English;
// polite are words that follow one.
const (
	leading = "mi mis es el la los las son seria de del un una numero num nro n si hola claro ok bueno dale " +
		"meu minha e o a sao seria um uma sim oi ola " +
		"my is the it its it's im i'm yes hi hello number"
	polite = "gracias porfa porfavor por favor saludos obrigado obrigada thanks thank you please"
)
