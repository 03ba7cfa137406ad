package answer

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// dayReader reads a day from tokens in which numbers are digits.
type dayReader struct {
	today      time.Time
	monthFirst bool
	// announced: words before say that a mere number is a day of the month, as in "el 15".
	announced bool
}

// read reads what must be a day and nothing else.
func (r dayReader) read(words []token) (time.Time, bool) {
	for _, read := range []func([]token) (time.Time, bool){r.readRelative, r.readAhead, r.readNamed, r.readMonthEnd, r.readDayOfMonth, r.readCalendar, r.readNumberAndName} {
		if day, ok := read(words); ok {
			return day, true
		}
	}
	return time.Time{}, false
}

// readRelative reads "mañana", also with what the day is called: "mañana miércoles 11". The two must
// agree.
func (r dayReader) readRelative(words []token) (time.Time, bool) {
	days, rest, ok := relativeDay(words)
	if !ok {
		return time.Time{}, false
	}
	day := r.today.AddDate(0, 0, days)
	if isPartOfDay(rest) {
		return day, true
	}
	rest = cutAny(rest, ",", "el", "dia")
	if weekday, more, ok := readWeekday(rest); ok && isPartOfDay(more) {
		return day, day.Weekday() == weekday
	}
	same, ok := r.another().read(rest)
	return day, ok && same.Equal(day)
}

// another reads a second name of the same day, of which a mere number is one.
func (r dayReader) another() dayReader {
	r.announced = true
	return r
}

// cutAny cuts words off the beginning, each if it comes next.
func cutAny(words []token, some ...string) []token {
	for _, word := range some {
		words, _ = cutPhrase(words, word)
	}
	return words
}

// readAhead reads a number of days, weeks or months from today: "en 3 días", "hace 2 días".
func (r dayReader) readAhead(words []token) (time.Time, bool) {
	text := textOf(words)
	sign, count, unit := 1, "", ""
	if found := aheadForm.FindStringSubmatch(text); found != nil {
		count, unit = found[1], found[2]
	} else if found := agoForm.FindStringSubmatch(text); found != nil {
		sign, count, unit = -1, found[1]+found[3], found[2]+found[4]
	} else {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(count)
	if err != nil {
		n = 1 // "una semana"
	}
	switch {
	case n == 0:
		return time.Time{}, false
	case strings.HasPrefix(unit, "d"):
		return r.today.AddDate(0, 0, sign*n), true
	case strings.HasPrefix(unit, "s"), strings.HasPrefix(unit, "w"):
		return r.today.AddDate(0, 0, sign*7*n), true
	}
	return addMonths(r.today, sign*n), true
}

// addMonths is the same day of another month, or the last one of a month that does not have it.
func addMonths(day time.Time, months int) time.Time {
	last := time.Date(day.Year(), day.Month()+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
	return last.AddDate(0, 0, min(day.Day(), last.Day())-last.Day())
}

// readNamed reads a day of the week: "viernes", "viernes que viene", "viernes de la próxima semana", or with
// the date that it must have, "viernes 13".
func (r dayReader) readNamed(words []token) (time.Time, bool) {
	weekday, rest, ok := readWeekday(words)
	if !ok {
		return time.Time{}, false
	}
	if isPartOfDay(rest) {
		ahead := (int(weekday-r.today.Weekday())+6)%7 + 1
		return r.today.AddDate(0, 0, ahead), true
	}
	if weeks, ok := weekPhrases[textOf(rest)]; ok {
		sinceMonday := func(d time.Weekday) int { return (int(d) + 6) % 7 }
		day := r.today.AddDate(0, 0, 7*weeks+sinceMonday(weekday)-sinceMonday(r.today.Weekday()))
		return day, !day.Before(r.today)
	}
	day, ok := r.another().read(rest)
	return day, ok && day.Weekday() == weekday
}

// readNumberAndName reads "13 viernes", which must agree as "viernes 13" must.
func (r dayReader) readNumberAndName(words []token) (time.Time, bool) {
	if len(words) != 2 || !words[0].number || nextWords[words[1].text] {
		return time.Time{}, false
	}
	return r.readNamed([]token{words[1], words[0]})
}

// readMonthEnd reads the last day of a month: "fin de mes", "fin de marzo".
func (r dayReader) readMonthEnd(words []token) (time.Time, bool) {
	found := monthEndForm.FindStringSubmatch(textOf(words))
	if found == nil {
		return time.Time{}, false
	}
	month := r.today
	if months, ok := monthsAhead[found[1]]; ok {
		month = addMonths(firstOfMonth(month), months)
	} else {
		named, ok := monthNamed(found[1])
		if !ok {
			return time.Time{}, false
		}
		month = addMonths(firstOfMonth(month), int(named-month.Month()+12)%12)
	}
	return time.Date(month.Year(), month.Month()+1, 0, 0, 0, 0, 0, time.UTC), true
}

func firstOfMonth(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// readDayOfMonth reads a day without its month: "el 15", "15 de este mes", "el próximo 15". Without a month
// it is the next such day, today included, in this month or the next: "el 31" in April is none.
func (r dayReader) readDayOfMonth(words []token) (time.Time, bool) {
	announced := r.announced
	for len(words) > 1 && (announcesDay[words[0].text] || nextWords[words[0].text]) {
		words, announced = words[1:], true
	}
	number, rest, ok := dayNumber(words)
	if !ok {
		return time.Time{}, false
	}
	months, named := monthPhrases[textOf(rest)]
	switch {
	case len(rest) > 0 && !named, !announced && !named:
		return time.Time{}, false
	case (!named || months == someMonth) && number < r.today.Day():
		months = 1
	case months == someMonth:
		months = 0
	}
	first := addMonths(firstOfMonth(r.today), months)
	day := first.AddDate(0, 0, number-1)
	return day, day.Month() == first.Month()
}

// dayNumber cuts the number of a day off the beginning.
func dayNumber(words []token) (n int, rest []token, ok bool) {
	if len(words) == 0 {
		return 0, nil, false
	}
	first, rest := words[0].text, words[1:]
	if slices.Contains([]string{"primero", "primeiro", "first"}, first) {
		return 1, rest, true
	}
	if !allDigits(first, 1, 2) {
		return 0, nil, false
	}
	if len(rest) > 0 && rest[0].glued && isOrdinal(rest[0]) {
		rest = rest[1:]
	}
	n, _ = strconv.Atoi(first)
	return n, rest, n >= 1 && n <= 31
}

// readCalendar reads a date in numbers or with the name of a month: "25/12", "25 de diciembre del próximo
// año".
func (r dayReader) readCalendar(words []token) (time.Time, bool) {
	words, year := cutAny(words, "dia"), 0
	for _, phrase := range yearPhrases {
		if rest, ok := cutPhraseAtEnd(words, phrase.words); ok {
			words, year = rest, r.today.Year()+phrase.years
			break
		}
	}
	d, ok := calendarDate(words, r.monthFirst)
	if !ok || year > 0 && d.yearDigits > 0 {
		return time.Time{}, false
	}
	if year > 0 {
		return d.in(year)
	}
	return d.day(r.today)
}
