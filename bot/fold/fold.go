// Package fold normalizes what people type, so that texts can be compared. It imports nothing of
// ours; everything in bot that matches text uses it. Start reading at Text.
package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxRunes bounds the code points of a text that are read: as many as WhatsApp lets a person type.
// A hostile sender could post megabytes.
const MaxRunes = 4096

// Text folds a text: without accents, case, repeated space, and punctuation or emoji at the ends, so
// that "¡Menú!" equals "menu". Of a text without letters or digits its symbols are left, without
// skin tone, so that "👍🏽!" equals "👍". One without those folds to "", which matches nothing.
func Text(text string) string {
	text = First(text, MaxRunes)
	folded := trimEdges(lower(text))
	switch {
	case folded == "":
		return symbols(text)
	case isSingleSpaced(folded):
		return folded
	}
	return strings.Join(strings.Fields(folded), " ")
}

// isSingleSpaced reports whether no space of a text would change, as of most.
func isSingleSpaced(text string) bool {
	before := ' '
	for _, r := range text {
		if unicode.IsSpace(r) && (r != ' ' || before == ' ') {
			return false
		}
		before = r
	}
	return before != ' '
}

// lower drops accents and case. Emoji that Unicode would take for letters stay as they are.
func lower(text string) string {
	if folded, ok := lowerLatin(text); ok {
		return folded
	}
	return lowerAny(text)
}

func lowerAny(text string) string {
	var b strings.Builder
	for text != "" {
		end := strings.IndexFunc(text, isPicture)
		if end < 0 {
			end = len(text)
		}
		// Folding brings most letters to lower case, and a few scripts to upper case.
		b.WriteString(norm.NFC.String(strings.ToLower(dropAccents(cases.Fold().String(dropAccents(text[:end]))))))
		_, size := utf8.DecodeRuneInString(text[end:])
		b.WriteString(text[end : end+size])
		text = text[end+size:]
	}
	return b.String()
}

// First returns the first n code points of a text.
func First(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

func trimEdges(text string) string { return strings.TrimFunc(text, isSeparator) }

// isSeparator reports whether a character of a folded text is no part of a word. Marks are one: those
// that folding has left belong to the letter before them.
func isSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.M, r) || isPicture(r)
}
