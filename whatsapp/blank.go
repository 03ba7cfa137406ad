package whatsapp

import "unicode"

// Blank reports whether a person sees nothing of a text: it is empty, or made of spaces of any kind,
// control characters, marks of direction, joiners, variation selectors, accents without a letter and
// the letters that are drawn as nothing.
func Blank(text string) bool {
	for _, r := range text {
		if !unseen(r) {
			return false
		}
	}
	return true
}

// unseen reports whether nothing is drawn for a character that stands alone. One that Unicode does not
// have yet may be a new emoji, and is seen.
func unseen(r rune) bool {
	switch {
	case r > ' ' && r < 0x7F: // most texts end here
		return false
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false
	case r == '\u2800', r == '\U0001D159', r == '\uFFFC': // BRAILLE PATTERN BLANK, a musical null, what was not pasted
		return true
	}
	return unicode.IsSpace(r) || unicode.IsControl(r) ||
		unicode.In(r, unicode.Zs, unicode.Cf, unicode.Mn, unicode.Me,
			unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point)
}
