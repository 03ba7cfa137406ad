package chat

import (
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot"
)

// fireBefore fires the timers that fell due before a message, whether or not the server had fired
// them. It reports whether the turn goes on; otherwise the message and what follows have to wait.
func (t *turn) fireBefore(m Incoming) bool {
	t.fireTimers(m.At)
	if t.over() {
		t.out.Handled--
		return false
	}
	t.position = t.out.Handled
	return true
}

// fireTimers fires every timer whose deadline is not after at, the earliest first. Once the turn
// has said something, a question's idle timer is paused: the question has not been delivered.
func (t *turn) fireTimers(at time.Time) {
	for !t.closed() {
		next := t.nextTimer(at)
		if next < 0 {
			return
		}
		timer := t.out.Timers[next]
		t.out.Timers = slices.Delete(t.out.Timers, next, next+1)
		event := bot.Event{Kind: bot.EventTimer, Cause: timerCause(timer.ID, timer.At), At: timer.At, Timer: timer.ID}
		if t.step(event, "") {
			t.out.Timers = slices.Insert(t.out.Timers, min(next, len(t.out.Timers)), timer)
			t.postponed = append(t.postponed, timer.ID)
		}
	}
}

// nextTimer is the index of the earliest timer that may fire; -1 for none.
func (t *turn) nextTimer(at time.Time) int {
	next := -1
	for i, timer := range t.out.Timers {
		if timer.At.After(at) || t.paused(timer) {
			continue
		}
		if next < 0 || timer.At.Before(t.out.Timers[next].At) {
			next = i
		}
	}
	return next
}

// paused reports whether a timer must not fire now: its question has not been delivered, or it has
// been postponed until the call in flight has a result.
func (t *turn) paused(timer bot.Timer) bool {
	undelivered := timer.Kind == bot.TimerIdle && (t.in.Hold || len(t.out.Sends) > 0)
	return undelivered || (t.pendingCall != "" && slices.Contains(t.postponed, timer.ID))
}
