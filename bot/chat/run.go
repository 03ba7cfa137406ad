package chat

import (
	"maps"
	"slices"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

// Stepper is the signature of bot.Step; tests put bots of their own in its place.
type Stepper func(*definition.Bot, bot.State, bot.Event) (bot.State, []bot.Effect, error)

// Run runs the bot over what waits in a conversation. Duplicates are skipped; timers that fell due
// between two messages fire between them. While a call is in flight, messages that have to wait for
// its result are deferred: they come again in a later turn. A bot that fails or panics ends the
// conversation with an apology.
func Run(b *definition.Bot, in Input) Output { return RunWith(bot.Step, b, in) }

// RunWith is Run with another function in the place of bot.Step.
func RunWith(step Stepper, b *definition.Bot, in Input) Output {
	t := &turn{
		in: in, bot: b, stepper: step, handled: maps.Clone(in.Repeats),
		out: Output{State: in.State, Label: b.Label(), Timers: slices.Clone(in.Timers), Handoff: in.Handoff},
	}
	if t.handled == nil {
		t.handled = make(map[string]bool, len(in.Messages))
	}
	if in.State != nil && in.State.Pending != nil {
		t.pendingCall = in.State.Pending.Call
	}
	t.run()
	return t.out
}

// turn is one Run.
type turn struct {
	in      Input
	bot     *definition.Bot
	stepper Stepper
	out     Output
	// pendingCall is the id of the call that the state waits for; empty when it waits for none.
	pendingCall string
	// postponed are the ids of timers that came due and have to wait for that call.
	postponed []string
	// handled are the ids of messages that were handled before.
	handled map[string]bool
	// position is the index of the message being handled; notes are placed after it.
	position int
	// said is the size of what the turn says, answered of the messages that it answers, in bytes.
	said, answered int
}

func (t *turn) run() {
	if t.in.Result != nil {
		t.callResult(*t.in.Result)
	}
	for i, m := range t.in.Messages {
		if t.over() || i > 0 && t.late() {
			return
		}
		t.out.Handled, t.position = i+1, i
		if m.Control == nil { // a control's cause cannot be mistaken for a message id
			if t.handled[m.ID] {
				t.out.Repeats = append(t.out.Repeats, i)
				continue
			}
			t.handled[m.ID] = true // a cause occurs once
		}
		if t.handle(m) {
			t.out.Deferred = append(t.out.Deferred, i)
			continue
		}
		t.answered += len(m.Body)
	}
	if !t.in.Until.IsZero() && !t.waitEnded() {
		t.fireTimers(t.in.Until)
	}
}

// handle reports whether the message has to come again.
func (t *turn) handle(m Incoming) (deferred bool) {
	switch {
	case m.Control != nil:
		return t.control(m, *m.Control)
	case m.Echo:
		return t.control(m, Control{Kind: bot.ControlHandoff})
	}
	return t.message(m)
}

// over reports whether the rest has to wait, for the next conversation or for the next turn.
func (t *turn) over() bool {
	return t.closed() || t.said >= maxTurnBytes || t.answered >= maxTurnBytes || t.waitEnded()
}

// late reports whether the turn has taken long enough. A turn that is repeated may end elsewhere, as one to
// which more messages have come: what is said to each stays the same.
func (t *turn) late() bool { return t.in.Late != nil && t.in.Late() }

// waitEnded reports whether the wait for a call has ended within the turn. The next turn begins
// with what was deferred, so that it stays before what came after it.
func (t *turn) waitEnded() bool { return t.pendingCall == "" && len(t.out.Deferred) > 0 }

func (t *turn) closed() bool { return t.out.Close != nil }

// message hands a message of the contact to the bot. What no person wrote opens no conversation.
func (t *turn) message(m Incoming) (deferred bool) {
	decoded := whatsapp.DecodeMessage(m.Body)
	if t.out.State == nil && !decoded.UserMessage() {
		return false
	}
	if !t.fireBefore(m) {
		return false
	}
	t.identify(m)
	return t.step(bot.Event{Kind: bot.EventInbound, Cause: m.ID, At: m.At, Message: &decoded}, m.ID)
}

// control hands a control to the bot. Nobody has said anything in a conversation without a state,
// so that there is nothing to close, and nothing to be silent about.
func (t *turn) control(m Incoming, c Control) (deferred bool) {
	if t.out.State == nil || !t.fireBefore(m) {
		return false
	}
	muted := t.out.State.Muted()
	deferred = t.step(bot.Event{
		Kind: bot.EventControl, Cause: m.ID, At: m.At, Control: c.Kind, Reason: c.Reason, Silent: c.Silent, Ask: c.Ask,
	}, "")
	if c.Note != "" && !muted && t.out.State.Muted() {
		t.out.Handoff = &bot.Handoff{Note: c.Note}
	}
	return deferred
}

// identify makes the state of a conversation that opens, and keeps current who the contact is. It
// uses what the message says of the contact: in a task that is repeated, later messages may be
// there too, and the answer to this one must not depend on them.
func (t *turn) identify(m Incoming) {
	if t.out.State == nil {
		contact := bot.Contact{WaID: m.WaID, UserID: m.UserID}
		if m.WaID == "" && m.UserID == "" {
			contact = bot.Contact{WaID: t.in.WaID, UserID: t.in.UserID}
		}
		state, dropped := t.in.Opening.state(t.bot, bot.NewState(t.bot, t.in.Conversation, contact, m.At))
		t.out.State, t.out.Opened = &state, t.in.Opening.recorded(state.Started)
		for _, name := range dropped {
			t.note("what was kept of the contact as " + name + " does not fit its variable any more, and is left out")
		}
	}
	contact := t.out.State.Contact.Identified(m.WaID, m.UserID)
	if m.Name != "" {
		contact.Name = m.Name
	}
	if contact != t.out.State.Contact {
		state := *t.out.State
		state.Contact = contact
		t.out.State = &state
	}
}

// callResult hands the outcome of the call in flight to the bot.
func (t *turn) callResult(outcome CallOutcome) {
	t.fireTimers(outcome.At)
	result := outcome.Result
	t.step(bot.Event{Kind: bot.EventResult, Cause: result.Call, At: outcome.At, Result: &result}, t.in.CallFor)
	t.fireTimers(outcome.At) // those that were postponed until the result
}
