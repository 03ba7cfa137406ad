package answer

// reader reads an answer without the words around it: lead are the words before it, folded.
type reader func(lead []string, text string, c Context) (value any, refusal Refusal)

// rules are how a kind of answer is read.
type rules struct {
	read reader
	// inSentence finds the answer in a text with other words than those; nil where none may stand there.
	inSentence func(text string, c Context) (value any, ok bool)
	// before are the words that may stand before such an answer: those by which people call it, and those
	// that lead to it only. after are words that follow it.
	before, after wordSet
	// quantity is set where the digits of an answer are one number or a few, not a row of digits.
	quantity bool
	// colons is set where a colon is part of the answer.
	colons bool
	// prepare brings a text without courtesies into the order and the form in which it is read; nil for none.
	prepare func(text string) string
}

const (
	amountNames = "somos seriamos tengo unos unas como para pra $ us$ u$s usd r$ s/ s/. bs gs € + clp ars mxn cop pen brl eur uf total cantidad"
	amountAfter = "pesos peso dolares dolar euros euro soles sol reais real guaranies bolivianos clp usd ars mxn cop pen brl eur uf $ us$ € " +
		"personas persona pessoas pessoa people person anos ano years"
)

// kinds are the rules of all kinds.
var kinds = map[Kind]rules{
	Int: {
		read: func(lead []string, text string, c Context) (any, Refusal) { return reading(readInt(lead, text, c)) },
		inSentence: func(text string, c Context) (any, bool) {
			q, ok := oneNumber(text, c.Language)
			if !ok {
				return nil, false
			}
			return anyOf(q.whole())
		},
		before:   setOf(leading, amountNames),
		after:    setOf(polite, amountAfter),
		quantity: true,
	},
	Number: {
		read: func(lead []string, text string, c Context) (any, Refusal) { return reading(readNumber(lead, text, c)) },
		inSentence: func(text string, c Context) (any, bool) {
			q, ok := oneNumber(text, c.Language)
			if !ok {
				return nil, false
			}
			return anyOf(q.real(c.Language))
		},
		before:   setOf(leading, amountNames),
		after:    setOf(polite, amountAfter),
		quantity: true,
	},
	Date: {
		read:     func(lead []string, text string, c Context) (any, Refusal) { return reading(readDate(lead, text, c)) },
		before:   setOf(leading, beforeDay),
		after:    setOf(polite, afterDay),
		quantity: true,
	},
	Time: {
		read:     readTime,
		before:   setOf(leading, beforeHour),
		after:    setOf(polite, afterHour),
		quantity: true,
		colons:   true,
		prepare:  hourFirst,
	},
	Email: {
		read:   alone(readEmail),
		before: setOf(leading, "mailto correo mail email e-mail electronico direccion endereco address"),
		after:  setOf(polite),
	},
	Phone: {
		read:    func(_ []string, text string, c Context) (any, Refusal) { return reading(readPhone(text, c)) },
		before:  setOf(leading, beforePhone),
		after:   setOf(polite, afterPhone),
		colons:  true, // a link has one
		prepare: numbersOfLinks,
	},
	RUT:  identity(readRUT, "rut run r.u.t r.u.n cedula"),
	DNI:  identity(readDNI, "dni d.n.i documento doc identidad"),
	CUIT: identity(readCUIT, "cuit cuil c.u.i.t c.u.i.l cuit/cuil"),
	CPF:  identity(readCPF, "cpf c.p.f"),
	CNPJ: identity(readCNPJ, "cnpj c.n.p.j"),
	CURP: identity(readCURP, "curp c.u.r.p"),
	RFC:  identity(readRFC, "rfc r.f.c"),
}

// identity are the rules of identity numbers with these names.
func identity(read func(string) (string, bool), names string) rules {
	return rules{read: alone(read), before: setOf(leading, names), after: setOf(polite)}
}

// Kinds are all kinds of typed answers, in the order in which messages list them.
func Kinds() []Kind {
	return []Kind{Int, Number, Date, Time, Email, Phone, RUT, DNI, CUIT, CPF, CNPJ, CURP, RFC}
}

// alone is a reader of an answer that depends on nothing but its text.
func alone(read func(string) (string, bool)) reader {
	return func(_ []string, text string, _ Context) (any, Refusal) { return reading(read(text)) }
}

// anyOf turns (T, bool) into (any, bool), with nil where there is no value.
func anyOf[T any](value T, ok bool) (any, bool) {
	if !ok {
		return nil, false
	}
	return value, true
}

// reading turns (T, bool) into (any, Refusal), with nil where there is no value.
func reading[T any](value T, ok bool) (any, Refusal) {
	if !ok {
		return nil, Unreadable
	}
	return value, ""
}

// leading are words that lead to an answer of any kind, folded, in Spanish, Portuguese and English;
// polite are words that follow one.
const (
	leading = "mi mis es el la los las son seria de del un una numero num nro n si hola claro ok bueno dale " +
		"meu minha e o a sao seria um uma sim oi ola " +
		"my is the it its it's im i'm yes hi hello number"
	polite = "gracias porfa porfavor por favor saludos obrigado obrigada thanks thank you please"
)
