package locale

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxPattern bounds a pattern, in bytes: it may come from a variable, and ultimately from a
// stranger.
const maxPattern = 200

// Time writes a time, in its own zone, after a pattern.
//
// The pattern has the letters of the Unicode CLDR, of which it knows exactly these: yyyy, MM, dd,
// HH and mm are numbers, d the day without a zero before it, EEE and EEEE the day of the week,
// short and in full, MMM and MMMM the month. Text with letters stands in quotes, as in
// "d 'de' MMMM"; two quotes are one that is meant. Names are as they stand inside a sentence:
// in lower case in Spanish and Portuguese. They have no dots.
func Time(language string, at time.Time, pattern string) (string, error) {
	var b strings.Builder
	n := parse(language).names()
	err := scan(pattern, func(text string) { b.WriteString(text) }, func(field string) bool {
		text, ok := write(field, at, n)
		b.WriteString(text)
		return ok
	})
	if err != nil {
		return "", err
	}
	return b.String(), nil
}

// CheckPattern says what is wrong with a pattern for times, in a sentence for authors; nil when
// nothing is.
func CheckPattern(pattern string) error {
	_, err := Time("", time.Time{}, pattern)
	return err
}

// scan takes a pattern apart into literal text and fields, which are rows of the same letter.
func scan(pattern string, literal func(string), field func(string) bool) error {
	if len(pattern) > maxPattern {
		return fmt.Errorf("a pattern may have at most %d bytes, and this one has %d", maxPattern, len(pattern))
	}
	for rest := pattern; rest != ""; {
		n := row(rest)
		switch {
		case strings.HasPrefix(rest, "'"):
			text, size, err := quoted(rest)
			if err != nil {
				return err
			}
			literal(text)
			n = size
		case !letter(rest[0]):
			literal(rest[:n])
		case !field(rest[:n]):
			return fmt.Errorf("the pattern %q has %q; it may have yyyy, MM, MMM, MMMM, dd, d, EEE, EEEE, HH and mm, and other letters in quotes '…'",
				pattern, rest[:n])
		}
		rest = rest[n:]
	}
	return nil
}

// row counts how often the first byte comes at the beginning.
func row(text string) int {
	n := 1
	for n < len(text) && text[n] == text[0] {
		n++
	}
	return n
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// quoted reads a text in quotes at the beginning, and says how many bytes it is there.
func quoted(text string) (content string, size int, err error) {
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

// write is one field of a time; ok is false for one that does not exist.
func write(field string, at time.Time, n names) (text string, ok bool) {
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
		return short(n.day(at.Weekday())), true
	case "EEEE":
		return n.day(at.Weekday()), true
	case "MMM":
		return short(n.month(at.Month())), true
	case "MMMM":
		return n.month(at.Month()), true
	}
	return "", false
}

// names are those of the days from Sunday and of the months, as they stand inside a sentence.
type names struct{ days, months string }

func (t tongue) names() names {
	switch t.base {
	case "es":
		return names{
			days:   "domingo lunes martes miércoles jueves viernes sábado",
			months: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		}
	case "pt":
		return names{
			days:   "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
			months: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		}
	}
	return names{
		days:   "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
		months: "January February March April May June July August September October November December",
	}
}

func (n names) day(d time.Weekday) string { return strings.Fields(n.days)[d] }

func (n names) month(m time.Month) string { return strings.Fields(n.months)[m-1] }

// short is a name's first three letters, which is how all three languages shorten it.
func short(name string) string { return string([]rune(name)[:3]) }
