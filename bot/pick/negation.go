package pick

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chattigo/api-isv/bot/fold"
)

// negations are words that say no.
var negations = []string{
	"no", "ni", "nunca", "jamas", "tampoco", "ningun", "ninguno", "ninguna", "nada", "sin",
	"nao", "nem", "nenhum", "nenhuma", "sem", "not", "never", "without",
}

// Refuses reports whether a symbol among the tokens of a text takes back what it says.
func Refuses(tokens []string) bool {
	return slices.ContainsFunc(tokens, func(token string) bool {
		first, _ := utf8.DecodeRuneInString(token) // of a person who refuses, the sign of sex follows
		return fold.IsRefusal(first)
	})
}

// SaysNo reports whether a title is one that a refusal may mean.
func SaysNo(title string) bool {
	says := func(word string) bool { return slices.Contains(negations, word) }
	return slices.ContainsFunc(fold.Words(fold.Text(title)), says) || Refuses(fold.Tokens(title))
}

// IsStruck reports whether a part of a text is struck through: between two tildes, as WhatsApp has it, or
// with strokes over the letters. Whoever wrote it took it back.
func IsStruck(text string) bool {
	const firstStroke, lastStroke = '\u0335', '\u0338'
	return strings.Count(text, "~") > 1 || strings.ContainsFunc(text, func(r rune) bool { return r >= firstStroke && r <= lastStroke })
}

// Asks reports whether a text has a question mark.
func Asks(text string) bool { return strings.ContainsAny(text, "?¿？؟") }

// IsQuestion reports whether a title is a question, or is one without its marks: "Cómo llegar".
func IsQuestion(title string) bool {
	return Asks(title) || slices.ContainsFunc(fold.Words(fold.Text(title)), func(word string) bool { return slices.Contains(interrogatives, word) })
}

var interrogatives = strings.Fields(`que cual cuales quien quienes como cuanto cuanta cuantos cuantas cuando donde porque
	qual quais quem quanto quanta quantos quantas quando onde what which who how when where why`)

// negation is a word that says no, and how what follows is joined to it.
type negation struct {
	joint joint
	next  string // the word behind it, without articles
	// alone: nothing but politeness follows.
	alone bool
}

// joint is what stands between a negation and the next word.
type joint int

const (
	joined  joint = iota // a space: "no cancelar"
	apart                // a comma or the like: "no, cancelar"
	unclear              // a line break or a symbol, which may be either
)

// NegatesAlike reports whether a text that has the words of a title says no to the same: "no cancelar" is the
// contrary of a title "No, cancelar", and "no, quiero pagar" that of "No quiero pagar". A mere no may answer
// both.
func NegatesAlike(typed, title string) bool {
	if typed == title {
		return true
	}
	said := negationsOf(typed)
	if len(said) == 0 || len(said) == 1 && said[0].alone {
		return true
	}
	meant := negationsOf(title)
	if len(meant) == 1 && meant[0].alone {
		return true // "No, gracias" is the same with and without the comma
	}
	return slices.EqualFunc(said, meant, negation.like) || fold.Text(oneLine(typed)) == fold.Text(oneLine(title))
}

// like reports whether two negations deny the same. Where a comma follows, a verb of wanting behind it makes
// another sentence.
func (n negation) like(other negation) bool {
	switch {
	case n.alone || other.alone:
		return n.alone == other.alone
	case n.joint != other.joint || n.joint == unclear:
		return false
	}
	return n.joint == joined || n.next == other.next
}

// oneLine replaces line breaks, which folding takes for spaces, by a sign, and "Nº", of which it makes "no".
func oneLine(text string) string {
	return strings.NewReplacer("\n", " ¶ ", "\r", " ¶ ", "Nº", "n ", "nº", "n ").Replace(fold.First(text, fold.MaxRunes))
}

func negationsOf(text string) (all []negation) {
	folded := fold.Text(oneLine(text))
	words := fold.Words(folded)
	for i, word := range words {
		at := strings.Index(folded, word) // nothing but separators stands before it
		folded = folded[at+len(word):]
		if !slices.Contains(negations, word) {
			continue
		}
		n := negation{alone: isPolite(words[i+1:])}
		if !n.alone {
			n.joint = jointOf(folded[:strings.Index(folded, words[i+1])])
			n.next = nextWord(words[i+1:])
		}
		all = append(all, n)
	}
	return all
}

func nextWord(words []string) string {
	for _, word := range words {
		if !slices.Contains(articles, word) {
			return word
		}
	}
	return ""
}

// jointOf tells what the characters between two words make of them.
func jointOf(between string) joint {
	switch {
	case strings.TrimSpace(between) == "":
		return joined
	case strings.Trim(between, " ,.;:!…-–—") == "":
		return apart
	}
	return unclear
}

// isPolite reports whether words are politeness and nothing else. A verb of wanting is more.
func isPolite(words []string) bool {
	for len(words) > 0 {
		n := politeOnly.length(words)
		if n == 0 {
			return false
		}
		words = words[n:]
	}
	return true
}

var politeOnly = byFirst(polite)
