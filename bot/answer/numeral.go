package answer

import (
	"slices"
	"strings"
	"unicode"

	"github.com/chattigo/api-isv/bot/fold"
)

// numeralClass is where a word stands in a number: "cien" and "quince" alone, "ciento" and "treinta"
// before smaller ones.
type numeralClass int

const (
	numeralUnit    numeralClass = iota + 1 // 1 to 9
	numeralClosed                          // nothing follows but a scale: 0, 10 to 19, 21 to 29, 100
	numeralTen                             // 10 to 90, a unit may follow
	numeralHundred                         // 100 to 900, more may follow
	numeralScale                           // a thousand, a million, and the English hundred
)

// numeralWord is a word of a number.
type numeralWord struct {
	value int64
	class numeralClass
}

// numerals are the number words of a language.
type numerals map[string]numeralWord

// The words of numbers, in the order of their values; forms of one value are parted by slashes.
const (
	spanishUnits    = "uno/un/una dos tres cuatro cinco/sinco seis siete/ciete ocho nueve"
	spanishClosed   = "diez/dies once/onse doce/dose trece/trese catorce/catorse quince/quinse dieciseis diecisiete dieciocho diecinueve"
	spanishTwenties = "veintiuno/veintiun/veintiuna veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
	spanishTens     = "diez/dies veinte/beinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
	spanishHundreds = "ciento doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas quinientos/quinientas " +
		"seiscientos/seiscientas setecientos/setecientas ochocientos/ochocientas novecientos/novecientas"

	portugueseUnits    = "um/uma dois/duas tres quatro cinco seis sete oito nove"
	portugueseClosed   = "dez onze doze treze quatorze/catorze quinze dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove"
	portugueseTens     = "dez vinte trinta quarenta cinquenta/cincoenta sessenta setenta oitenta noventa"
	portugueseHundreds = "cento duzentos/duzentas trezentos/trezentas quatrocentos/quatrocentas quinhentos/quinhentas " +
		"seiscentos/seiscentas setecentos/setecentas oitocentos/oitocentas novecentos/novecentas"

	englishUnits  = "one two three four five six seven eight nine"
	englishClosed = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
	englishTens   = "- twenty thirty forty fifty sixty seventy eighty ninety"
)

// addNumerals adds words whose values begin with first and are a step apart.
func addNumerals(to map[string]numeralWord, list string, class numeralClass, first, step int64) {
	for i, forms := range strings.Fields(list) {
		for form := range strings.SplitSeq(forms, "/") {
			if _, taken := to[form]; !taken {
				to[form] = numeralWord{first + int64(i)*step, class}
			}
		}
	}
}

func spanishNumerals() map[string]numeralWord {
	all := map[string]numeralWord{
		"cero": {0, numeralClosed}, "cien": {100, numeralClosed},
		"mil": {1_000, numeralScale}, "millon": {1_000_000, numeralScale}, "millones": {1_000_000, numeralScale},
	}
	addNumerals(all, spanishUnits, numeralUnit, 1, 1)
	addNumerals(all, "diez/dies", numeralTen, 10, 10) // "diez y seis"
	addNumerals(all, spanishClosed, numeralClosed, 10, 1)
	addNumerals(all, spanishTwenties, numeralClosed, 21, 1)
	addNumerals(all, spanishTens, numeralTen, 10, 10)
	addNumerals(all, spanishHundreds, numeralHundred, 100, 100)
	return all
}

func portugueseNumerals() map[string]numeralWord {
	all := map[string]numeralWord{
		"zero": {0, numeralClosed}, "cem": {100, numeralClosed},
		"mil": {1_000, numeralScale}, "milhao": {1_000_000, numeralScale}, "milhoes": {1_000_000, numeralScale},
	}
	addNumerals(all, portugueseUnits, numeralUnit, 1, 1)
	addNumerals(all, portugueseClosed, numeralClosed, 10, 1)
	addNumerals(all, portugueseTens, numeralTen, 10, 10)
	addNumerals(all, portugueseHundreds, numeralHundred, 100, 100)
	return all
}

func englishNumerals() map[string]numeralWord {
	all := map[string]numeralWord{
		"zero": {0, numeralClosed}, "hundred": {100, numeralScale},
		"thousand": {1_000, numeralScale}, "million": {1_000_000, numeralScale},
	}
	addNumerals(all, englishUnits, numeralUnit, 1, 1)
	addNumerals(all, englishClosed, numeralClosed, 10, 1)
	addNumerals(all, englishTens, numeralTen, 10, 10)
	delete(all, "-")
	return all
}

// merged has the words of both; where they differ, those of the first.
func merged(first, second map[string]numeralWord, without ...string) map[string]numeralWord {
	all := map[string]numeralWord{}
	for _, words := range []map[string]numeralWord{second, first} {
		for word, meaning := range words {
			if !slices.Contains(without, word) {
				all[word] = meaning
			}
		}
	}
	return all
}

// The numbers of each language. People of Spanish and of Portuguese mix them; in Portuguese "dos" is no
// number but "of the", and in English "once" is none but "one time".
var (
	spanish    = numerals(merged(spanishNumerals(), portugueseNumerals()))
	portuguese = numerals(merged(portugueseNumerals(), spanishNumerals(), "dos"))
	english    = numerals(englishNumerals())

	spanishForEnglish = numerals(merged(spanishNumerals(), portugueseNumerals(), "once"))
)

// numeralsOf are the number words of the language of a conversation; Spanish is also that of no language.
func numeralsOf(language string) numerals {
	switch base := strings.ToLower(language); {
	case strings.HasPrefix(base, "pt"):
		return portuguese
	case strings.HasPrefix(base, "en"):
		return english
	}
	return spanish
}

// numeralsInOrder are the number words of all languages, those of the conversation first. Alone, a number
// is understood in any language; but "once" in English is none.
func numeralsInOrder(language string) []numerals {
	if strings.HasPrefix(strings.ToLower(language), "en") {
		return []numerals{english, spanishForEnglish}
	}
	return []numerals{numeralsOf(language), spanish, english}
}

// isArticle reports whether a number word is the article as well: "una", and "one" in "one moment".
func isArticle(word string) bool {
	return slices.Contains([]string{"un", "una", "uno", "um", "uma", "one"}, word)
}

// numberWord reads a number from 0 to 12 that is a word, in any of the languages: none of these words
// means two things when it stands alone.
func numberWord(text string) (int, bool) {
	if len(text) > maxNumberWord || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return 0, false // a long text, "dos%", "-dos"
	}
	word := fold.Text(text)
	for _, n := range []numerals{spanish, english} { // the Spanish ones include the Portuguese ones
		if w, ok := n[word]; ok && w.value <= 12 && w.class != numeralScale {
			return int(w.value), true
		}
	}
	return 0, false
}

// maxNumberWord bounds a number that is a word, in bytes: folding a long text would be wasted.
const maxNumberWord = 20
