package hours_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/hours"
)

func TestParseDays(t *testing.T) {
	const sun, mon, tue, fri, sat = time.Sunday, time.Monday, time.Tuesday, time.Friday, time.Saturday
	for text, want := range map[string][]time.Weekday{
		"sat":     {sat},
		"mon-fri": {mon, tue, time.Wednesday, time.Thursday, fri},
		"sat-sun": {sat, sun},
		"fri-mon": {fri, sat, sun, mon},
		"mon-sun": {mon, tue, time.Wednesday, time.Thursday, fri, sat, sun},
		"sun-sat": {sun, mon, tue, time.Wednesday, time.Thursday, fri, sat},
	} {
		days, err := hours.ParseDays(text)
		require.NoError(t, err)
		require.Equal(t, want, days, text)
	}
	for _, text := range []string{"", "-", "mon-", "-mon", "monday", "Mon", "lun", "mon-fri-sat", "mon - fri", "mon,tue", "mon-xyz"} {
		_, err := hours.ParseDays(text)
		require.ErrorContains(t, err, "is no day of the week; write mon, tue", text)
	}
	_, err := hours.ParseDays("mon-mon")
	require.EqualError(t, err, `"mon-mon" is a range of one day; write mon for that day or mon-sun for all`)
}

func TestParseSpan(t *testing.T) {
	for text, want := range map[string]hours.Span{
		"08:30-13:00": {510, 780},
		"00:00-24:00": {0, 1440},
		"23:59-24:00": {1439, 1440},
		"22:00-02:00": {1320, 1560},
		"22:00-00:00": {1320, 1440},
		"00:01-00:00": {1, 1440},
	} {
		span, err := hours.ParseSpan(text)
		require.NoError(t, err)
		require.Equal(t, want, span, text)
	}
	for text, message := range map[string]string{
		"":                  `"" is no span of hours; write one such as "08:30-13:00"`,
		"8:30-13:00":        `"8:30-13:00" is no span of hours; write one such as "08:30-13:00"`,
		"08:30":             `"08:30" is no span of hours; write one such as "08:30-13:00"`,
		"08:30 - 13:00":     `"08:30 - 13:00" is no span of hours; write one such as "08:30-13:00"`,
		"08.30-13.00":       `"08.30-13.00" is no span of hours; write one such as "08:30-13:00"`,
		"08:30-13:00-14:00": `"08:30-13:00-14:00" is no span of hours; write one such as "08:30-13:00"`,
		"0a:30-13:00":       `"0a:30-13:00" is no span of hours; write one such as "08:30-13:00"`,
		"24:00-13:00":       `"24:00-13:00" starts at a time that the clock does not show; hours go from 00:00 to 23:59`,
		"25:00-26:00":       `"25:00-26:00" starts at a time that the clock does not show; hours go from 00:00 to 23:59`,
		"08:60-13:00":       `"08:60-13:00" starts at a time that the clock does not show; hours go from 00:00 to 23:59`,
		"08:30-24:01":       `"08:30-24:01" ends at a time that the clock does not show; the latest end is 24:00`,
		"08:30-12:60":       `"08:30-12:60" ends at a time that the clock does not show; the latest end is 24:00`,
		"08:30-08:30":       `"08:30-08:30" has no length; write "00:00-24:00" for a whole day`,
	} {
		_, err := hours.ParseSpan(text)
		require.EqualError(t, err, message)
	}
}

func TestParseDay(t *testing.T) {
	day, err := hours.ParseDay("2028-02-29")
	require.NoError(t, err)
	require.Equal(t, hours.Day{Year: 2028, Month: time.February, Day: 29}, day)
	require.Equal(t, "2028-02-29", day.String())
	for _, text := range []string{"", "2026-02-29", "2026-9-18", "18-09-2026", "2026-09-18T00:00:00Z", "2026-13-01", "2026-00-01"} {
		_, err := hours.ParseDay(text)
		require.ErrorContains(t, err, `is no day of the calendar; write one such as "2026-09-18"`, text)
	}
}

func TestZone(t *testing.T) {
	for _, name := range []string{"America/Santiago", "America/Sao_Paulo", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+3"} {
		zone, err := hours.Zone(name)
		require.NoError(t, err)
		require.Equal(t, name, zone.String())
	}
	for _, name := range []string{"", "Local", "Chile", "America/Nowhere", "../../etc/passwd", "/etc/localtime", "-04:00"} {
		_, err := hours.Zone(name)
		require.ErrorContains(t, err, "write one such as America/Santiago", name)
	}
}

func TestWeekRefusesWhatNobodyCouldTell(t *testing.T) {
	for _, tt := range []struct {
		name    string
		week    []opening
		message string // of the last item
	}{
		{"a day named twice", []opening{{"mon-fri", nil}, {"fri", nil}}, "fri has hours already; name each day once"},
		{"ranges with a day in common", []opening{{"sat-mon", nil}, {"mon-tue", nil}}, "mon has hours already; name each day once"},
		{"the same span twice", []opening{{"mon", []string{"08:00-12:00", "08:00-12:00"}}}, "08:00-12:00 on mon overlaps 08:00-12:00 on mon"},
		{"a span inside another", []opening{{"mon", []string{"08:00-12:00", "09:00-10:00"}}}, "09:00-10:00 on mon overlaps 08:00-12:00 on mon"},
		{"past midnight into the next day", []opening{{"sat", []string{"00:00-03:00"}}, {"fri", []string{"22:00-00:01"}}}, "22:00-00:01 on fri overlaps 00:00-03:00 on sat"},
		{"from the day before", []opening{{"sat", []string{"22:00-04:00"}}, {"sun", []string{"03:59-05:00"}}}, "03:59-05:00 on sun overlaps 22:00-04:00 on sat"},
		{"onto the item's own next day", []opening{{"mon-tue", []string{"01:00-02:00", "22:00-01:30"}}}, "22:00-01:30 on mon overlaps 01:00-02:00 on tue"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.EqualError(t, build(tt.week), tt.message)
		})
	}
	for _, spans := range [][]string{{"08:00-12:00", "12:00-13:00"}, {"12:00-13:00", "08:00-12:00"}, {"20:00-08:00", "08:00-20:00"}, {"00:00-24:00"}, {"06:00-05:59"}} {
		require.NoError(t, build([]opening{{"mon-sun", spans}}))
	}
}

func build(week []opening) error {
	w := hours.NewWeek(time.UTC)
	for _, o := range week {
		days, err := hours.ParseDays(o.days)
		if err != nil {
			return err
		}
		if err := w.Name(days); err != nil {
			return err
		}
		for _, text := range o.spans {
			span, err := hours.ParseSpan(text)
			if err != nil {
				return err
			}
			if err := w.Add(days, span); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestADayIsClosedOnce(t *testing.T) {
	w := hours.NewWeek(time.UTC)
	day := hours.Day{Year: 2026, Month: time.September, Day: 18}
	require.NoError(t, w.Close(day))
	require.EqualError(t, w.Close(day), "2026-09-18 is closed already; name each day once")
}
