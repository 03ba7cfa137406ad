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
	typed   string   // all of the text
	letters []string // that are no articles
}

// Read takes a typed text apart that answers a menu. words are those of the folded text, tokens the same with the symbols
// between them, or nil where there are none.
func (m Menu) Read(typed string, words, tokens []string) Said {
	if len(words) > maxWords || len(tokens) > maxWords {
		return Said{}
	}
	rest, polite := trimPolite(spelled(typed, words))
	if (polite || len(words) == 0) && len(tokens) > len(words) {
		return Said{symbols: symbolsOf(tokens), typed: typed}
	}
	return said(mereYesOrNo(rest), Said{typed: typed, letters: m.letters})
}

// said is a part of a text, and what is known of all of it.
func said(words []string, of Said) Said {
	return Said{words: words, core: coreOf(words, of.letters), typed: of.typed, letters: of.letters}
}

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
	case len(s.core) == 0 || !isNumber(s.core[0]) && !slices.Contains(by, s.core[0]) && !strings.Contains(folded, s.core[0]):
		return false // most titles, without looking further
	}
	words, _ := trimPolite(spelled(title, fold.Words(folded)))
	core := coreOf(words, s.letters)
	return (slices.Equal(s.core, core) || s.isBy(core) || s.answersYesOrNo(title)) && NegatesAlike(s.typed, title)
}

// isBy reports whether the text is a title with a word that says by what: "con tarjeta".
func (s Said) isBy(title []string) bool {
	return len(s.core) > 1 && slices.Contains(by, s.core[0]) && !isNumber(s.core[1]) && slices.Equal(s.core[1:], title)
}

var by = strings.Fields("con en por via com")

// answersYesOrNo reports whether the text is the yes or no with which a title such as "Sí, confirmar"
// begins, or what stands behind its yes. A title such as "No sé" does not say no.
func (s Said) answersYesOrNo(title string) bool {
	end := strings.IndexAny(title, ",.;:!")
	if end <= 0 {
		return false
	}
	first := fold.Text(title[:end])
	if len(s.core) == 1 && slices.Contains(yesAndNo, s.core[0]) {
		return first == s.core[0]
	}
	behind := fold.Words(fold.Text(title[end:]))
	return slices.Contains(yes, first) && !isPolite(behind) && slices.Equal(s.core, coreOf(behind, s.letters))
}

// mereYesOrNo shortens a text that is yes or no and nothing else: "no no", "que no", "pues sí", "nop".
func mereYesOrNo(words []string) []string {
	said := words
	if len(said) > 1 && (said[0] == "que" || said[0] == "pues") {
		said = said[1:]
	}
	if len(said) == 0 || len(said) > maxRepeated {
		return words
	}
	first := said[0]
	if short, ok := shortYesOrNo[first]; ok && len(said) == 1 {
		return []string{short}
	}
	if !slices.Contains(yesAndNo, first) || slices.ContainsFunc(said, func(word string) bool { return word != first }) {
		return words
	}
	return said[:1]
}

// maxRepeated bounds how often a yes or no is said in a row.
const maxRepeated = 5

var shortYesOrNo = map[string]string{"sip": "si", "sipi": "si", "sipo": "si", "nop": "no", "nope": "no", "nopo": "no"}

var (
	yesAndNo = strings.Fields("si no sim nao yes")
	yes      = strings.Fields("si sim yes")
)

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
