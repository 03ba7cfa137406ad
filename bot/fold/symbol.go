package fold

import (
	"strings"
	"unicode"
)

const (
	zeroWidthJoiner = '\u200d'
	keycap          = '\u20e3'
	blackFlag       = '\U0001F3F4'
)

// symbols joins the symbols of a text, each in the form in which it is compared: without skin tones
// and variation selectors.
func symbols(text string) string {
	var b strings.Builder
	eachSymbol([]rune(text), func(key string) { b.WriteString(key) }, func(rune) {})
	return b.String()
}

// Tokens are the words of a text and its symbols, each a token of its own, in order; nil for a text
// without symbols, for which Words is enough.
func Tokens(text string) (tokens []string) {
	text = First(text, MaxRunes)
	if strings.IndexFunc(text, func(r rune) bool { return isSymbol(r) || r == keycap }) < 0 {
		return nil
	}
	var between strings.Builder
	flush := func() {
		tokens = append(tokens, Words(Text(between.String()))...)
		between.Reset()
	}
	eachSymbol([]rune(text), func(key string) {
		flush()
		tokens = append(tokens, key)
	}, func(r rune) { between.WriteRune(r) })
	flush()
	return tokens
}

// eachSymbol calls symbol for each symbol of a text, in the form in which it is compared, and other
// for each code point that is not part of a symbol.
func eachSymbol(text []rune, symbol func(key string), other func(rune)) {
	for len(text) > 0 {
		key, n := firstSymbol(text)
		if n == 0 {
			other(text[0])
			text = text[1:]
			continue
		}
		symbol(string(key))
		text = text[n:]
	}
}

// firstSymbol is the symbol that a text begins with, in the form in which it is compared, and its
// length in code points; 0 if the text does not begin with one. An emoji may have several: two
// letters of a flag, parts that are joined, the tags of the flag of Scotland.
func firstSymbol(text []rune) (key []rune, n int) {
	if n := keycapLength(text); n > 0 {
		return []rune{text[0], keycap}, n
	}
	if !isSymbol(text[0]) {
		return nil, 0
	}
	if len(text) > 1 && isFlag(text[0]) && isFlag(text[1]) {
		return text[:2:2], 2
	}
	key, n = []rune{text[0]}, 1
	for n < len(text) {
		switch r := text[n]; {
		case isTone(r) || unicode.Is(unicode.Variation_Selector, r):
			n++
		case isTag(r) && key[0] == blackFlag:
			key = append(key, r)
			n++
		case r == zeroWidthJoiner && n+1 < len(text) && isSymbol(text[n+1]):
			key = append(key, r, text[n+1])
			n += 2
		default:
			return key, n
		}
	}
	return key, n
}

// keycapLength is the length of the emoji of the key # or * that a text begins with, 0 if it does
// not. Those of digits are read as digits.
func keycapLength(text []rune) int {
	if text[0] != '#' && text[0] != '*' {
		return 0
	}
	n := 1
	if n < len(text) && unicode.Is(unicode.Variation_Selector, text[n]) {
		n++
	}
	if n < len(text) && text[n] == keycap {
		return n + 1
	}
	return 0
}

// isSymbol reports whether a code point is a symbol: an emoji, also one that is newer than the
// Unicode tables here, a star, an arrow, a currency sign. Modifiers, the blank of Braille and the
// characters that stand for an object or a character that is missing are not.
func isSymbol(r rune) bool {
	switch {
	case isTone(r), r == '\u2800', r == '\ufffc', r == unicode.ReplacementChar:
		return false
	case r >= 0x1F000 && r <= 0x1FAFF, isPicture(r), r == '‼', r == '⁉', r == '〰':
		return true
	}
	return unicode.IsSymbol(r) && !unicode.Is(unicode.Sk, r)
}

// isPicture reports whether a code point is an emoji although Unicode counts it as a letter or
// takes it apart into letters.
func isPicture(r rune) bool {
	switch r {
	case 'ℹ', '™', 'Ⓜ', '㊗', '㊙', '🈁', '🈂', '🈚', '🈯', '🉐', '🉑':
		return true
	}
	return r >= '🈲' && r <= '🈺'
}

func isTone(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }
func isFlag(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
func isTag(r rune) bool  { return r >= 0xE0020 && r <= 0xE007F }
