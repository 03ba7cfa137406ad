package hours_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/hours"
)

// walker is the plain way to know when it is open: it walks minute by minute and looks at a clock
// that does not go back but waits when it is told to.
type walker struct {
	zone   *time.Location
	week   [7][]hours.Span
	closed map[string]bool
	shown  time.Time // the latest time that the clock has shown, as if it were UTC
}

func (w *walker) open(at time.Time) bool {
	local := at.In(w.zone)
	y, m, d := local.Date()
	wall := time.Date(y, m, d, local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	if wall.After(w.shown) {
		w.shown = wall
	}
	minute := w.shown.Hour()*60 + w.shown.Minute()
	return w.holds(w.shown, minute) || w.holds(w.shown.AddDate(0, 0, -1), minute+24*60)
}

func (w *walker) holds(day time.Time, minute int) bool {
	if w.closed[day.Format(time.DateOnly)] {
		return false
	}
	for _, s := range w.week[day.Weekday()] {
		if s.Start <= minute && minute < s.End {
			return true
		}
	}
	return false
}

// drawWeek draws any week that a definition may have, for the walker and for the package.
func drawWeek(t *rapid.T, zone *time.Location, from time.Time) (*walker, *hours.Schedule) {
	walk, week := &walker{zone: zone, closed: map[string]bool{}}, hours.NewWeek(zone)
	// Round times make spans touch and clocks change at their ends.
	clock := rapid.Custom(func(t *rapid.T) int {
		return rapid.SampledFrom([]int{0, 30, 60, 90, 120, 121, 180, 540, 1200, 1320, 1380, 1410, 1439}).Draw(t, "minute")
	})
	for range rapid.IntRange(0, 12).Draw(t, "spans") {
		day := time.Weekday(rapid.IntRange(0, 6).Draw(t, "day"))
		from, to := clock.Draw(t, "from"), clock.Draw(t, "to")
		span, err := hours.ParseSpan(fmt.Sprintf("%02d:%02d-%02d:%02d", from/60, from%60, to/60, to%60))
		if err != nil || week.Add([]time.Weekday{day}, span) != nil {
			continue
		}
		walk.week[day] = append(walk.week[day], span)
	}
	for range rapid.IntRange(0, 3).Draw(t, "closed") {
		text := from.AddDate(0, 0, rapid.IntRange(-1, 8).Draw(t, "closed day")).Format(time.DateOnly)
		day, err := hours.ParseDay(text)
		require.NoError(t, err)
		if !walk.closed[text] {
			require.NoError(t, week.Close(day))
		}
		walk.closed[text] = true
	}
	return walk, week.Schedule()
}

// TestOpenAndNextAgreeWithAWalkThroughTheMinutes walks through a week in which clocks change.
func TestOpenAndNextAgreeWithAWalkThroughTheMinutes(t *testing.T) {
	weeks := []struct{ zone, from string }{
		{"America/Santiago", "2026-04-02"},
		{"America/Santiago", "2026-09-03"},
		{"America/Sao_Paulo", "2018-02-15"},
		{"America/Sao_Paulo", "2018-11-01"},
		{"America/Havana", "2026-10-29"},      // 01:00 back to 00:00
		{"America/St_Johns", "2006-10-26"},    // 00:01 back to 23:01 of the day before
		{"Australia/Lord_Howe", "2026-04-02"}, // half an hour
		{"Pacific/Apia", "2011-12-27"},        // a day that never came
		{"Pacific/Kwajalein", "1993-08-18"},   // another one
		{"Asia/Kathmandu", "1985-12-29"},      // a quarter of an hour
		{"UTC", "2028-02-26"},
	}
	rapid.Check(t, func(t *rapid.T) {
		pick := rapid.SampledFrom(weeks).Draw(t, "week")
		zone, err := hours.Zone(pick.zone)
		require.NoError(t, err)
		first, err := time.ParseInLocation(time.DateOnly, pick.from, zone)
		require.NoError(t, err)
		walk, s := drawWeek(t, zone, first)
		walkThrough(t, walk, s, first)
	})
}

func walkThrough(t *rapid.T, walk *walker, s *hours.Schedule, first time.Time) {
	const minutes = 5 * 24 * 60
	wasOpen := walk.open(first.Add(-time.Minute))
	waiting := []time.Time{} // asked, and not open since
	for n := range minutes {
		at := first.Add(time.Duration(n) * time.Minute)
		open := walk.open(at)
		// Spans and changes of clocks are at whole quarters of an hour or a minute beside them.
		if beside := (n + 1) % 15; beside <= 2 || open != wasOpen {
			require.Equal(t, open, s.Open(at), at)
		}
		if open && !wasOpen {
			for _, asked := range waiting {
				next, ok := s.Next(asked)
				require.True(t, ok)
				require.True(t, next.Equal(at), "after %s it opens at %s, not at %s", asked, at, next)
			}
			waiting = waiting[:0]
		}
		if n%197 == 0 || open != wasOpen {
			waiting = append(waiting, at)
		}
		wasOpen = open
	}
	for _, asked := range waiting {
		next, ok := s.Next(asked)
		require.True(t, !ok || !next.Before(first.Add(minutes*time.Minute)), "after %s it opens at %s, as the walk did not see", asked, next)
	}
}
