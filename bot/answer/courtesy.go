package answer

import (
	"regexp"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/fold"
)

// greetings stand before an answer, courtesies behind it; whatever they are, they leave it as it is. A
// phrase stands before those that it ends with.
var (
	greetings = phrases(
		"hola", "holi", "buenas tardes", "buenas noches", "buenos dias", "buen dia", "muy buenas", "buenas", "que tal",
		"tudo bem", "oi", "ola", "boa tarde", "boa noite", "bom dia",
		"yo creo que", "creo que", "yo diria que", "diria que", "que sean", "que sea", "eu acho que", "acho que", "i think",
		"good morning", "good afternoon", "good evening", "hello", "hey",
	)
	courtesies = phrases(
		"muchas gracias de antemano", "gracias de antemano", "de antemano gracias", "desde ya muchas gracias", "desde ya gracias",
		"un millon de gracias", "muchisimas gracias", "muchas gracias", "mil gracias", "gracias",
		"por favor", "x favor", "por fa", "x fa", "porfavor", "porfa", "porfis", "xfavor", "xfa", "plis", "pls", "please", "porfi",
		"se lo agradezco", "te lo agradezco", "si es posible", "si se puede", "si puede ser", "si no es molestia",
		"y nada mas", "nada mas", "y no mas", "no mas", "nomas", "solamente", "y eso es todo", "eso es todo", "y listo", "y ya", "eso",
		"un abrazo", "saludos cordiales", "saludos", "bendiciones", "buen dia", "buenos dias", "buenas tardes", "buenas noches", "que este bien", "que estes bien",
		"ok", "okey", "vale", "dale", "po", "pues", "amigo", "amiga", "joven", "senor", "senora", "senorita",
		"sin falta", "si o si", "mas o menos", "aproximadamente", "aprox", "creo", "creo yo", "yo creo",
		"muito obrigado", "muito obrigada", "obrigado", "obrigada", "obg", "valeu", "vlw", "por gentileza", "se possivel", "sem falta",
		"so isso", "e so isso", "e so", "um abraco", "abracos", "abraco", "bom dia", "boa tarde", "boa noite", "eu acho", "acho", "mais ou menos",
		"thanks a lot", "many thanks", "thank you very much", "thank you so much", "thank you", "thanks", "thx",
	)
)

func phrases(list ...string) [][]string {
	all := make([][]string, len(list))
	for i, phrase := range list {
		all[i] = strings.Fields(phrase)
	}
	return all
}

// laughter is a word that only laughs: "jajaja", "kkk".
var laughter = regexp.MustCompile(`^(?:(?:ja|je|ji|ha|he){2,}j?|j{3,}|k{3,}|(?:rs)+)$`)

// withoutCourtesy cuts greetings off the beginning of a text and courtesies off its end. Nothing may be left,
// as of "mil gracias", which is no number.
func withoutCourtesy(words []string) []string {
	for {
		n := greetingLength(words)
		if n == 0 {
			break
		}
		words = words[n:]
	}
	for {
		n := courtesyLength(words)
		if n == 0 {
			return words
		}
		words = words[:len(words)-n]
	}
}

// maxPhrase bounds the words of a greeting or a courtesy.
const maxPhrase = 5

// greetingLength is how many words at the beginning are a greeting.
func greetingLength(words []string) int {
	folded := foldedAll(words[:min(maxPhrase, len(words))])
	for _, phrase := range greetings {
		if len(folded) >= len(phrase) && slices.Equal(folded[:len(phrase)], phrase) {
			return len(phrase)
		}
	}
	return 0
}

// courtesyLength is how many words at the end are a courtesy, laughter or punctuation.
func courtesyLength(words []string) int {
	folded := foldedAll(words[max(0, len(words)-maxPhrase):])
	if len(folded) == 0 {
		return 0
	}
	if last := words[len(words)-1]; laughter.MatchString(folded[len(folded)-1]) || smiley.MatchString(last) || strings.Trim(last, ".,;:!…") == "" {
		return 1
	}
	for _, phrase := range courtesies {
		at := len(folded) - len(phrase)
		if at < 0 || !slices.Equal(folded[at:], phrase) {
			continue
		}
		if first := words[len(words)-len(phrase)]; len(phrase) == 1 || !strings.HasSuffix(first, ",") { // not "mil, gracias"
			return len(phrase)
		}
	}
	return 0
}

func foldedAll(words []string) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = fold.Text(w)
	}
	return all
}
