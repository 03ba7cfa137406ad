package outbound

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ellipsis stands for what was cut: one character in every way of counting.
const ellipsis = "…"

// Cut shortens a text so that it fits a limit however WhatsApp counts: its length in UTF-16
// units, which is never below that in code points, is at most limit. It never cuts inside
// of what is seen as one character (an emoji with its parts, a letter with its accents, a
// flag), and ends with an ellipsis where something was cut. Use it for texts that come from
// variables; what an author wrote is refused instead.
func Cut(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if limit <= 0 {
		return ""
	}
	if len(text) <= limit || unitCount(text) <= limit {
		return text
	}
	end, room := 0, limit-1
	for end < len(text) {
		n := clusterEnd(text[end:])
		if room -= unitCount(text[end : end+n]); room < 0 {
			break
		}
		end += n
	}
	return strings.TrimRightFunc(text[:end], unicode.IsSpace) + ellipsis
}

// UTF16Length is the length of a text in UTF-16 units, the most that WhatsApp may count.
func UTF16Length(text string) int { return unitCount(text) }

// unitCount is the length in UTF-16 units.
func unitCount(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// clusterEnd is the length in bytes of the first visible character of a text that is not
// empty. It joins a little more than Unicode's grapheme clusters do, such as all conjuncts of Indic
// scripts: a cut that comes a character early harms nobody. github.com/rivo/uniseg v0.4.7 would do
// too, but takes 1.3 to 1.5 times as long for a text of 1024 characters and for a title, and cuts
// through conjuncts.
func clusterEnd(text string) int {
	before, end := utf8.DecodeRuneInString(text)
	flag := isFlag(before)
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		pair := flag && isFlag(r)
		if !pair && !joined(before, r) {
			break
		}
		flag = false // a flag is two letters, the third begins another
		before, end = r, end+size
	}
	return end
}

const (
	zeroWidthJoiner    = '\u200d'
	zeroWidthNonJoiner = '\u200c'
)

// joined reports whether two code points belong to one visible character.
func joined(before, r rune) bool {
	switch {
	case before == '\r':
		return r == '\n'
	case r == zeroWidthJoiner, r == zeroWidthNonJoiner:
		return true
	case before == zeroWidthJoiner:
		return !unicode.IsSpace(r)
	case unicode.Is(unicode.M, r): // accents, vowel signs, variation selectors, keycaps
		return true
	case r >= 0x1F3FB && r <= 0x1F3FF: // skin tones
		return true
	case r >= 0xE0020 && r <= 0xE007F: // tags, as in the flag of Scotland
		return true
	case isVirama(before): // the next consonant forms a conjunct with the one before
		return unicode.IsLetter(r)
	case unicode.Is(unicode.Prepended_Concatenation_Mark, before):
		return true
	}
	return isJamo(before) && (isJamo(r) || isHangul(r)) || isHangul(before) && isJamo(r)
}

func isFlag(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

// isJamo is for the letters that Korean syllables may be written with.
func isJamo(r rune) bool {
	return r >= 0x1100 && r <= 0x11FF || r >= 0xA960 && r <= 0xA97F || r >= 0xD7B0 && r <= 0xD7FF
}

func isHangul(r rune) bool { return r >= 0xAC00 && r <= 0xD7A3 }

// isVirama is for the signs that take the vowel off an Indic consonant.
func isVirama(r rune) bool {
	switch r {
	case 0x094D, 0x09CD, 0x0A4D, 0x0ACD, 0x0B4D, 0x0BCD, 0x0C4D, 0x0CCD, 0x0D4D, 0x1039, 0x17D2:
		return true
	}
	return false
}
