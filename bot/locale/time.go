package locale

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxPattern bounds a pattern, in bytes: it may come from a variable, and so from a contact.
const maxPattern = 200

// Time writes a time, in its own zone, as a pattern says. The error for a pattern that is not
// understood is a sentence for authors.
//
// The pattern has the letters of the Unicode CLDR, of which it knows exactly these: yyyy, MM, dd,
// HH and mm are numbers, d the day without a zero before it, EEE and EEEE the day of the week,
// short and in full, MMM and MMMM the month. Text with letters stands in quotes, as in
// "d 'de' MMMM"; two quotes are one that is meant. Names are as they stand inside a sentence:
// in lower case in Spanish and Portuguese. They have no dots.
func Time(language string, at time.Time, pattern string) (string, error) {
	var b strings.Builder
	n := parse(language).names()
	err := scanPattern(pattern, func(text string) { b.WriteString(text) }, func(field string) bool {
		text, ok := formatField(field, at, n)
		b.WriteString(text)
		return ok
	})
	if err != nil {
		return "", err
	}
	return b.String(), nil
}

// scanPattern splits a pattern into literal text and fields, which are runs of the same letter.
func scanPattern(pattern string, literal func(string), field func(string) bool) error {
	if len(pattern) > maxPattern {
		return fmt.Errorf("a pattern may have at most %d bytes, and this one has %d", maxPattern, len(pattern))
	}
	for rest := pattern; rest != ""; {
		n := runLength(rest)
		switch {
		case strings.HasPrefix(rest, "'"):
			text, size, err := readQuoted(rest)
			if err != nil {
				return err
			}
			literal(text)
			n = size
		case !isLetter(rest[0]):
			literal(rest[:n])
		case !field(rest[:n]):
			return fmt.Errorf("the pattern %q has %q; it may have yyyy, MM, MMM, MMMM, dd, d, EEE, EEEE, HH and mm, and other letters in quotes '…'",
				pattern, rest[:n])
		}
		rest = rest[n:]
	}
	return nil
}

// runLength counts how often the first byte is repeated at the beginning.
func runLength(text string) int {
	n := 1
	for n < len(text) && text[n] == text[0] {
		n++
	}
	return n
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// readQuoted returns the content of the text in quotes that the pattern begins with, and how many
// bytes of the pattern it takes.
func readQuoted(text string) (content string, size int, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' && i > 1 {
			b.WriteByte('\'')
			i++
			continue
		}
		if i == 1 {
			return "'", 2, nil // two quotes outside of a text
		}
		return b.String(), i + 1, nil
	}
	return "", 0, errors.New("the pattern has a quote that is not closed; a quote that is meant is written twice")
}

// formatField writes one field of a time; ok is false for a field that does not exist.
func formatField(field string, at time.Time, n names) (text string, ok bool) {
	number := func(form string, v int) (string, bool) { return fmt.Sprintf(form, v), true }
	switch field {
	case "yyyy":
		return number("%04d", at.Year())
	case "MM":
		return number("%02d", int(at.Month()))
	case "dd":
		return number("%02d", at.Day())
	case "d":
		return number("%d", at.Day())
	case "HH":
		return number("%02d", at.Hour())
	case "mm":
		return number("%02d", at.Minute())
	case "EEE":
		return shorten(n.days[at.Weekday()]), true
	case "EEEE":
		return n.days[at.Weekday()], true
	case "MMM":
		return shorten(n.months[at.Month()-1]), true
	case "MMMM":
		return n.months[at.Month()-1], true
	}
	return "", false
}

// names are those of the days from Sunday and of the months, as they stand inside a sentence.
type names struct{ days, months []string }

var (
	spanish = names{
		days:   strings.Fields("domingo lunes martes miércoles jueves viernes sábado"),
		months: strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
	}
	portuguese = names{
		days:   strings.Fields("domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado"),
		months: strings.Fields("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
	}
	english = names{
		days:   strings.Fields("Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
		months: strings.Fields("January February March April May June July August September October November December"),
	}
)

func (t tongue) names() names {
	switch t.base {
	case "es":
		return spanish
	case "pt":
		return portuguese
	}
	return english
}

// shorten gives a name's first three letters, which is how all three languages shorten it.
func shorten(name string) string { return string([]rune(name)[:3]) }
