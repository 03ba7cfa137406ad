package activities

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A webhook that was on its way over midnight, or is delivered again after an outage, means the
// days of when the person wrote.
func TestReplyReadsRelativeDaysByTheTimeOfTheMessage(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.bot = r.publish(`bot: v1
name: booking
timezone: America/Santiago
start: a
vars: {day: {type: date}}
states:
  a: {say: [which day], ask: {as: date, save: {day: answer.value}, to: b}}
  b: {say: ["${vars.day}"], close: {reason: done}}
`)
	asked := r.reply(r.input(text("m1", 0, "hola")))
	written := at(-5 * time.Minute) // before the question: what counts is WhatsApp's clock, not the order
	for _, tt := range []struct{ timestamp, want string }{
		{fmt.Sprint(at(14*time.Hour - time.Second).Unix()), "2026-03-11"}, // 23:59:59 in Santiago
		{fmt.Sprint(written.Unix()), "2026-03-11"},
		{"", "2026-03-12"},
	} {
		m := incoming("m2", 14*time.Hour+time.Second, `{"from":"`+contact+`","timestamp":"`+tt.timestamp+`","type":"text","text":{"body":"mañana"}}`)
		in := r.next(asked, m)
		in.Timers = nil
		result := r.reply(in)
		require.Len(t, result.Sends, 1)
		require.Contains(t, string(result.Sends[0].Body), tt.want)
	}
}
