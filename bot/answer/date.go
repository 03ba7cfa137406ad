package answer

import (
	"strconv"
	"strings"
	"time"
)

// readDate reads a day as "2026-12-25". A day without its year is the next such day, today
// included, of this year or the next; the name of a day of the week is the next such day, today
// not included. The day comes first, but in the language en-US the month does. A year of two
// digits is one of the last 79 or the next 20 years. What the calendar does not have is refused,
// and so is a day of the week that is not that of the date. An hour behind the day is left out.
func readDate(lead []string, text string, c Context) (string, bool) {
	words := daysInDigits(splitTokens(halves.Replace(strings.ToLower(text))), c.Language)
	if inPortuguese := strings.HasPrefix(strings.ToLower(c.Language), "pt"); inPortuguese && len(words) > 1 && words[0].text == "no" {
		words = words[1:] // "no dia 15"; "no" is no refusal there
	}
	if meansOtherDay(lead, words, c.Language) {
		return "", false
	}
	r := dayReader{
		today:      midnight(c.Now),
		monthFirst: strings.EqualFold(c.Language, "en-US"),
		announced:  len(lead) > 0 && announcesDay[lead[len(lead)-1]],
	}
	day, ok := r.readWithHour(words)
	if !ok || !agreesWithPast(lead, words, day, r.today) {
		return "", false
	}
	return formatDay(day)
}

// births and past are words before a day that has been: of the first it is long ago, so that it needs its year.
var (
	births = setOf("naci nacido nacida nacimiento cumpleanos cumple aniversario nasci nascimento nascido nascida born")
	past   = setOf("pague paguei deposite depositei abone transferi")
)

// agreesWithPast reports whether a day may be what the words before it say: "pagué el viernes" is not the next
// Friday.
func agreesWithPast(lead []string, words []token, day, today time.Time) bool {
	isPast := past.hasAny(lead)
	if !isPast && !births.hasAny(lead) || hasYear(words) {
		return true
	}
	return isPast && !day.After(today)
}

// hasYear reports whether a date has its year: one of four digits, or as the third of three parts.
func hasYear(words []token) bool {
	parts := 0
	for _, t := range words {
		_, isMonth := monthNamed(t.text)
		if allDigits(t.text, 4, 4) || t.text == "ano" {
			return true
		}
		if isMonth || t.number {
			parts++
		}
	}
	return parts > 2
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// formatDay writes a day; ok is false for years without four digits, which are typing errors.
func formatDay(day time.Time) (string, bool) {
	return day.Format(time.DateOnly), day.Year() >= 1000 && day.Year() <= 9999
}

// monthNames are the names of the months, folded.
var monthNames = [][]string{
	strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
	strings.Fields("janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"),
	strings.Fields("january february march april may june july august september october november december"),
}

// monthNamed reads the name of a month, in full or shortened.
func monthNamed(word string) (time.Month, bool) {
	if word == "setiembre" { // as in Peru and Uruguay
		return time.September, true
	}
	for _, list := range monthNames {
		if n := nameIndex(list, word, true); n >= 0 {
			return time.Month(n + 1), true
		}
	}
	return 0, false
}

// monthOf reads a month, by its name or number.
func monthOf(word string) (time.Month, bool) {
	if allDigits(word, 1, 2) {
		n, _ := strconv.Atoi(word)
		return time.Month(n), n >= 1 && n <= 12
	}
	return monthNamed(word)
}

// day is the day that is meant; ok is false when the calendar does not have it.
func (d date) day(today time.Time) (time.Time, bool) {
	if d.yearDigits > 0 {
		year := d.year
		if d.yearDigits == 2 {
			year = withCentury(year, today.Year())
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

// withCentury gives a year of two digits the century in which it is at most 20 years ahead.
func withCentury(year, now int) int {
	year += now / 100 * 100
	switch {
	case year > now+20:
		return year - 100
	case year <= now-80:
		return year + 100
	}
	return year
}
