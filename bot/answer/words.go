package answer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/chattigo/api-isv/bot/fold"
)

// plain brings what phones produce to plain characters: full-width digits, no-break and other
// spaces, dashes of every length; marks of direction, joiners and emoji are left out. A line break or
// a picture is a line break then. ok is false where digits do not mean what they seem to.
func plain(text string) (characters string, ok bool) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if strings.ContainsFunc(text, misleads) {
		return "", false
	}
	var b strings.Builder
	for _, r := range norm.NFKC.String(text) {
		switch {
		case breaksLine(r):
			b.WriteByte('\n')
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.Is(unicode.Pd, r), r == '−':
			b.WriteByte('-')
		case r == '’' || r == '´' || r == '`':
			b.WriteByte('\'')
		case r == '°':
			b.WriteByte('o') // as NFKC does with º
		case isPicture(r):
			b.WriteByte('\n')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.M, r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), true
}

// misleads says that a character changes what stands beside it: 5² is not 52, and a stroke or the
// mark for right to left makes of the digits what nobody sees in them. Of the numerals only digits
// are read.
func misleads(r rune) bool {
	const rightToLeft, firstStroke, lastStroke = '\u202e', '\u0335', '\u0338'
	return unicode.In(r, unicode.No, unicode.Nl) || r == rightToLeft || r >= firstStroke && r <= lastStroke
}

func breaksLine(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// isPicture says that a character is one that means nothing here. What takes the answer back or is a
// sign of arithmetic means something.
func isPicture(r rune) bool {
	return r >= utf8.RuneSelf && (unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r)) && !strings.ContainsRune("❌❎🚫⛔👎➕➖➗✖\uFFFD", r)
}

// brokenDigits are digits on both sides of a line break or a picture: two numbers, not one.
var brokenDigits = regexp.MustCompile(`[0-9] *(?:\n *)+[0-9]`)

// smiley is a face at the end.
var smiley = regexp.MustCompile(`(?i)\s(?:[:;][-']?[)(dp]+|xd+)\s*$`)

// maxAround is how many words may stand before an answer, and how many after it.
const maxAround = 6

// spoken reads an answer with what people put around it: "mi rut es", "gracias". It tries the
// whole text first, and then with one word less.
func spoken(k Kind, text string, read reads) (any, bool) {
	if text = smiley.ReplaceAllString(text, ""); k != Time {
		text = labelColon.ReplaceAllString(text, "$1 ")
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil, false
	}
	before := foldedAll(words[:count(words, leading+" "+names(k), func(n int) string { return words[n] })])
	trail := count(words, after(k), func(n int) string { return words[len(words)-1-n] })
	for first := range len(before) + 1 {
		for last := len(words); last > first && last >= len(words)-trail; last-- {
			if value, ok := read(before[:first], trim(strings.Join(words[first:last], " "))); ok {
				return value, true
			}
		}
	}
	return nil, false
}

func foldedAll(words []string) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = fold.Text(w)
	}
	return all
}

// labelColon is a colon behind a word, as in "rut: 1-9". One between digits is no label's: 12:500
// is no number.
var labelColon = regexp.MustCompile(`([^0-9]):`)

// count says how many words in a row, at most maxAround, are in a list.
func count(words []string, list string, word func(n int) string) int {
	known := strings.Fields(list)
	for n := range min(maxAround, len(words)) {
		w := word(n)
		// Folded, or, for signs such as $, as it is.
		if !slices.Contains(known, fold.Text(w)) && !slices.Contains(known, strings.ToLower(strings.TrimRight(w, ".,;!?"))) {
			return n
		}
	}
	return min(maxAround, len(words))
}

// pairs stand around words: quotes, and WhatsApp's marks for bold and italic.
var pairs = [][2]string{{"*", "*"}, {"_", "_"}, {`"`, `"`}, {"'", "'"}, {"«", "»"}, {"“", "”"}, {"‘", "'"}, {"<", ">"}}

// trim takes punctuation and pairs from the ends. What is struck through (~) was taken back, and a
// quote behind a number is a unit.
func trim(text string) string {
	for {
		before := text
		text = strings.TrimRight(strings.TrimLeft(text, "¿¡ "), ".,;!? ")
		for _, pair := range pairs {
			inner, opens := strings.CutPrefix(text, pair[0])
			if inner, closes := strings.CutSuffix(inner, pair[1]); opens && closes {
				text = inner
				break
			}
		}
		if text == before {
			return text
		}
	}
}

// leading are words that lead to an answer of any kind, folded, in Spanish, Portuguese and English.
const leading = "mi mis es el la los las son seria de del un una numero num nro n si hola claro ok bueno dale " +
	"meu minha e o a sao seria um uma sim oi ola " +
	"my is the it its it's im i'm yes hi hello number"

// names are the words by which people call an answer of a kind, with those that lead to it only.
func names(k Kind) string {
	switch k {
	case Int, Number:
		return "somos seriamos tengo unos unas como $ us$ u$s usd r$ s/ s/. bs gs € + clp ars mxn cop pen brl eur uf total cantidad"
	case Date:
		return "dia fecha para nacimiento naci nacido nacida em data na nasci nascimento on for date born"
	case Time:
		return "hora para como tipo time at as al ao alas"
	case Email:
		return "mailto correo mail email e-mail electronico direccion endereco address"
	case Phone:
		return "telefono fono tel cel celular movil whatsapp wsp wasap contacto telefone fone phone mobile cell este esse"
	case RUT:
		return "rut run r.u.t r.u.n cedula"
	case DNI:
		return "dni d.n.i documento doc identidad"
	case CUIT:
		return "cuit cuil c.u.i.t c.u.i.l cuit/cuil"
	case CPF:
		return "cpf c.p.f"
	case CNPJ:
		return "cnpj c.n.p.j"
	case CURP:
		return "curp c.u.r.p"
	case RFC:
		return "rfc r.f.c"
	}
	return ""
}

// after are words that follow an answer.
func after(k Kind) string {
	const polite = "gracias porfa porfavor por favor saludos obrigado obrigada thanks thank you please"
	switch k {
	case Int, Number:
		return polite + " pesos peso dolares dolar euros euro soles sol reais real guaranies bolivianos clp usd ars mxn cop pen brl eur uf $ us$ € " +
			"personas persona pessoas pessoa people person anos ano years"
	case Date:
		return polite + " pf proximo proxima que viene que vem"
	case Time:
		return polite + " en punto em ponto sharp"
	}
	return polite
}
