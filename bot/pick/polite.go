package pick

import (
	"slices"
	"strconv"
	"strings"
)

// phrases are some phrases, each in words, by their first word or by their last. They are never
// written.
type phrases map[string][][]string

func byFirst(list string) phrases {
	return index(list, func(words []string) string { return words[0] })
}

func byLast(list string) phrases {
	return index(list, func(words []string) string { return words[len(words)-1] })
}

// index reads phrases, one on a line or between commas. Of those with one key the longest is first.
func index(list string, key func(words []string) string) phrases {
	all := phrases{}
	for _, phrase := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '\n' }) {
		if words := strings.Fields(phrase); len(words) > 0 {
			all[key(words)] = append(all[key(words)], words)
		}
	}
	for _, known := range all {
		slices.SortStableFunc(known, func(a, b []string) int { return len(b) - len(a) })
	}
	return all
}

// polite are words of politeness, at either end of a text.
const polite = `
	por favor, porfavor, porfa, porfis, por fa, xfa, xfavor, por favorcito, gracias, muchas gracias, mil gracias
	senor, senora, senorita, amigo, amiga, hola
	por gentileza, pfv, obrigado, obrigada, muito obrigado, muito obrigada, obg, ola, oi
	please, pls, plz, plis, thanks, thank you, many thanks, thx, hi, hello`

// leading are what people say before the thing that they choose.
var leading = byFirst(polite + `
	buenas, buenos dias, buen dia, buenas tardes, buenas noches, bueno, ok, okey, dale
	quiero, yo quiero, quisiera, yo quisiera, me gustaria, deseo, necesito, prefiero, elijo, escojo, dame, deme
	me quedo con, voy con, me voy con, voy por, me da, me das, ponme, pongame, seria, mejor, que sea, claro, claro que
	opcion, la opcion, letra, la letra, el boton, boton
	bom dia, boa tarde, boa noite, eu quero, quero, eu queria, queria, eu gostaria de, gostaria de, gostaria, eu prefiro, eu
	preciso de, preciso, desejo, escolho, vou de, fico com, opcao, a opcao, o botao, botao
	good morning, good afternoon, good evening, i want, i d like, i would like, i need, i choose, i prefer, option, the option`)

// trailing are what people say after it.
var trailing = byLast(polite + `, quiero, quiero yo, eu quero, quero, pues, claro, esta bien, i want`)

// trimPolite takes politeness off the ends of a text, and off what follows a yes or no at its beginning,
// but leaves one word. polite reports whether that word is politeness, too.
func trimPolite(words []string) (rest []string, polite bool) {
	rest, polite = trimEnds(words)
	if len(rest) < 2 || !slices.Contains(yesAndNo, rest[0]) {
		return rest, polite
	}
	behind, _ := trimEnds(rest[1:])
	if len(behind) == len(rest)-1 {
		return rest, false
	}
	return append(rest[:1:1], behind...), false
}

func trimEnds(words []string) (rest []string, polite bool) {
	for {
		cut := trailingPhrase(words)
		if cut == len(words) {
			return words, cut > 0
		}
		if cut > 0 {
			words = words[:len(words)-cut]
			continue
		}
		cut = leading.length(words)
		if cut == 0 || cut == len(words) {
			return words, cut > 0
		}
		words = words[cut:]
	}
}

// length is how many words at the beginning are one of the phrases.
func (p phrases) length(words []string) int {
	if len(words) == 0 {
		return 0
	}
	for _, phrase := range p[words[0]] {
		if len(phrase) <= len(words) && slices.Equal(words[:len(phrase)], phrase) {
			return len(phrase)
		}
	}
	return 0
}

// trailingPhrase is how many words of politeness it ends with.
func trailingPhrase(words []string) int {
	if len(words) == 0 {
		return 0
	}
	for _, phrase := range trailing[words[len(words)-1]] {
		if from := len(words) - len(phrase); from >= 0 && slices.Equal(words[from:], phrase) {
			return len(phrase)
		}
	}
	return 0
}

// articles of Spanish, Portuguese and English.
var articles = strings.Fields("el la los las lo un una unos unas o a os as um uma uns umas the an")

// coreOf leaves out articles, and writes numbers as digits; of a text of nothing but articles the last
// word stays. letters are no articles.
func coreOf(words, letters []string) []string {
	core := make([]string, 0, len(words))
	for i, word := range words {
		n, isNumeral := cardinals[word]
		last := i == len(words)-1 && len(core) == 0
		switch {
		case !last && slices.Contains(articles, word) && !slices.Contains(letters, word):
		case isNumeral:
			core = append(core, strconv.Itoa(n))
		default:
			core = append(core, word)
		}
	}
	return core
}
