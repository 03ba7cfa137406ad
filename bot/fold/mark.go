package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// dropAccents decomposes characters and removes joiners, variation selectors, and marks that people
// leave out when they type in a hurry: accents, and the vowels of Arabic and Hebrew. Marks without
// which a text says something else stay: the vowels and tones of Thai or Hindi, the voicing of
// Japanese, the breve of the Russian й.
func dropAccents(text string) string {
	var before rune // the latest character that is no mark
	return strings.Map(func(r rune) rune {
		switch {
		case !unicode.Is(unicode.M, r):
			if unicode.Is(unicode.Cf, r) {
				return -1
			}
			before = r
			return r
		case isMeant(before, r):
			return r
		}
		return -1
	}, norm.NFKD.String(text))
}

// Marks of Unicode's common ones that make another letter of the one before.
const (
	voiced, halfVoiced = '\u3099', '\u309a'
	breve, diaeresis   = '\u0306', '\u0308'
)

// isMeant reports whether a mark makes another letter of the one before it, and is no accent.
func isMeant(letter, mark rune) bool {
	switch mark {
	case voiced, halfVoiced:
		return unicode.In(letter, unicode.Hiragana, unicode.Katakana)
	case breve:
		return unicode.Is(unicode.Cyrillic, letter)
	case diaeresis:
		return letter == 'і' || letter == 'І' // Ukrainian ї; the ё of Russian is mostly typed as е
	}
	return !unicode.In(mark, unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hebrew, unicode.Arabic,
		unicode.Syriac, unicode.Variation_Selector)
}
