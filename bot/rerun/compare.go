package rerun

import (
	"encoding/json"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
)

// compareSaid compares what was said with what the bot says, as far as there is something of both.
func (r *rerun) compareSaid() *Difference {
	for len(r.was) > 0 && len(r.is) > 0 {
		if !r.same(r.was[0], r.is[0]) {
			return r.difference(SaysOther)
		}
		r.was, r.is = r.was[1:], r.is[1:]
	}
	return nil
}

// settle compares everything that came of the latest input, before the next one.
func (r *rerun) settle() *Difference {
	switch {
	case len(r.was) > 0:
		return r.difference(SaysLess)
	case len(r.is) > 0:
		return r.difference(SaysMore)
	case r.wasEnd == nil && r.isEnd != nil:
		return r.difference(Closes)
	case r.wasEnd != nil && r.isEnd == nil:
		return r.difference(StaysOpen)
	case r.wasEnd != nil && *r.wasEnd != *r.isEnd:
		return r.difference(ClosesOther)
	case r.wasEnd != nil || r.state == nil:
		return nil
	case r.state.Muted() && !r.wasMuted:
		return r.difference(HandsOff)
	case !r.state.Muted() && r.wasMuted:
		return r.difference(KeepsAnswering)
	}
	return nil
}

// difference is a difference at the present place.
func (r *rerun) difference(kind Kind) *Difference {
	d := &Difference{
		Kind: kind, State: r.before, Turn: r.turn, At: r.at, Heard: bodies(r.heard),
		Was: saidBodies(r.was), Is: saidBodies(r.is), WasEnd: end(r.wasEnd), IsEnd: end(r.isEnd),
	}
	if kind == UnrecordedCall && r.call != nil {
		d.Call = r.call.Method + " " + r.call.URL
	}
	return d
}

func bodies(messages []chat.Incoming) []json.RawMessage {
	var all []json.RawMessage
	for _, m := range messages {
		if m.Control == nil {
			all = append(all, m.Body)
		}
	}
	return all
}

func saidBodies(messages []Said) []json.RawMessage {
	var all []json.RawMessage
	for _, m := range messages {
		all = append(all, m.Body)
	}
	return all
}

func end(c *bot.Close) string {
	switch {
	case c == nil:
		return ""
	case !c.Notice:
		return c.Reason + ", without a notice"
	}
	return c.Reason
}
