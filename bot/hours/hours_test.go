package hours_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/hours"
)

// opening is one item of a week as a definition has it.
type opening struct {
	days  string
	spans []string
}

func schedule(t testing.TB, zone string, closed []string, week ...opening) *hours.Schedule {
	t.Helper()
	z, err := hours.Zone(zone)
	require.NoError(t, err)
	w := hours.NewWeek(z)
	for _, o := range week {
		days, err := hours.ParseDays(o.days)
		require.NoError(t, err)
		require.NoError(t, w.Name(days))
		for _, text := range o.spans {
			span, err := hours.ParseSpan(text)
			require.NoError(t, err)
			require.NoError(t, w.Add(days, span))
		}
	}
	for _, text := range closed {
		day, err := hours.ParseDay(text)
		require.NoError(t, err)
		require.NoError(t, w.Close(day))
	}
	return w.Schedule()
}

func moment(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return at
}

// clinic is the reception of the clinic in the examples.
func clinic(t testing.TB) *hours.Schedule {
	return schedule(t, "America/Santiago", []string{"2026-09-18", "2026-12-25"},
		opening{"mon-fri", []string{"08:30-13:00", "14:00-19:00"}},
		opening{"sat", []string{"09:00-13:00"}})
}

func TestOpen(t *testing.T) {
	s := clinic(t)
	for _, tt := range []struct {
		name, at string
		want     bool
	}{
		{"in the morning", "2026-03-10T10:00:00-03:00", true},
		{"at the start", "2026-03-10T08:30:00-03:00", true},
		{"just before the start", "2026-03-10T08:29:59.999999999-03:00", false},
		{"at the end", "2026-03-10T13:00:00-03:00", false},
		{"just before the end", "2026-03-10T12:59:59.999999999-03:00", true},
		{"at lunch", "2026-03-10T13:30:00-03:00", false},
		{"in the afternoon", "2026-03-10T14:00:00-03:00", true},
		{"at night", "2026-03-10T21:00:00-03:00", false},
		{"the same moment in another zone", "2026-03-10T13:00:00Z", true},
		{"in winter the clock is an hour behind", "2026-07-07T08:29:59-04:00", false},
		{"in winter at the start", "2026-07-07T08:30:00-04:00", true},
		{"on Saturday", "2026-03-14T12:59:00-03:00", true},
		{"on Saturday afternoon", "2026-03-14T14:30:00-03:00", false},
		{"on Sunday", "2026-03-15T10:00:00-03:00", false},
		{"on a holiday", "2026-09-18T10:00:00-03:00", false},
		{"the day before the holiday", "2026-09-17T10:00:00-03:00", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, s.Open(moment(t, tt.at)))
		})
	}
}

func TestNext(t *testing.T) {
	s := clinic(t)
	for _, tt := range []struct{ name, after, want string }{
		{"at night", "2026-03-10T21:00:00-03:00", "2026-03-11T08:30:00-03:00"},
		{"before the start", "2026-03-10T08:29:59.999999999-03:00", "2026-03-10T08:30:00-03:00"},
		{"while open: when it opens again", "2026-03-10T08:30:00-03:00", "2026-03-10T14:00:00-03:00"},
		{"at lunch", "2026-03-10T13:00:00-03:00", "2026-03-10T14:00:00-03:00"},
		{"over the weekend", "2026-03-14T13:00:00-03:00", "2026-03-16T08:30:00-03:00"},
		{"over a holiday", "2026-09-17T18:59:00-03:00", "2026-09-19T09:00:00-03:00"},
		{"over the change to summer time", "2026-09-05T13:00:00-04:00", "2026-09-07T08:30:00-03:00"},
		{"over the change to winter time", "2026-04-04T13:00:00-03:00", "2026-04-06T08:30:00-04:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at, ok := s.Next(moment(t, tt.after))
			require.True(t, ok)
			require.Equal(t, tt.want, at.Format(time.RFC3339Nano), "in the schedule's own zone")
		})
	}
}

func TestNextLooksOneYearAhead(t *testing.T) {
	at := moment(t, "2027-03-01T12:00:00Z")
	for _, tt := range []struct {
		name     string
		schedule *hours.Schedule
		ok       bool
	}{
		{"never open", schedule(t, "UTC", nil), false},
		{"a named day without hours", schedule(t, "UTC", nil, opening{"mon", nil}), false},
		{"always open", schedule(t, "UTC", nil, opening{"mon-sun", []string{"00:00-24:00"}}), false},
		{"spans that touch are always open", schedule(t, "UTC", nil, opening{"mon-sun", []string{"08:00-20:00", "20:00-08:00"}}), false},
		{"always open but on one day", schedule(t, "UTC", []string{"2028-02-28"}, opening{"mon-sun", []string{"00:00-24:00"}}), true},
		{"always open but on one day, beyond a year", schedule(t, "UTC", []string{"2028-03-01"}, opening{"mon-sun", []string{"00:00-24:00"}}), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			next, ok := tt.schedule.Next(at)
			require.Equal(t, tt.ok, ok)
			require.Equal(t, !tt.ok, next.IsZero())
		})
	}
}

func TestNextIsExactlyWithinAYear(t *testing.T) {
	var closed []string
	for day := moment(t, "2027-03-01T00:00:00Z"); day.Year() < 2029; day = day.AddDate(0, 0, 1) {
		if day.Format(time.DateOnly) != "2028-03-01" {
			closed = append(closed, day.Format(time.DateOnly))
		}
	}
	s := schedule(t, "UTC", closed, opening{"mon-sun", []string{"12:00-13:00"}})
	at, ok := s.Next(moment(t, "2027-03-01T12:00:00Z"))
	require.True(t, ok)
	require.Equal(t, moment(t, "2028-03-01T12:00:00Z"), at)
	_, ok = s.Next(moment(t, "2027-03-01T11:59:59Z"))
	require.False(t, ok)
}

func TestSpansPastMidnightBelongToTheDayOnWhichTheyStart(t *testing.T) {
	week := opening{"fri-sat", []string{"22:00-02:00"}}
	for _, tt := range []struct {
		name   string
		closed []string
		at     string
		want   bool
	}{
		{"in the small hours of Saturday", nil, "2026-03-14T01:59:00Z", true},
		{"until the end", nil, "2026-03-14T02:00:00Z", false},
		{"in the small hours of Sunday", nil, "2026-03-15T01:00:00Z", true},
		{"not in the small hours of Friday", nil, "2026-03-13T01:00:00Z", false},
		{"with Friday closed not on Friday night", []string{"2026-03-13"}, "2026-03-13T23:00:00Z", false},
		{"with Friday closed not in the small hours of Saturday", []string{"2026-03-13"}, "2026-03-14T01:00:00Z", false},
		{"with Saturday closed still in its small hours", []string{"2026-03-14"}, "2026-03-14T01:00:00Z", true},
		{"with Saturday closed not on Saturday night", []string{"2026-03-14"}, "2026-03-14T23:00:00Z", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, schedule(t, "UTC", tt.closed, week).Open(moment(t, tt.at)))
		})
	}
}

// In Chile the clock goes from Saturday 24:00 to Sunday 01:00 on 2026-09-06, and from Saturday
// 24:00 back to 23:00 on 2026-04-04. In Brazil it went from 24:00 to 01:00 on 2018-11-04, and
// from 24:00 back to 23:00 on 2018-02-17.
func TestChangesOfClocks(t *testing.T) {
	const santiago, saoPaulo = "America/Santiago", "America/Sao_Paulo"
	for _, tt := range []struct {
		name, zone, span string
		after            string
		opens, closes    string
	}{
		{"a skipped start is the change", santiago, "00:30-02:00", "2026-09-05T12:00:00-04:00", "2026-09-06T01:00:00-03:00", "2026-09-06T02:00:00-03:00"},
		{"a skipped span does not happen", santiago, "00:00-01:00", "2026-09-05T12:00:00-04:00", "2026-09-07T00:00:00-03:00", "2026-09-07T01:00:00-03:00"},
		{"a skipped end is the change", santiago, "22:00-00:30", "2026-09-05T12:00:00-04:00", "2026-09-05T22:00:00-04:00", "2026-09-06T01:00:00-03:00"},
		{"an end of the day is the change", santiago, "22:00-24:00", "2026-09-05T12:00:00-04:00", "2026-09-05T22:00:00-04:00", "2026-09-06T01:00:00-03:00"},
		{"open at the change back stays open", santiago, "22:00-24:00", "2026-04-04T12:00:00-03:00", "2026-04-04T22:00:00-03:00", "2026-04-05T00:00:00-04:00"},
		{"closed before the change back stays closed", santiago, "22:00-23:30", "2026-04-04T12:00:00-03:00", "2026-04-04T22:00:00-03:00", "2026-04-04T23:30:00-03:00"},
		{"opens when the doubled hour comes first", santiago, "23:30-02:00", "2026-04-04T12:00:00-03:00", "2026-04-04T23:30:00-03:00", "2026-04-05T02:00:00-04:00"},
		{"the day after a doubled hour starts once", santiago, "00:00-02:00", "2026-04-04T12:00:00-03:00", "2026-04-05T00:00:00-04:00", "2026-04-05T02:00:00-04:00"},
		{"history: a skipped start", saoPaulo, "00:00-03:00", "2018-11-03T12:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-04T03:00:00-02:00"},
		{"history: open at the change back", saoPaulo, "20:00-24:00", "2018-02-17T12:00:00-02:00", "2018-02-17T20:00:00-02:00", "2018-02-18T00:00:00-03:00"},
		{"no change any more", saoPaulo, "00:00-03:00", "2026-11-01T00:00:00-03:00", "2026-11-02T00:00:00-03:00", "2026-11-02T03:00:00-03:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := schedule(t, tt.zone, nil, opening{"mon-sun", []string{tt.span}})
			opens, ok := s.Next(moment(t, tt.after))
			require.True(t, ok)
			require.Equal(t, tt.opens, opens.Format(time.RFC3339))
			closes := moment(t, tt.closes)
			require.False(t, s.Open(opens.Add(-1)))
			for at := opens; at.Before(closes); at = at.Add(time.Minute) {
				require.True(t, s.Open(at), at)
			}
			require.True(t, s.Open(closes.Add(-1)))
			require.False(t, s.Open(closes))
		})
	}
}

func TestADayThatBeganBeforeTheClockWasPutBack(t *testing.T) {
	// On Newfoundland the clock went from Sunday 00:01 back to Saturday 23:01.
	s := schedule(t, "America/St_Johns", nil, opening{"sun", []string{"00:00-02:00"}})
	at, ok := s.Next(moment(t, "2006-10-28T12:00:00-02:30"))
	require.True(t, ok)
	require.Equal(t, "2006-10-29T00:00:00-02:30", at.Format(time.RFC3339))
	require.True(t, s.Open(at))
	require.True(t, s.Open(moment(t, "2006-10-28T23:30:00-03:30")))
	require.False(t, s.Open(moment(t, "2006-10-28T23:30:00-02:30")))
}

func TestADayThatNeverCameHasNoHours(t *testing.T) {
	// Samoa went from the end of 2011-12-29 to the beginning of 2011-12-31.
	s := schedule(t, "Pacific/Apia", nil, opening{"mon-sun", []string{"09:00-17:00"}})
	at, ok := s.Next(moment(t, "2011-12-29T18:00:00-10:00"))
	require.True(t, ok)
	require.Equal(t, "2011-12-31T09:00:00+14:00", at.Format(time.RFC3339))
}

func TestAskingAllocatesNothing(t *testing.T) {
	s, at := clinic(t), moment(t, "2026-03-14T21:00:00-03:00")
	require.Zero(t, testing.AllocsPerRun(10, func() { s.Open(at) }))
	require.Zero(t, testing.AllocsPerRun(10, func() { s.Next(at) }))
}

func BenchmarkNext(b *testing.B) {
	s, at := clinic(b), moment(b, "2026-03-14T21:00:00-03:00")
	for b.Loop() {
		s.Next(at)
	}
}

func BenchmarkNextThatNeverComes(b *testing.B) {
	s := schedule(b, "America/Santiago", nil, opening{"mon-sun", []string{"08:00-20:00", "20:00-08:00"}})
	at := moment(b, "2026-03-14T21:00:00-03:00")
	for b.Loop() {
		s.Next(at)
	}
}
