package workflows

import (
	"slices"
	"strconv"
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
		c.closeOfAge(end)
	}
}

// closeOfAge is a deadline like any other: what the contact wrote after it comes after it,
// whichever of the two is seen first.
func (c *conversation) closeOfAge(at time.Time) {
	m := Queued{
		At: at, Wish: &activities.Wish{Control: bot.ControlClose, Reason: c.lifetimeReason()}, Inbound: Inbound{ID: "lifetime"},
	}
	place := slices.IndexFunc(c.Inbox, func(m Queued) bool { return m.At.After(at) })
	if place < 0 {
		place = len(c.Inbox)
	}
	c.Inbox = slices.Insert(c.Inbox, max(place, c.deferred), m)
	c.inboxBytes += m.size()
}

// nextDeadline is the nearest one; none while nothing is open or all is being closed.
func (c *conversation) nextDeadline() (what string, nearest time.Time, ok bool) {
	what = "close after " + days(c.lifetime())
	nearest, ok = c.lifetimeEnd()
	for _, t := range c.Timers {
		if c.Closing == nil && !c.stands(t) && len(c.Outbox) < maxOutbox && (!ok || t.At.Before(nearest)) {
			what, nearest, ok = purpose(t), t.At, true
		}
	}
	return what, nearest, ok
}

// purpose is what a timer is for, in words for operators.
func purpose(t bot.Timer) string {
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

// lifetime is how old the conversation may become: the shorter of ours and its definition's.
func (c *conversation) lifetime() time.Duration {
	if c.State != nil && c.State.Lifetime > 0 {
		return min(c.State.Lifetime, lifetime)
	}
	return lifetime
}

// lifetimeReason says whose bound it was.
func (c *conversation) lifetimeReason() string {
	if c.lifetime() < lifetime {
		return bot.ReasonLimit
	}
	return OutcomeLifetime
}

// days is a length of time, in days where it has whole ones.
func days(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + " days"
	}
	return d.String()
}

func (c *conversation) lifetimeEnd() (time.Time, bool) {
	if c.State == nil || c.Closing != nil {
		return time.Time{}, false
	}
	return c.State.Started.Add(c.lifetime()), true
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
// one, that has not reached them; and while a call is out the bot does nothing by itself.
func (c *conversation) stands(t bot.Timer) bool {
	return c.calling() || (c.held() && t.Kind == bot.TimerIdle)
}

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
