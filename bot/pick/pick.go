// Package pick tells which option a typed text means that does not say its title as it stands there:
// "no gracias" at a button "No, gracias", "la 2", "2. Soporte", "👍" at "👍 Sí". It knows the words
// that people of the languages here put around a choice, and drops no others: a text with a word
// that the title does not have, such as "no quiero pagar" at a button "Pagar", does not mean it.
//
// It imports fold only. Start reading at Said.
package pick

import (
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/fold"
)

// maxWords bounds the words of a text that may mean an option. Titles have at most 24 characters;
// the rest is politeness.
const maxWords = 40

// Said is a typed text without the words that people put around a choice. The zero Said means no
// option.
type Said struct {
	words []string // without politeness
	core  []string // and without articles, with numbers as digits
	// symbols are those of a text that has no other words, joined.
	symbols string
}

// Read takes a typed text apart. words are those of the folded text, tokens the same with the symbols
// between them, or nil where there are none.
func Read(typed string, words, tokens []string) Said {
	if len(words) > maxWords || len(tokens) > maxWords {
		return Said{}
	}
	rest, polite := trimPolite(spelled(typed, words))
	if (polite || len(words) == 0) && len(tokens) > len(words) {
		return Said{symbols: symbolsOf(tokens)}
	}
	return said(rest)
}

func said(words []string) Said { return Said{words, coreOf(words), ""} }

// spelled replaces the "no" that folding makes of "Nº", which is no "no".
func spelled(typed string, words []string) []string {
	if !strings.Contains(typed, "Nº") && !strings.Contains(typed, "nº") {
		return words
	}
	all := slices.Clone(words)
	for i, w := range all {
		if w == "no" {
			all[i] = "n"
		}
	}
	return all
}

// Text is the text without politeness; empty for one that has symbols only.
func (s Said) Text() string { return strings.Join(s.words, " ") }

// Means reports whether the text is the title of an option but for the words around it, or the only
// symbols that the title has. folded is the folded title.
func (s Said) Means(title, folded string) bool {
	switch {
	case s.symbols != "":
		return s.symbols == symbolsOf(fold.Tokens(title))
	case len(s.core) == 0 || !isNumber(s.core[0]) && !strings.Contains(folded, s.core[0]):
		return false // most titles, without looking further
	}
	words, _ := trimPolite(spelled(title, fold.Words(folded)))
	return slices.Equal(s.core, coreOf(words)) || s.answersYesOrNo(title)
}

// answersYesOrNo reports whether the text is the yes or no with which a title such as "Sí, confirmar"
// begins. A title such as "No sé" does not say no.
func (s Said) answersYesOrNo(title string) bool {
	end := strings.IndexAny(title, ",.;:!")
	return end > 0 && len(s.core) == 1 && slices.Contains(yesAndNo, s.core[0]) && fold.Text(title[:end]) == s.core[0]
}

var yesAndNo = strings.Fields("si no sim nao yes")

// symbolsOf joins the symbols among the tokens of a text.
func symbolsOf(tokens []string) string {
	var b strings.Builder
	for _, token := range tokens {
		if len(fold.Words(token)) == 0 {
			b.WriteString(token)
		}
	}
	return b.String()
}

// refusals are symbols that take back what stands beside them.
var refusals = []string{"❌", "❎", "🚫", "⛔", "👎"}

// negations are words that say no.
var negations = []string{
	"no", "ni", "nunca", "jamas", "tampoco", "ningun", "ninguno", "ninguna", "nada", "sin",
	"nao", "nem", "nenhum", "nenhuma", "sem", "not", "never", "without",
}

// Refuses reports whether a symbol among the tokens of a text takes back what it says.
func Refuses(tokens []string) bool {
	return slices.ContainsFunc(tokens, func(token string) bool { return slices.Contains(refusals, token) })
}

// SaysNo reports whether a title is one that a refusal may mean.
func SaysNo(title string) bool {
	says := func(word string) bool { return slices.Contains(negations, word) }
	return slices.ContainsFunc(fold.Words(fold.Text(title)), says) || Refuses(fold.Tokens(title))
}
