package hours

import (
	"fmt"
	"strings"
	"time"
	// The binary brings time zones for machines without them, such as a bare container image;
	// where the machine has them, its own are read, which may be newer. This adds 450 KB.
	_ "time/tzdata"
)

// Zone finds a time zone by its name in the IANA database, such as America/Santiago. "Local" and
// "" are refused: the first depends on the machine, the second is UTC by mistake. It is called when
// a definition is loaded, and is the only function here that reads files of the machine.
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is no time zone; write one such as America/Santiago", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("there is no time zone %q; write one such as America/Santiago", name)
	}
	return zone, nil
}

// weekday is the day with a name of three letters.
func weekday(name string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name == short(d) {
			return d, true
		}
	}
	return 0, false
}

// short is the name of a day in a definition: "mon".
func short(d time.Weekday) string { return strings.ToLower(d.String()[:3]) }

// ParseDays reads a day, such as "sat", or a range, such as "mon-fri", which may go on past the
// end of the week: "fri-mon" are four days.
func ParseDays(text string) ([]time.Weekday, error) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	from, fromOK := weekday(first)
	to, toOK := weekday(last)
	if !fromOK || !toOK {
		return nil, fmt.Errorf("%q is no day of the week; write mon, tue, wed, thu, fri, sat or sun, or a range such as mon-fri", text)
	}
	if isRange && from == to {
		return nil, fmt.Errorf("%q is a range of one day; write %s for that day or mon-sun for all", text, first)
	}
	days := []time.Weekday{from}
	for d := from; d != to; {
		d = (d + 1) % 7
		days = append(days, d)
	}
	return days, nil
}

// Span is a part of a day, in minutes on the clock since the midnight at which the day begins. End is
// exclusive, and above 24 hours where the span goes on past midnight.
type Span struct{ Start, End int }

// ParseSpan reads a span such as "08:30-13:00". The end may be "24:00"; an end before the start
// is on the next day.
func ParseSpan(text string) (Span, error) {
	from, to, _ := strings.Cut(text, "-")
	start, startOK := parseClock(from)
	end, endOK := parseClock(to)
	switch {
	case start < 0 || end < 0:
		return Span{}, fmt.Errorf(`%q is no span of hours; write one such as "08:30-13:00"`, text)
	case !startOK || start == minutesOfDay:
		return Span{}, fmt.Errorf("%q starts at a time that the clock does not show; hours go from 00:00 to 23:59", text)
	case !endOK:
		return Span{}, fmt.Errorf("%q ends at a time that the clock does not show; the latest end is 24:00", text)
	case start == end:
		return Span{}, fmt.Errorf(`%q has no length; write "00:00-24:00" for a whole day`, text)
	case end < start:
		end += minutesOfDay
	}
	return Span{start, end}, nil
}

// parseClock reads HH:mm as the minutes since midnight: -1 for another form; ok is false for a time
// that is not from 00:00 to 24:00.
func parseClock(text string) (minute int, ok bool) {
	if len(text) != len("HH:mm") || text[2] != ':' {
		return -1, false
	}
	for _, digit := range []byte{text[0], text[1], text[3], text[4]} {
		if digit < '0' || digit > '9' {
			return -1, false
		}
	}
	h, m := int(text[0]-'0')*10+int(text[1]-'0'), int(text[3]-'0')*10+int(text[4]-'0')
	return h*60 + m, m < 60 && h*60+m <= minutesOfDay
}

// String is the span as an author writes it.
func (s Span) String() string {
	end := s.End
	if end > minutesOfDay {
		end -= minutesOfDay
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.Start/60, s.Start%60, end/60, end%60)
}

// Day is a day of the calendar.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDay reads a day such as "2026-09-18".
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Day{}, fmt.Errorf(`%q is no day of the calendar; write one such as "2026-09-18"`, text)
	}
	return dayOf(t), nil
}

// String is the day as an author writes it.
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

func dayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day{y, m, d}
}

// midnight is the beginning of the day in UTC.
func (d Day) midnight() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

func (d Day) add(days int) Day { return dayOf(d.midnight().AddDate(0, 0, days)) }

func (d Day) weekday() time.Weekday { return d.midnight().Weekday() }
