package answer

import "strings"

// weighted adds up the values of characters, each times a weight: the last one times 2, the one
// before times 3 and so on; after the largest weight it goes on with 2. Nearly all check digits of
// Latin America are made of such a sum.
func weighted(text string, value func(byte) int, largest int) int {
	sum, weight := 0, 2
	for i := len(text) - 1; i >= 0; i-- {
		sum += value(text[i]) * weight
		if weight++; weight > largest {
			weight = 2
		}
	}
	return sum
}

// digit is the value of a digit.
func digit(c byte) int { return int(c - '0') }

// mod11 is what is missing from a sum to the next multiple of 11: 0 to 10.
func mod11(sum int) int { return (11 - sum%11) % 11 }

// compact removes what people write between the characters of an identity number, and brings
// letters to upper case.
func compact(text string) string { return strings.ToUpper(without(text, " .-,/_")) }

// without removes characters from a text.
func without(text, characters string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(characters, r) {
			return -1
		}
		return r
	}, text)
}

// allDigits reports whether a text is digits only, and has least to most of them.
func allDigits(text string, least, most int) bool {
	return len(text) >= least && len(text) <= most && strings.Trim(text, "0123456789") == ""
}

// allEqual reports whether a text is one character again and again. Check digits fit some of these
// numbers, which nobody has but many type.
func allEqual(text string) bool { return strings.Trim(text, text[:1]) == "" }
