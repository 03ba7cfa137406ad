// Package hours has weekly opening hours with holidays, in one time zone. It imports nothing of
// ours, and reads no clock: the time is always an argument.
//
// A [Week] is filled item by item, so that the reader of a definition can report which item is
// wrong; the result is a [Schedule], which is asked whether it is open and when it opens next.
//
// # What a span means
//
// A span belongs to the day on which it starts, also where it goes on past midnight: closing
// Friday also closes the hours after midnight of a span that starts on Friday; closing Saturday
// does not.
//
// A span lasts from when the clock first shows its start, or a later time, until the clock first
// shows its end, or a later time. This decides what happens when clocks change.
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

// Schedule is a week of opening hours in one time zone, and the days that are closed. A Week makes
// it; it never changes and is safe for concurrent use.
type Schedule struct {
	zone *time.Location
	// week holds the spans by the day on which they start, in ascending order.
	week   [7][]Span
	closed map[Day]bool
}

// horizon is how far Next looks ahead: a year, leap day included.
const horizon = 366 * 24 * time.Hour

// Open reports whether it is open at a time.
func (s *Schedule) Open(at time.Time) bool {
	today := dayOf(at.In(s.zone))
	// Yesterday's span may run past midnight; tomorrow's may have started where the clock was put
	// back from after midnight to before it.
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

// Next is the next time it opens after a time; while it is open, the time when it opens again. Spans
// that touch are one opening. ok is false when it does not open within 366 days, as with a schedule
// that never closes.
func (s *Schedule) Next(after time.Time) (at time.Time, ok bool) {
	last := after.Add(horizon)
	for day := dayOf(after.In(s.zone)); ; day = day.add(1) {
		if day.midnight().Add(-maxOffset).After(last) {
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

// opens reports whether a span that starts at a time is an opening: it was closed before, and the
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

// maxOffset is more than any zone's clock has ever been ahead of UTC or behind it (15:58 hours,
// Manila until 1844).
const maxOffset = 24 * time.Hour

// moment is when the zone's clock first shows a time of a day, in minutes from its midnight, or
// a later time. It is not time.Date, which does not say which moment it takes when a time is
// skipped or comes twice.
func (s *Schedule) moment(day Day, minute int) time.Time {
	// wall is the time that the clock shows, as if it were UTC.
	wall := day.midnight().Add(time.Duration(minute) * time.Minute)
	from := wall.Add(-maxOffset).In(s.zone)
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

// Week builds a Schedule.
type Week struct {
	schedule Schedule
	named    [7]bool
}

// NewWeek makes a week without opening hours.
func NewWeek(zone *time.Location) *Week {
	return &Week{schedule: Schedule{zone: zone, closed: map[Day]bool{}}}
}

// Name marks days as having hours of their own. A day that was named before is an error: its hours
// would be ambiguous.
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

// Add adds a span to some days. A span that overlaps another one, on the same day or past midnight,
// is an error, and nothing is added.
func (w *Week) Add(days []time.Weekday, span Span) error {
	for _, d := range days {
		if err := w.checkOverlap(d, span, days); err != nil {
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

// checkOverlap returns an error if a span overlaps one of the week. No span is longer than a day, so
// only those of the day before and the day after can reach it.
func (w *Week) checkOverlap(d time.Weekday, span Span, days []time.Weekday) error {
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

// Close closes one day, whatever the hours of its weekday. A day that is closed already is an error,
// most likely a typing error.
func (w *Week) Close(day Day) error {
	if w.schedule.closed[day] {
		return fmt.Errorf("%s is closed already; name each day once", day)
	}
	w.schedule.closed[day] = true
	return nil
}

// Schedule returns the schedule. The week must not be used after that.
func (w *Week) Schedule() *Schedule { return &w.schedule }
