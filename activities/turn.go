package activities

import (
	"log/slog"
	"math"
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

// turn steps the bot through one ReplyInput.
type turn struct {
	in  ReplyInput
	bot *definition.Bot
	log *slog.Logger
	// decider is bot.Step.
	decider Decider
	opening opening
	result  ReplyResult
	// out is the call that the state waits for; empty when it waits for none.
	out string
	// postponed are the ids of timers that came due and have to wait for that call.
	postponed []string
	// optOut is what the contact has wanted last; nil when nothing was said about it.
	optOut *store.Preference
	// repeats are the ids of messages that were handled before.
	repeats map[string]bool
	horizon int64
	// place counts the messages that were looked at before what is happening now.
	place int
	// size is what the turn says, taken what it answers, in bytes.
	size, taken int
}

func newTurn(in ReplyInput, b *definition.Bot, decide Decider, log *slog.Logger) *turn {
	t := &turn{
		in: in, bot: b, log: log, decider: decide, repeats: map[string]bool{},
		result: ReplyResult{State: in.State, Label: b.Label(), Timers: slices.Clone(in.Timers), Handoff: in.Handoff},
	}
	if in.State != nil && in.State.Pending != nil {
		t.out = in.State.Pending.Call
	}
	return t
}

// remember marks the messages that stand in the contact's other conversations.
func (t *turn) remember(known []store.MessageID, more bool) {
	t.result.Known, t.result.KnownMore = known, more
	hashes := make(map[uint64]bool, len(known))
	oldest := int64(math.MaxInt64)
	for _, id := range known {
		hashes[id.Hash] = true
		oldest = min(oldest, id.Timestamp)
	}
	if more {
		t.horizon = max(oldest, 1)
	}
	for _, m := range t.in.Messages {
		if m.Wish == nil && hashes[store.HashMessageID(m.ID)] {
			t.repeats[m.ID] = true
		}
	}
}

// olderThan lists the messages that may have been forgotten. A message without a readable
// time may be any age.
func (t *turn) olderThan(horizon int64) []string {
	if horizon == 0 {
		return nil
	}
	var old []string
	for _, m := range t.in.Messages {
		if m.Wish == nil && m.Timestamp <= horizon && !t.repeats[m.ID] {
			old = append(old, m.ID)
		}
	}
	return old
}

func (t *turn) repeated(ids []string) {
	for _, id := range ids {
		t.repeats[id] = true
	}
}

func (t *turn) run() {
	if t.in.Result != nil {
		t.called(*t.in.Result)
	}
	for i, m := range t.in.Messages {
		if t.over() {
			return
		}
		t.result.Handled, t.place = i+1, i
		if m.Wish == nil { // a wish has a name of its own, whatever messages are called
			if t.repeats[m.ID] {
				t.result.Repeats = append(t.result.Repeats, i)
				continue
			}
			t.repeats[m.ID] = true // a cause occurs once
		}
		if t.take(m) {
			t.result.Deferred = append(t.result.Deferred, i)
			continue
		}
		t.taken += len(m.Body)
	}
	if !t.in.Until.IsZero() && !t.catchesUp() {
		t.fire(t.in.Until)
	}
}

// take is true when the message has to come again.
func (t *turn) take(m Incoming) (deferred bool) {
	switch {
	case m.Wish != nil:
		return t.control(m, *m.Wish)
	case m.Echo:
		return t.control(m, Wish{Control: bot.ControlHandoff})
	}
	return t.message(m)
}

// over says that what is left has to wait: for the next conversation, or for the next turn.
func (t *turn) over() bool {
	return t.closed() || t.size >= maxTurnBytes || t.taken >= maxTurnBytes || t.catchesUp()
}

// catchesUp says that something has ended the wait for a call. The next turn begins with what was
// deferred, so that it stays before what came after it.
func (t *turn) catchesUp() bool { return t.out == "" && len(t.result.Deferred) > 0 }

func (t *turn) closed() bool { return t.result.Close != nil }

func (t *turn) message(m Incoming) (deferred bool) {
	decoded := whatsapp.DecodeMessage(m.Body)
	if t.result.State == nil && !decoded.UserMessage() {
		return false
	}
	if !t.fireBefore(m) {
		return false
	}
	t.greet(m)
	return t.step(bot.Event{Kind: bot.EventInbound, Cause: m.ID, At: m.At, Message: &decoded}, m.ID)
}

// fireBefore lets go what came due before, whether or not the server had fired it. It is false
// when the turn is over then, and what comes after has to wait.
func (t *turn) fireBefore(m Incoming) bool {
	t.fire(m.At)
	if t.over() {
		t.result.Handled--
		return false
	}
	t.place = t.result.Handled
	return true
}

// greet makes the state of a conversation that opens, and keeps current who the contact is. That
// goes by the message: in a task that is repeated, later ones may be there too, and what is said
// because of this one must not depend on them.
func (t *turn) greet(m Incoming) {
	if t.result.State == nil {
		contact := bot.Contact{WaID: m.WaID, UserID: m.UserID}
		if m.WaID == "" && m.UserID == "" {
			contact = bot.Contact{WaID: t.in.WaID, UserID: t.in.UserID}
		}
		state := t.opening.fill(bot.NewState(t.bot, t.in.Conversation, contact, m.At))
		t.result.State = &state
	}
	contact := t.result.State.Contact.Identified(m.WaID, m.UserID)
	if m.Name != "" {
		contact.Name = m.Name
	}
	if contact != t.result.State.Contact {
		state := *t.result.State
		state.Contact = contact
		t.result.State = &state
	}
}

// called tells the bot what came of its call.
func (t *turn) called(outcome CallOutcome) {
	t.fire(outcome.At)
	result := outcome.Result
	t.step(bot.Event{Kind: bot.EventResult, Cause: result.Call, At: outcome.At, Result: &result}, t.in.CallFor)
	t.fire(outcome.At) // what had to wait for it
}

// fire lets every timer go off whose deadline is not after at, the earliest first. Once the
// turn has said something, a question's clock stands still: it has not been delivered.
func (t *turn) fire(at time.Time) {
	for !t.closed() {
		next := t.nextTimer(at)
		if next < 0 {
			return
		}
		timer := t.result.Timers[next]
		t.result.Timers = slices.Delete(t.result.Timers, next, next+1)
		event := bot.Event{Kind: bot.EventTimer, Cause: timerCause(timer.ID, timer.At), At: timer.At, Timer: timer.ID}
		if t.step(event, "") {
			t.result.Timers = slices.Insert(t.result.Timers, min(next, len(t.result.Timers)), timer)
			t.postponed = append(t.postponed, timer.ID)
		}
	}
}

// nextTimer is the place of the earliest timer that may go off; -1 for none.
func (t *turn) nextTimer(at time.Time) int {
	next := -1
	for i, timer := range t.result.Timers {
		if timer.At.After(at) || t.held(timer) {
			continue
		}
		if next < 0 || timer.At.Before(t.result.Timers[next].At) {
			next = i
		}
	}
	return next
}

func (t *turn) held(timer bot.Timer) bool {
	undelivered := timer.Kind == bot.TimerIdle && (t.in.Hold || len(t.result.Sends) > 0)
	return undelivered || (t.out != "" && slices.Contains(t.postponed, timer.ID))
}

// control obeys what comes from outside. Nobody has said anything in a conversation without a
// state, so there is nothing to close there, and nothing to be silent about.
func (t *turn) control(m Incoming, wish Wish) (deferred bool) {
	if t.result.State == nil || !t.fireBefore(m) {
		return false
	}
	muted := t.result.State.Muted()
	event := bot.Event{Kind: bot.EventControl, Cause: m.ID, At: m.At, Control: wish.Control, Reason: wish.Reason, Silent: wish.Silent, Ask: wish.Ask}
	deferred = t.step(event, "")
	if wish.Note != "" && !muted && t.result.State.Muted() {
		t.result.Handoff = &bot.Handoff{Note: wish.Note}
	}
	return deferred
}
