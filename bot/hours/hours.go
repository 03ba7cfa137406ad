// Package hours says when somebody is there: weekly opening hours with holidays, in the time of
// one zone. It imports nothing of ours, and reads no clock: the moment is always an argument.
//
// A [Week] is filled item by item, so that whoever reads a definition can say which item is
// wrong; it gives a [Schedule], which answers.
//
// # What a span means
//
// A span belongs to the day on which it starts, also where it goes on past midnight: with Friday
// closed nobody is there on Friday night, nor on what would have been its small hours; with
// Saturday closed Friday's span still runs to its end.
//
// A span is one stretch of time: from when the clock first shows its start, or a later time, until
// the clock first shows its end, or a later time. This decides what happens when clocks change.
// A start that is skipped is the moment of the change, and a span that is skipped as a whole does
// not happen. When an hour comes twice, what was open at the end of its first time stays open
// during the second, and what had closed stays closed.
//
// Start reading at Schedule.
package hours

import (
	"fmt"
	"slices"
	"time"
)

// Schedule is a week of opening hours in one time zone, and the days on which it does not hold.
// It never changes, so any number of goroutines may ask it.
type Schedule struct {
	zone *time.Location
	// week holds the spans by the day on which they start, in ascending order.
	week   [7][]Span
	closed map[Day]bool
}

// horizon is how far Next looks ahead: a year, leap day included.
const horizon = 366 * 24 * time.Hour

// Open says whether it is open at a moment.
func (s *Schedule) Open(at time.Time) bool {
	today := dayOf(at.In(s.zone))
	// Yesterday's span may run past midnight; tomorrow's may be under way where a clock that had
	// shown midnight was put back to before it.
	for _, n := range [...]int{0, -1, 1} {
		day := today.add(n)
		for _, span := range s.spans(day) {
			if !at.Before(s.moment(day, span.Start)) && at.Before(s.moment(day, span.End)) {
				return true
			}
		}
	}
	return false
}

// Next is the next opening after a moment; while it is open, the next time it opens again. Spans
// that touch are one opening. ok is false when there is none within 366 days, as with a schedule
// that never closes.
func (s *Schedule) Next(after time.Time) (at time.Time, ok bool) {
	last := after.Add(horizon)
	for day := dayOf(after.In(s.zone)); ; day = day.add(1) {
		if day.midnight().Add(-offsets).After(last) {
			return time.Time{}, false
		}
		for _, span := range s.spans(day) {
			start := s.moment(day, span.Start)
			if start.After(after) && !start.After(last) && s.opens(day, span, start) {
				return start, true
			}
		}
	}
}

// opens says whether a span that starts at a moment is an opening: it was closed before, and the
// span was not skipped by a change of clocks.
func (s *Schedule) opens(day Day, span Span, start time.Time) bool {
	return s.moment(day, span.End).After(start) && !s.Open(start.Add(-1))
}

func (s *Schedule) spans(day Day) []Span {
	if s.closed[day] {
		return nil
	}
	return s.week[day.weekday()]
}

// offsets is more than any zone's clock has ever been ahead of UTC or behind it (15:58 hours,
// Manila until 1844).
const offsets = 24 * time.Hour

// moment is when the zone's clock first shows a time of a day, in minutes from its midnight, or
// a later time. It is not time.Date, which does not say which moment it takes when a time is
// skipped or comes twice.
func (s *Schedule) moment(day Day, minute int) time.Time {
	// wall is what the clock shows, as if it were UTC.
	wall := day.midnight().Add(time.Duration(minute) * time.Minute)
	from := wall.Add(-offsets).In(s.zone)
	for {
		_, seconds := from.Zone()
		at := wall.Add(-time.Duration(seconds) * time.Second)
		_, end := from.ZoneBounds()
		if !end.IsZero() && !at.Before(end) {
			from = end
			continue
		}
		if at.Before(from) {
			at = from
		}
		return at.In(s.zone)
	}
}

// Week is a schedule in the making.
type Week struct {
	schedule Schedule
	named    [7]bool
}

// NewWeek begins a week without any hours in a zone.
func NewWeek(zone *time.Location) *Week {
	return &Week{schedule: Schedule{zone: zone, closed: map[Day]bool{}}}
}

// Name marks days as having hours of their own. A day that was named before is an error: nobody
// could tell which of the two hours hold.
func (w *Week) Name(days []time.Weekday) error {
	for _, d := range days {
		if w.named[d] {
			return fmt.Errorf("%s has hours already; name each day once", short(d))
		}
	}
	for _, d := range days {
		w.named[d] = true
	}
	return nil
}

// Add opens on days from the start of a span to its end. A span that overlaps another one, on
// the same day or past midnight, is an error, and nothing is added.
func (w *Week) Add(days []time.Weekday, span Span) error {
	for _, d := range days {
		if err := w.clash(d, span, days); err != nil {
			return err
		}
	}
	for _, d := range days {
		spans := append(w.schedule.week[d], span)
		slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
		w.schedule.week[d] = spans
	}
	return nil
}

// minutesOfDay is how many a day has on the clock, changes of clocks aside.
const minutesOfDay = 24 * 60

// clash looks for a span that overlaps a new one. A span is shorter than a day, or as long, so
// only the day before and the day after can reach it.
func (w *Week) clash(d time.Weekday, span Span, days []time.Weekday) error {
	for n := -1; n <= 1; n++ {
		other := (d + time.Weekday(n) + 7) % 7
		there := w.schedule.week[other]
		if n != 0 && slices.Contains(days, other) {
			// The new span comes on that day too, and may reach this one.
			there = append(slices.Clone(there), span)
		}
		for _, o := range there {
			if span.Start < o.End+n*minutesOfDay && o.Start+n*minutesOfDay < span.End {
				return fmt.Errorf("%s on %s overlaps %s on %s", span, short(d), o, short(other))
			}
		}
	}
	return nil
}

// Close closes on one day, whatever the week says. A day that is closed already is an error, most
// likely a slip of the pen.
func (w *Week) Close(day Day) error {
	if w.schedule.closed[day] {
		return fmt.Errorf("%s is closed already; name each day once", day)
	}
	w.schedule.closed[day] = true
	return nil
}

// Schedule is what the week has become. The week must not be used any more.
func (w *Week) Schedule() *Schedule { return &w.schedule }
