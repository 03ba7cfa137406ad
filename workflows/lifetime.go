package workflows

import (
	"strconv"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
)

// lifetimeOf is how old the conversation may become: at most definition.MaxLifetime.
func lifetimeOf(s *bot.State) time.Duration {
	if s.Lifetime > 0 {
		return min(s.Lifetime, definition.MaxLifetime)
	}
	return definition.MaxLifetime
}

// nextDeadline is when the conversation acts by itself, and for what; ok is false when it does not.
func (c *conversation) nextDeadline() (purpose string, at time.Time, ok bool) {
	if c.state == nil || c.closing != nil {
		return "", at, false
	}
	lifetime := lifetimeOf(c.state)
	at = c.state.Started.Add(lifetime)
	if t := c.clock.next(c.call.inFlight()); t != nil && t.At.Before(at) && !c.outbox.full() {
		return timerPurpose(*t), t.At, true
	}
	return "close after " + formatDays(lifetime), at, true
}

// timerFired lets the bot's timers fire in the next turn, or the conversation close of age. The latter
// is a deadline like any other: messages that the contact sent after it are handled after it,
// whichever of the two is seen first.
func (c *conversation) timerFired() {
	c.clock.fired()
	if c.state == nil || c.closing != nil {
		return
	}
	lifetime, reason := lifetimeOf(c.state), OutcomeLifetime
	end := c.state.Started.Add(lifetime)
	if end.After(c.clock.due) {
		return
	}
	if lifetime < definition.MaxLifetime {
		reason = definition.ReasonLimit
	}
	c.inbox.insertByTime(queued{
		At: end, Control: &chat.Control{Kind: bot.ControlClose, Reason: reason}, Inbound: Inbound{ID: "lifetime"},
	})
}

func formatDays(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + " days"
	}
	return d.String()
}
