package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
)

// timer is the one timer of a conversation. It is lazy: when the nearest deadline moves away
// it is left to fire for nothing, because starting it anew with every message would cost two
// events each.
type timer struct {
	future workflow.Future
	cancel workflow.CancelFunc
	// at is the deadline that it stands for.
	at time.Time
}

func (t timer) fired() bool { return t.future != nil && t.future.IsReady() }

// armTimer sees to it that the timer fires at the nearest deadline or before.
func (c *conversation) armTimer() {
	what, at, ok := c.nextDeadline()
	if !ok {
		return
	}
	if c.timer.future != nil {
		if !c.timer.at.After(at) {
			return
		}
		c.timer.cancel()
	}
	ctx, cancel := workflow.WithCancel(c.work)
	wait := max(at.Sub(workflow.Now(c.work)), 0)
	future := workflow.NewTimerWithOptions(ctx, wait, workflow.TimerOptions{Summary: what})
	c.timer = timer{future: future, cancel: cancel, at: at}
}

// timerFired keeps the deadline, which is what counts: when it fired is not said to the bot.
func (c *conversation) timerFired() {
	if c.timer.at.After(c.due) {
		c.due = c.timer.at
	}
	c.timer = timer{}
	if end, ok := c.lifetimeEnd(); ok && !end.After(c.due) {
		c.queueWish(activities.Wish{Control: bot.ControlClose, Reason: OutcomeLifetime}, "lifetime", latest(end, c.latest()))
	}
}

// nextDeadline is the nearest one; none while nothing is open or all is being closed.
func (c *conversation) nextDeadline() (what string, nearest time.Time, ok bool) {
	what = "close after 7 days"
	nearest, ok = c.lifetimeEnd()
	for _, t := range c.Timers {
		if c.Closing == nil && !c.stands(t) && len(c.Outbox) < maxOutbox && (!ok || t.At.Before(nearest)) {
			what, nearest, ok = purpose(t.Kind), t.At, true
		}
	}
	return what, nearest, ok
}

// purpose is what a timer is for, in words for operators.
func purpose(kind bot.TimerKind) string {
	switch kind {
	case bot.TimerIdle:
		return "remind or close: no answer"
	case bot.TimerHandoff:
		return "close: silent for a day after the handoff"
	}
	return string(kind)
}

func (c *conversation) lifetimeEnd() (time.Time, bool) {
	if c.State == nil || c.Closing != nil {
		return time.Time{}, false
	}
	return c.State.Started.Add(lifetime), true
}

func (c *conversation) timerDue() bool {
	for _, t := range c.Timers {
		if !t.At.After(c.due) && !c.stands(t) {
			return true
		}
	}
	return false
}

// held says that something the bot said has not reached the contact.
func (c *conversation) held() bool { return !c.HeldFrom.IsZero() }

// stands says that a timer stands still: nobody is reminded of a question, or closed over
// one, that has not reached them.
func (c *conversation) stands(t bot.Timer) bool { return c.held() && t.Kind == bot.TimerIdle }

func (c *conversation) hold(from time.Time) {
	if c.HeldFrom.IsZero() {
		c.HeldFrom = from
	}
}

// release lets the timers run on from at, the recorded end of the last delivery.
func (c *conversation) release(at time.Time) {
	for i, t := range c.Timers {
		stood := t.Set
		if c.HeldFrom.After(stood) {
			stood = c.HeldFrom
		}
		if t.Kind == bot.TimerIdle && at.After(stood) {
			c.Timers[i].At = t.At.Add(at.Sub(stood))
		}
	}
	c.HeldFrom = time.Time{}
}
