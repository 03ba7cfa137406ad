package answer

import (
	"strings"
	"unicode"

	"github.com/chattigo/api-isv/bot/fold"
)

// token is a word, a number or a sign.
type token struct {
	// text of a word is folded.
	text   string
	number bool
	// glued: there is no space between it and the token before, as between 9 and pm in "9pm".
	glued bool
}

// class is the kind of token that a character belongs to.
type class int

const (
	classSpace class = iota
	classDigit
	classLetter
	classSign
)

func classOf(r rune) class {
	switch {
	case unicode.IsSpace(r):
		return classSpace
	case '0' <= r && r <= '9':
		return classDigit
	case unicode.IsLetter(r) || r == '\'': // o'clock
		return classLetter
	}
	return classSign
}

// splitTokens splits a plain text. No sign is left out: it may change the meaning of a number.
func splitTokens(text string) []token {
	var all []token
	before := classSpace
	for _, r := range text {
		c := classOf(r)
		switch {
		case c == classSpace:
		case c == before && c != classSign:
			all[len(all)-1].text += string(r)
		default:
			all = append(all, token{text: string(r), number: c == classDigit, glued: before != classSpace})
		}
		before = c
	}
	for i, t := range all {
		if folded := fold.Text(t.text); folded != "" {
			all[i].text = folded
		}
	}
	return all
}

// textOf joins the tokens with one space between them.
func textOf(all []token) string {
	words := make([]string, len(all))
	for i, t := range all {
		words[i] = t.text
	}
	return strings.Join(words, " ")
}

// cutPhrase cuts off the words of a phrase if the tokens begin with them.
func cutPhrase(all []token, phrase string) (rest []token, ok bool) {
	n := 0
	for word := range strings.FieldsSeq(phrase) {
		if n == len(all) || all[n].text != word {
			return all, false
		}
		n++
	}
	return all[n:], true
}
