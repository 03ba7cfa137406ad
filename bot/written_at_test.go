package bot_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
)

const booking = `
timezone: America/Santiago
start: a
vars: {day: {type: date}, seen: {type: string}}
states:
  a: {say: [which day], ask: {as: date, save: {day: answer.value, seen: "fmt(now, 'yyyy-MM-dd')"}, to: b}}
  b: {say: ["${vars.day}"], close: {reason: done}}
`

func stamped(timestamp, text string) string {
	return fmt.Sprintf(`{"from":"56911112222","id":"wamid.x","timestamp":%s,"type":"text","text":{"body":%s}}`, timestamp, quoted(text))
}

func unix(at time.Time) string { return fmt.Sprintf(`"%d"`, at.Unix()) }

// The message is here three seconds after midnight in Santiago, on a Wednesday.
func TestRelativeDaysCountFromWhenThePersonWrote(t *testing.T) {
	arrived := time.Date(2026, 3, 11, 3, 0, 3, 0, time.UTC)
	before := unix(arrived.Add(-4 * time.Second))
	for _, tt := range []struct{ name, timestamp, text, want string }{
		{"tomorrow", before, "mañana", "2026-03-11"},
		{"today", before, "hoy", "2026-03-10"},
		{"yesterday", before, "ayer", "2026-03-09"},
		{"the day after tomorrow", before, "pasado mañana", "2026-03-12"},
		{"a weekday that has come by now", before, "el miércoles", "2026-03-11"},
		{"a weekday that had come by then", before, "el martes", "2026-03-17"},
		{"a day without its year", before, "10/3", "2026-03-10"},
		{"a year of two digits", unix(time.Date(2025, 12, 31, 12, 0, 0, 0, time.UTC)), "1/1/46", "1946-01-01"},
		{"milliseconds", fmt.Sprintf("%d", arrived.Add(-4*time.Second).UnixMilli()), "mañana", "2026-03-11"},
		{"three days on the way", unix(arrived.Add(-72 * time.Hour)), "mañana", "2026-03-09"},
		{"WhatsApp's clock ahead by as much as clocks are", unix(time.Date(2026, 3, 11, 3, 5, 3, 0, time.UTC)), "hoy", "2026-03-11"},
		{"no time", `""`, "mañana", "2026-03-12"},
		{"null", `null`, "mañana", "2026-03-12"},
		{"zero", `"0"`, "mañana", "2026-03-12"},
		{"below zero", `"-5"`, "mañana", "2026-03-12"},
		{"no number", `"2026-03-11T02:59:59Z"`, "mañana", "2026-03-12"},
		{"before WhatsApp", unix(time.Date(2008, 12, 31, 23, 59, 59, 0, time.UTC)), "mañana", "2026-03-12"},
		{"in the future", unix(arrived.Add(5*time.Minute + time.Second)), "mañana", "2026-03-12"},
		{"beyond all time", `"99999999999999999999"`, "mañana", "2026-03-12"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := talkTo(t, booking)
			c.now = arrived
			c.says("hola")
			c.receive(tt.text, stamped(tt.timestamp, tt.text))
			require.Equal(t, []string{tt.want}, c.texts())
			require.Equal(t, `"2026-03-11"`, c.value("seen"), "now is the event's own time")
		})
	}
}

// On the server's side of a clock that lags the day is WhatsApp's.
func TestADayThatHasBegunForWhatsAppOnlyIsTheDay(t *testing.T) {
	c := talkTo(t, booking)
	c.now = time.Date(2026, 3, 11, 2, 59, 59, 0, time.UTC)
	c.says("hola")
	c.receive("hoy", stamped(unix(c.now.Add(2*time.Second)), "hoy"))
	require.Equal(t, []string{"2026-03-11"}, c.texts())
}

// What waits for a call is answered when that is back, and was written before.
func TestAMessageThatHadToWaitKeepsItsDay(t *testing.T) {
	midnight := time.Date(2026, 3, 11, 3, 0, 0, 0, time.UTC) // in Santiago
	for _, tt := range []struct {
		name, timestamp string
		arrived         time.Time
		want            string
	}{
		{"written before midnight", unix(midnight.Add(-time.Second)), midnight.Add(time.Second), "2026-03-11"},
		{"without a time, arrived before midnight", `""`, midnight.Add(-time.Second), "2026-03-11"},
		{"without a time, arrived after midnight", `""`, midnight.Add(time.Second), "2026-03-12"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := talkTo(t, `
timezone: America/Santiago
start: a
vars: {day: {type: date}}
states:
  a: {call: {http: {get: "https://x.test/"}, on_error: b}, goto: b}
  b: {say: [which day], ask: {as: date, save: {day: answer.value}, to: c}}
  c: {say: ["${vars.day}"], close: {reason: done}}
`)
			c.now = tt.arrived
			c.says("hola")
			id := c.state.Pending.Call
			c.receive("mañana", stamped(tt.timestamp, "mañana"))
			waiting := c.last
			require.Equal(t, "deferred: a call is out", c.trace())
			c.now = c.now.Add(time.Minute)
			c.step(bot.Event{Kind: bot.EventResult, At: c.now, Result: &bot.CallResult{Call: id, Status: 200, Body: "{}"}})
			c.step(waiting)
			require.Equal(t, []string{tt.want}, c.texts())
		})
	}
}

// A time that cannot be true shuts WhatsApp's window as little as none does.
func TestATimeThatCannotBeTrueIsNone(t *testing.T) {
	c := talkTo(t, booking)
	c.receive("hola", stamped(unix(time.Date(2001, 9, 9, 1, 46, 40, 0, time.UTC)), "hola"))
	require.Equal(t, []string{"which day"}, c.texts())
	require.Equal(t, opened, c.state.LastIn)
}
