package answer

import (
	"slices"
	"strings"
	"unicode"

	"github.com/chattigo/api-isv/bot/fold"
)

// numberWords are the numbers from 0 to 12.
var numberWords = [][]string{
	strings.Fields("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce"),
	strings.Fields("zero um dois tres quatro cinco seis sete oito nove dez onze doze"),
	strings.Fields("zero one two three four five six seven eight nine ten eleven twelve"),
}

// numberWord reads a number from 0 to 12 that is written as a word, in Spanish, Portuguese or
// English, whatever the language of the conversation: none of the words means two things.
func numberWord(text string) (int, bool) {
	if len(text) > len("quatro. ")*2 {
		return 0, false // folding a long text would be wasted
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return 0, false // "dos%", "-dos"
	}
	word := fold.Text(text)
	for _, list := range numberWords {
		if n := slices.Index(list, word); n >= 0 {
			return n, true
		}
	}
	switch word {
	case "una", "uma", "un":
		return 1, true
	case "duas":
		return 2, true
	}
	return 0, false
}
