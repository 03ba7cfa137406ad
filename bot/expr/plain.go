package expr

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lookalike is the character by which plain replaces one of WhatsApp's marks: ASTERISK OPERATOR,
// MODIFIER LETTER LOW MACRON, TILDE OPERATOR or MODIFIER LETTER GRAVE ACCENT.
func lookalike(mark rune) (rune, bool) {
	switch mark {
	case '*':
		return '∗', true
	case '_':
		return 'ˍ', true
	case '~':
		return '∼', true
	case '`':
		return 'ˋ', true
	}
	return mark, false
}

// plain replaces the marks by which WhatsApp formats text with characters that look alike and format
// nothing. An invisible character beside the mark would look the same as the
// original, but whether it stops WhatsApp is not documented, and it would be copied unseen.
// Marks between letters and digits do not format, and are left: ana_soto@example.com stays.
func plain(text string) string {
	if !strings.ContainsAny(text, "*_~`") {
		return text
	}
	var b strings.Builder
	before := rune(0)
	for i, r := range text {
		other, marks := lookalike(r)
		if marks && isAlphanumeric(before) && isAlphanumeric(runeAt(text, i+1)) {
			other = r
		}
		b.WriteRune(other)
		before = r
	}
	return b.String()
}

func runeAt(text string, i int) rune {
	r, _ := utf8.DecodeRuneInString(text[i:])
	return r
}

func isAlphanumeric(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
