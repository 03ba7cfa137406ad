package pseudonym

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chattigo/api-isv/bot/answer"
)

// LearnPrivate learns a value that is personal whatever it is: a text, a number, or all those in a list
// or a map.
func (b *Book) LearnPrivate(value json.RawMessage) {
	walk(value, func(v visit) string {
		switch {
		case v.isKey || b.Full():
		case v.number:
			b.learnFigure(v.text)
		default:
			b.learnPrivateText(v.text)
		}
		return v.text
	})
}

// learnFigure learns a number. One digit tells nothing of anybody, and stands everywhere.
func (b *Book) learnFigure(literal string) {
	if b.isDegrees(literal) {
		return
	}
	literal = strings.TrimPrefix(literal, "-")
	digits := compactOf(literal)
	if len(digits) < 2 || strings.ContainsAny(literal, "eE") {
		return
	}
	if value, ok := answer.Read(answer.Phone, literal, b.context); ok && len(digits) > 8 {
		b.learnValue(answer.Phone, value)
		return
	}
	if c := b.learnCode(kindNumber, digits); c.literal == "" {
		c.literal = literal
	}
}

// minPrivate is the length from which a private text tells something, in characters: shorter ones, such as
// "no" and "F", stand everywhere.
const minPrivate = 3

// maxNameWords is up to how many words a private text is taken for a name, whose parts are looked for too.
const maxNameWords = 4

func (b *Book) learnPrivateText(text string) {
	if b.keep(text) || utf8.RuneCountInString(strings.TrimSpace(text)) < minPrivate || b.learnTyped(text) {
		return
	}
	b.LearnText(text, "")
	p := wordsOf(text)
	if len(p) <= maxNameWords && !strings.ContainsAny(text, "0123456789@") {
		b.learnName(text)
		return
	}
	b.learnPhrase(text)
}

// learnTyped learns a text that is a value of a kind of package answer, as a variable holds it.
func (b *Book) learnTyped(text string) bool {
	if b.isHome(text) {
		b.learnDigits(text)
		return true
	}
	for _, k := range []answer.Kind{answer.Email, answer.RUT, answer.CUIT, answer.CPF, answer.CNPJ, answer.CURP, answer.RFC} {
		if value, ok := answer.Read(k, text, b.context); ok && value == text {
			b.learnValue(k, value)
			return true
		}
	}
	if day, err := time.Parse(time.RFC3339, text); err == nil {
		text = day.Format(time.DateOnly)
	}
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		b.learnDate(text)
		return true
	}
	if _, err := time.Parse("15:04", text); err == nil && len(text) == len("15:04") {
		b.learnCode(answer.Time, compactOf(text))
		return true
	}
	if !plainForm.MatchString(text) {
		return false
	}
	b.learnDigits(text)
	return true
}

func (b *Book) learnDigits(text string) {
	value, ok := answer.Read(answer.Phone, "+"+text, b.context)
	switch {
	case ok && len(text) > 9:
		b.learnValue(answer.Phone, value)
	case len(text) == 7 || len(text) == 8:
		b.learnCode(answer.DNI, text)
	default:
		b.learnFigure(text)
	}
}
