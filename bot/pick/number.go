package pick

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/chattigo/api-isv/bot/fold"
)

// Number is the number of an option, as people say it.
type Number struct {
	N int
	// Ordinal is set for "el segundo", not for "2" and "dos".
	Ordinal bool
	// place: words say that it is the number of an option, as in "opción 2".
	place bool
}

// cardinals and ordinals are the numbers from 1 on, in Spanish, Portuguese and English. "una" and "um"
// are articles, too, but alone they count; "una" alone is said of things, not of options.
var (
	cardinals = numerals(`uno um one, dos dois duas two, tres three, cuatro quatro four, cinco five, seis six,
		siete sete seven, ocho oito eight, nueve nove nine, diez dez ten, once onze eleven, doce doze twelve`)
	ordinals = numerals(`primero primera primer primeiro primeira first, segundo segunda second, tercero tercera tercer terceiro terceira third,
		cuarto cuarta quarto quarta fourth, quinto quinta fifth, sexto sexta sixth, septimo septima setimo setima seventh,
		octavo octava oitavo oitava eighth, noveno novena nono nona ninth, decimo decima tenth`)
)

// numerals reads the words of each number from 1 on.
func numerals(list string) map[string]int {
	all := map[string]int{}
	for i, words := range strings.Split(list, ",") {
		for word := range strings.FieldsSeq(words) {
			all[word] = i + 1
		}
	}
	return all
}

// ordinalEnds are what makes an ordinal of digits: "2da", "1er", "3º" (which folding makes "3o").
var ordinalEnds = strings.Fields("a o da do ra ro er ta to ma mo va vo na no st nd rd th")

// parseNumber reads one word as a number.
func parseNumber(word string) (Number, bool) {
	if n, ok := cardinals[word]; ok {
		return Number{N: n}, true
	}
	if n, ok := ordinals[word]; ok {
		return Number{N: n, Ordinal: true}, true
	}
	n, end, ok := leadingNumber(word)
	if !ok {
		return Number{}, false
	}
	return Number{N: n, Ordinal: end != ""}, end == "" || slices.Contains(ordinalEnds, end)
}

// leadingNumber cuts the digits off a text that begins with some.
func leadingNumber(text string) (n int, rest string, ok bool) {
	rest = strings.TrimLeft(text, "0123456789")
	if rest == text {
		return 0, text, false // most words, without an error being made
	}
	n, err := strconv.Atoi(text[:len(text)-len(rest)])
	return n, rest, err == nil
}

// before and beside are words around the number of an option: "la opción número 2", "el segundo
// botón". Articles in the plural are not among them: "a las 2" is an hour.
var (
	before = strings.Fields("el la lo o a the")
	beside = strings.Fields(`opcion opcao option alternativa numero num nro nr n number item fila linea linha row boton botao button
		respuesta resposta`)
)

// splitNumber splits a text into the number of an option, with the words around it, and the rest.
func (s Said) splitNumber() (n Number, rest []string, ok bool) {
	words := s.words
	if len(words) > 1 && slices.Contains(before, words[0]) && !slices.Contains(s.letters, words[0]) {
		words = words[1:]
	}
	named := s.namesOption()
	for len(words) > 1 && slices.Contains(beside, words[0]) {
		words, named = words[1:], true
	}
	if len(words) == 0 {
		return Number{}, nil, false
	}
	if n, ok = parseNumber(words[0]); !ok {
		return Number{}, nil, false
	}
	rest = words[1:]
	for len(rest) > 0 && (slices.Contains(beside, rest[0]) || n.Ordinal && rest[0] == "one") {
		rest, named = rest[1:], true
	}
	n.place = named
	return n, rest, true
}

// namesOption reports whether the text calls an option so, in words that were left out as politeness.
func (s Said) namesOption() bool {
	return slices.ContainsFunc(fold.Words(fold.Text(s.typed)), func(word string) bool { return slices.Contains(beside, word) })
}

// Number is the number that a text consists of, with nothing but the words around it.
func (s Said) Number() (Number, bool) {
	n, rest, ok := s.splitNumber()
	return n, ok && len(rest) == 0
}

// Numbered splits a text such as "2. Soporte" into the number of an option and what is said behind it.
func (s Said) Numbered() (n Number, behind Said, ok bool) {
	n, rest, ok := s.splitNumber()
	if !ok || len(rest) == 0 {
		return Number{}, Said{}, false
	}
	return n, said(rest, s), true
}

// IsOf reports whether a number may also mean a title, which begins or ends with it: 2 is of "2
// personas", "Mesa 2" and "2:00", but not of "2.000", and "el segundo" only of a title by an ordinal.
func (n Number) IsOf(title string) bool {
	return slices.ContainsFunc(numbersOf(title), func(of Number) bool { return of.N == n.N && of.Ordinal == n.Ordinal })
}

// NumberOf is a number that may mean a title by itself, as IsOf has it.
func NumberOf(title string) (int, bool) {
	for _, m := range numbersOf(title) {
		if !m.Ordinal {
			return m.N, true
		}
	}
	return 0, false
}

// numbersOf are the numbers with which a title begins and ends.
func numbersOf(title string) (all []Number) {
	words := strings.Fields(fold.Text(title))
	if len(words) == 0 {
		return nil
	}
	first, last := words[0], words[len(words)-1]
	if hour, minutes, found := strings.Cut(first, ":"); found && len(minutes) == 2 {
		first = hour
	}
	for _, word := range []string{first, last} {
		if n, ok := parseNumber(strings.TrimRightFunc(word, unicode.IsPunct)); ok {
			all = append(all, n)
		}
	}
	return all
}

// Listed cuts the number off a title that its author has numbered, as in "2. Soporte" and "2️⃣ Soporte".
// A number that counts something, as in "2 personas", is no such number.
func Listed(title string) (n int, rest string, ok bool) {
	title = strings.TrimLeft(title, " *_")
	n, rest, ok = leadingNumber(title)
	if !ok {
		return 0, "", false
	}
	rest = strings.TrimPrefix(rest, "\ufe0f")
	if unmarked := strings.TrimLeft(rest, "\u20e3.):-"); unmarked != rest && unmarked != "" && (unmarked[0] < '0' || unmarked[0] > '9') {
		return n, unmarked, true
	}
	return 0, "", false
}

// isNumber reports whether a word of a core is digits.
func isNumber(word string) bool { return word[0] >= '0' && word[0] <= '9' }
