package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
)

// clock holds the bot's timers, and the one Temporal timer that stands for all of them. That one is
// lazy: when the nearest deadline moves away it is left to fire for nothing, because starting it
// anew with every message would cost two events each.
type clock struct {
	timers []bot.Timer
	// timer is the Temporal timer, and fires at armedFor.
	timer    pending
	armedFor time.Time
	// due is the latest deadline at which it has fired: the bot's timers up to then may fire.
	due time.Time
	// heldFrom is since when something that the bot said has not reached the contact; zero for never.
	heldFrom time.Time
	// holds are the pauses of the idle timers that have ended since the latest turn, for the archive.
	holds []chat.Hold
}

// arm makes the timer fire at the deadline or before.
func (k *clock) arm(x *executor, deadline time.Time, purpose string) {
	if k.timer.running() {
		if !k.armedFor.After(deadline) {
			return
		}
		k.timer.cancel()
	}
	wait := max(deadline.Sub(workflow.Now(x.ctx)), 0)
	k.timer, k.armedFor = x.startTimer(wait, purpose), deadline
}

// fired moves due to the timer's deadline, which is recorded; the time at which it fired may differ in
// a repeated task.
func (k *clock) fired() {
	k.due = latest(k.due, k.armedFor)
	k.timer, k.armedFor = pending{}, time.Time{}
}

// next is the earliest timer that can fire; nil for none.
func (k *clock) next(callInFlight bool) (next *bot.Timer) {
	for i := range k.timers {
		t := &k.timers[i]
		if !k.paused(*t, callInFlight) && (next == nil || t.At.Before(next.At)) {
			next = t
		}
	}
	return next
}

// timerDue reports whether a timer of the bot has to fire.
func (k *clock) timerDue(callInFlight bool) bool {
	next := k.next(callInFlight)
	return next != nil && !next.At.After(k.due)
}

// paused reports whether a timer must not fire now: a call is in flight, or the question that it
// would remind of, or close over, has not been delivered.
func (k *clock) paused(t bot.Timer, callInFlight bool) bool {
	return callInFlight || (k.held() && t.Kind == bot.TimerIdle)
}

// held reports whether something that the bot said has not been delivered.
func (k *clock) held() bool { return !k.heldFrom.IsZero() }

// hold pauses the idle timers from a time on.
func (k *clock) hold(from time.Time) {
	if k.heldFrom.IsZero() {
		k.heldFrom = from
	}
}

// release lets the idle timers run on from at, the recorded end of the last delivery.
func (k *clock) release(at time.Time) {
	hold := chat.Hold{From: k.heldFrom, To: at}
	hold.Delay(k.timers)
	if at.After(hold.From) {
		k.holds = append(k.holds, hold)
	}
	k.heldFrom = time.Time{}
}

// timerPurpose is the summary of the Temporal timer, for operators.
func timerPurpose(t bot.Timer) string {
	switch {
	case t.Kind == bot.TimerIdle:
		return "remind or close: no answer"
	case t.Kind == bot.TimerCollect:
		return "go on: the answer is complete"
	case t.Kind == bot.TimerHandoff && t.ID == string(bot.TimerHandoff):
		return "close: silent for a day after the handoff"
	case t.Kind == bot.TimerHandoff:
		return "go on: nobody has taken the chat"
	}
	return string(t.Kind)
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
