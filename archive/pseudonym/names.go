package pseudonym

import (
	"strings"
	"unicode/utf8"
)

// given are names of three to eight letters, without accents.
const given = "ana eva leo luz ivo " +
	"alba cora dana elsa hugo iris jana luna nora olga raul sara tito vera " +
	"bruno celia diego elena fabio gilda irene julia laura mario nadia oscar pablo rocio silvia " +
	"adrian andres carlos esther felipe gloria ismael marcos miriam noelia sergio teresa ursula " +
	"agustin beatriz daniela esteban gonzalo mariana natalia octavio ricardo valeria " +
	"benjamin carolina fernanda florencia leonardo mauricio veronica"

// otherWord is another word of the same length: a name if there is one, or else syllables; of digits, other
// digits.
func (b *Book) otherWord(word string) string {
	length := utf8.RuneCountInString(word)
	if strings.Trim(word, "0123456789") == "" {
		return b.other(&code{kind: kindNumber, old: word})
	}
	for name := range strings.FieldsSeq(given) {
		if len(name) == length && b.take(name) {
			return name
		}
	}
	for range tries {
		if made := syllables(b.next(kindWord), length); b.take(made) {
			return made
		}
	}
	return b.longer(length)
}

// longer is a word for the rare case that all of a length are taken.
func (b *Book) longer(length int) string {
	for {
		length++
		if made := syllables(b.next(kindWord), length); b.take(made) {
			return made
		}
	}
}

// syllables is the n-th word of a length, such as "bacelo".
func syllables(n, length int) string {
	const consonants, vowels = "bcdfglmnprstv", "aeiou"
	made := make([]byte, length)
	for i := length - 1; i >= 0; i-- {
		from := consonants
		if i%2 == 1 {
			from = vowels
		}
		made[i] = from[n%len(from)]
		n /= len(from)
	}
	return string(made)
}
