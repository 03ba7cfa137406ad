package answer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/chattigo/api-isv/bot/fold"
)

// plain replaces what phones produce by plain characters: full-width digits, no-break and other
// spaces, dashes of every length; marks of direction, joiners and emoji are left out. Line breaks
// and pictures become line breaks. ok is false where digits do not mean what they seem to.
func plain(text string) (characters string, ok bool) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if strings.ContainsFunc(text, misleads) {
		return "", false
	}
	var b strings.Builder
	for _, r := range norm.NFKC.String(numeroSign.ReplaceAllString(text, "${1}n ")) {
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

// numeroSign is "N°" and the like, which would become the word "no".
var numeroSign = regexp.MustCompile(`(^|[^\pL])(?:[nN]\.? ?[º°]|№)`)

// misleads reports whether a character changes the meaning of those beside it: 5² is not 52, and a stroke or the
// mark for right to left makes of the digits what nobody sees in them. Of the numerals only digits
// are read.
func misleads(r rune) bool {
	const rightToLeft, firstStroke, lastStroke = '\u202e', '\u0335', '\u0338'
	return unicode.In(r, unicode.No, unicode.Nl) || r == rightToLeft || r >= firstStroke && r <= lastStroke
}

func breaksLine(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// isPicture reports whether a character is an emoji or a symbol without meaning here. Those that take
// the answer back and signs of arithmetic have one.
func isPicture(r rune) bool {
	return r >= utf8.RuneSelf && (unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r)) && !fold.IsRefusal(r) && !strings.ContainsRune("➕➖➗\uFFFD", r)
}

// brokenDigits are digits on both sides of a line break or a picture: two numbers, not one.
var brokenDigits = regexp.MustCompile(`[0-9] *(?:\n *)+[0-9]`)

// smiley is a face.
var smiley = regexp.MustCompile(`(?i)^(?:[:;][-']?[)(dp]+|xd+)[.,!]*$`)

// maxAround bounds the words before an answer, and those after it.
const maxAround = 6

// readSpoken reads an answer with the words that people put around it: "mi rut es", "gracias". It
// tries the whole text first, and then with one word less. Where that fails, the refusal is the one that
// says most.
func (r rules) readSpoken(text string, c Context) (any, Refusal) {
	if !r.colons {
		text = withoutLabelColons(text)
	}
	words := withoutCourtesy(strings.Fields(text))
	if r.prepare != nil {
		words = strings.Fields(r.prepare(strings.Join(words, " ")))
	}
	value, refusal := r.readAmong(words, c)
	if refusal == Unreadable && r.inSentence != nil && !c.Alone {
		if value, ok := r.inSentence(strings.Join(words, " "), c); ok {
			return value, ""
		}
	}
	return value, refusal
}

// readAmong reads an answer among the known words.
func (r rules) readAmong(words []string, c Context) (any, Refusal) {
	before := foldedAll(words[:countKnown(words, r.before, func(n int) string { return words[n] })])
	trail := countKnown(words, r.after, func(n int) string { return words[len(words)-1-n] })
	refusal := Unreadable
	for first := range len(before) + 1 {
		for last := len(words); last > first && last >= len(words)-trail; last-- {
			value, why := r.read(before[:first], trim(strings.Join(words[first:last], " ")), c)
			switch why {
			case "":
				return value, ""
			case Unreadable:
			default:
				refusal = why
			}
		}
	}
	return nil, refusal
}

// labelColon is a colon behind a word, as in "rut: 1-9". One between digits is no label's: 12:500
// is no number; and one before a bracket is a face's.
var labelColon = regexp.MustCompile(`([^0-9]):([^)('-]|$)`)

func withoutLabelColons(text string) string { return labelColon.ReplaceAllString(text, "$1 $2") }

// countKnown counts how many words in a row, at most maxAround, are known ones.
func countKnown(words []string, known wordSet, word func(n int) string) int {
	for n := range min(maxAround, len(words)) {
		w := word(n)
		// Folded, or, for signs such as $, as it is.
		if !known[fold.Text(w)] && !known[strings.ToLower(strings.TrimRight(w, ".,;!?"))] {
			return n
		}
	}
	return min(maxAround, len(words))
}

// pairs stand around words: quotes, and WhatsApp's marks for bold and italic.
var pairs = [][2]string{{"*", "*"}, {"_", "_"}, {`"`, `"`}, {"'", "'"}, {"«", "»"}, {"“", "”"}, {"‘", "'"}, {"<", ">"}}

// trim removes punctuation and pairs from the ends. What is struck through (~) was taken back, and a
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
