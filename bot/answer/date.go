package answer

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot/fold"
)

// readDate reads a day as "2026-12-25". A day without its year is the next such day, today
// included, of this year or the next; the name of a day of the week is the next such day, today
// not included. The day comes first, but in the language en-US the month does. A year of two
// digits is one of the last 79 or the next 20 years. What the calendar does not have is refused,
// and so is a day of the week that is not that of the date.
func readDate(text string, c Context) (string, bool) {
	words := dateWords(text)
	today := midnight(c.Now)
	if day, ok := relative(words, today); ok {
		return canonical(day)
	}
	weekday, rest, named := weekday(words)
	if named && len(rest) == 0 {
		ahead := (int(weekday-today.Weekday())+6)%7 + 1
		return canonical(today.AddDate(0, 0, ahead))
	}
	d, ok := calendarDate(rest, strings.EqualFold(c.Language, "en-US"))
	if !ok {
		return "", false
	}
	day, ok := d.day(today)
	if !ok || named && day.Weekday() != weekday {
		return "", false
	}
	return canonical(day)
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// canonical leaves out years that have no four digits: they are slips of the pen.
func canonical(day time.Time) (string, bool) {
	return day.Format(time.DateOnly), day.Year() >= 1000 && day.Year() <= 9999
}

// dateWords are the words and numbers of a date, without those that say nothing: "el 25 de
// diciembre del 2026" is 25, diciembre, 2026. A number loses what makes it an ordinal.
func dateWords(text string) []string {
	words := strings.FieldsFunc(fold.Text(text), func(r rune) bool { return strings.ContainsRune(" /-.,", r) })
	words = slices.DeleteFunc(words, func(w string) bool {
		return slices.Contains([]string{"el", "la", "de", "del", "do", "of", "the", "feira", "ano", "dia"}, w)
	})
	for i, w := range words {
		number := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyz")
		if number != "" && slices.Contains([]string{"o", "a", "ro", "do", "er", "st", "nd", "rd", "th"}, w[len(number):]) {
			words[i] = number
		}
	}
	return words
}

// relative reads the words that count from today.
func relative(words []string, today time.Time) (time.Time, bool) {
	switch strings.Join(words, " ") {
	case "hoy", "hoje", "today", "hoy mismo", "hoje mesmo":
		return today, true
	case "manana", "amanha", "tomorrow":
		return today.AddDate(0, 0, 1), true
	case "pasado manana", "pasadomanana", "depois amanha", "day after tomorrow":
		return today.AddDate(0, 0, 2), true
	case "ayer", "ontem", "yesterday":
		return today.AddDate(0, 0, -1), true
	}
	return time.Time{}, false
}

// weekday takes the name of a day of the week off the beginning, with what makes it the next one.
func weekday(words []string) (day time.Weekday, rest []string, ok bool) {
	next := []string{"este", "esta", "proximo", "proxima", "next", "this", "on", "que", "viene", "vem"}
	rest = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(next, w) })
	if len(rest) == 0 {
		return 0, words, false
	}
	for _, list := range []string{
		"domingo lunes martes miercoles jueves viernes sabado",
		"domingo segunda terca quarta quinta sexta sabado",
		"sunday monday tuesday wednesday thursday friday saturday",
	} {
		if n := named(strings.Fields(list), rest[0], len(rest) == 1); n >= 0 {
			return time.Weekday(n), rest[1:], true
		}
	}
	return 0, rest, false
}

// named finds a name in a list, in full or by its first three letters or more. With an exact
// match only, "mar" before a date is left to the months.
func named(list []string, word string, shortened bool) int {
	return slices.IndexFunc(list, func(name string) bool {
		return word == name || shortened && len(word) >= 3 && strings.HasPrefix(name, word)
	})
}

// monthNamed reads the name of a month, in full or shortened.
func monthNamed(word string) (time.Month, bool) {
	if word == "setiembre" { // as in Peru and Uruguay
		return time.September, true
	}
	for _, list := range []string{
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
		"january february march april may june july august september october november december",
	} {
		if n := named(strings.Fields(list), word, true); n >= 0 {
			return time.Month(n + 1), true
		}
	}
	return 0, false
}

// date is what somebody wrote: the year may be missing (0) or have two digits.
type date struct {
	year       int
	yearDigits int
	month      time.Month
	dayOfMonth int
}

// calendarDate reads a date in numbers or with the name of a month.
func calendarDate(words []string, monthFirst bool) (date, bool) {
	if len(words) < 2 || len(words) > 3 {
		return date{}, false
	}
	day, month, year := order(words, monthFirst)
	d := date{yearDigits: len(year)}
	if !digits(day, 1, 2) || year != "" && !digits(year, 2, 2) && !digits(year, 4, 4) {
		return date{}, false
	}
	d.dayOfMonth, _ = strconv.Atoi(day)
	d.year, _ = strconv.Atoi(year)
	var ok bool
	d.month, ok = monthOf(month)
	return d, ok
}

// order says which word is which; year is empty when there is none.
func order(words []string, monthFirst bool) (day, month, year string) {
	if len(words) == 3 {
		year = words[2]
		if digits(words[0], 4, 4) {
			return words[2], words[1], words[0] // 2026-12-25
		}
	}
	day, month = words[0], words[1]
	if _, isName := monthNamed(day); isName || monthFirst && digits(month, 1, 2) {
		day, month = month, day // December 25, or 12/25
	}
	if day == "primero" || day == "primeiro" {
		day = "1"
	}
	return day, month, year
}

// monthOf reads a month, by its name or number.
func monthOf(word string) (time.Month, bool) {
	if digits(word, 1, 2) {
		n, _ := strconv.Atoi(word)
		return time.Month(n), n >= 1 && n <= 12
	}
	return monthNamed(word)
}

// day is the day that is meant; ok is false when the calendar has none.
func (d date) day(today time.Time) (time.Time, bool) {
	if d.yearDigits > 0 {
		year := d.year
		if d.yearDigits == 2 {
			year = century(year, today.Year())
		}
		return d.in(year)
	}
	if day, ok := d.in(today.Year()); ok && !day.Before(today) {
		return day, true
	}
	day, ok := d.in(today.Year() + 1)
	return day, ok
}

func (d date) in(year int) (time.Time, bool) {
	day := time.Date(year, d.month, d.dayOfMonth, 0, 0, 0, 0, time.UTC)
	return day, day.Month() == d.month && day.Day() == d.dayOfMonth && day.Year() == year
}

// century gives a year of two digits the century in which it is at most 20 years ahead.
func century(year, now int) int {
	year += now / 100 * 100
	switch {
	case year > now+20:
		return year - 100
	case year <= now-80:
		return year + 100
	}
	return year
}
