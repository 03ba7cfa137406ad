package fold

import (
	"slices"
	"strings"
	"unicode"
)

// Words splits a folded text at everything that is neither letter nor digit. Where a script puts no
// space between words, such as that of Thai, Chinese and Japanese, each letter is a word with its
// marks: some in a row are found wherever they stand.
func Words(folded string) []string {
	if isASCII(folded) {
		return strings.FieldsFunc(folded, isSeparator)
	}
	var words []string
	begin := -1       // of the word under way; -1 when there is none
	unspaced := false // it is one letter of a script without spaces
	for i, r := range folded {
		separates, alone := isSeparator(r), isUnspaced(r)
		goesOn := begin >= 0 && !separates && (unicode.Is(unicode.M, r) || !alone && !unspaced)
		if goesOn {
			continue
		}
		if begin >= 0 {
			words = append(words, folded[begin:i])
		}
		begin, unspaced = i, alone
		if separates {
			begin = -1
		}
	}
	if begin >= 0 {
		words = append(words, folded[begin:])
	}
	return words
}

// Consists reports whether a folded text consists of these words, whatever stands between them.
func Consists(folded string, words []string) bool {
	// A folded text begins with its first word: most texts need no more than a look at it.
	return len(words) > 0 && strings.HasPrefix(folded, words[0]) && slices.Equal(Words(folded), words)
}

// isUnspaced reports whether a letter is of a script that is written without spaces between words.
func isUnspaced(r rune) bool {
	const longVowel = 'ー' // of both Japanese scripts
	return r == longVowel || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
