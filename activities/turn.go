package activities

import (
	"fmt"
	"log/slog"
	"math"
	"runtime/debug"
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

// turn steps the bot through one ReplyInput.
type turn struct {
	in  ReplyInput
	bot *bot.Bot
	log *slog.Logger
	// decider is bot.Step.
	decider decider
	result  ReplyResult
	// repeats are the ids of messages that were handled before.
	repeats map[string]bool
	horizon int64
	// size is what the turn says, taken what it answers, in bytes.
	size, taken int
}

func newTurn(in ReplyInput, b *bot.Bot, decide decider, log *slog.Logger) *turn {
	return &turn{
		in: in, bot: b, log: log, decider: decide, repeats: map[string]bool{},
		result: ReplyResult{State: in.State, Label: b.Label(), Timers: slices.Clone(in.Timers)},
	}
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
	for i, m := range t.in.Messages {
		if t.over() {
			return
		}
		t.result.Handled = i + 1
		if m.Wish == nil { // a wish has a name of its own, whatever messages are called
			if t.repeats[m.ID] {
				t.result.Repeats = append(t.result.Repeats, i)
				continue
			}
			t.repeats[m.ID] = true // a cause occurs once
		}
		t.take(m)
		t.taken += len(m.Body)
	}
	if !t.in.Until.IsZero() {
		t.fire(t.in.Until)
	}
}

func (t *turn) take(m Incoming) {
	switch {
	case m.Wish != nil:
		t.control(m, *m.Wish)
	case m.Echo:
		t.control(m, Wish{Control: bot.ControlHandoff})
	default:
		t.message(m)
	}
}

// over says that what is left has to wait: for the next conversation, or for the next turn.
func (t *turn) over() bool {
	return t.closed() || t.size >= maxTurnBytes || t.taken >= maxTurnBytes
}

func (t *turn) closed() bool { return t.result.Close != nil }

func (t *turn) message(m Incoming) {
	decoded := whatsapp.DecodeMessage(m.Body)
	if t.result.State == nil && !decoded.UserMessage() {
		return
	}
	if !t.fireBefore(m) {
		return
	}
	t.greet(m)
	t.step(bot.Event{Kind: bot.EventInbound, At: m.At, Message: &decoded}, m.ID, m.ID)
}

// fireBefore lets go what came due before, whether or not the server had fired it. It is false
// when the turn is over then, and what comes after has to wait.
func (t *turn) fireBefore(m Incoming) bool {
	t.fire(m.At)
	if t.over() {
		t.result.Handled--
		return false
	}
	return true
}

// greet makes the state of a conversation that opens, and keeps the contact's name current.
func (t *turn) greet(m Incoming) {
	if t.result.State == nil {
		contact := bot.Contact{WaID: t.in.WaID, UserID: t.in.UserID}
		state := bot.NewState(t.bot, t.in.Conversation, contact, m.At)
		t.result.State = &state
	}
	if m.Name != "" && m.Name != t.result.State.Contact.Name {
		state := *t.result.State
		state.Contact.Name = m.Name
		t.result.State = &state
	}
}

// fire lets every timer go off whose deadline is not after at, the earliest first. Once the
// turn has said something, a question's clock stands still: it has not been delivered.
func (t *turn) fire(at time.Time) {
	for !t.closed() {
		next := -1
		for i, timer := range t.result.Timers {
			if timer.At.After(at) || t.held(timer) {
				continue
			}
			if next < 0 || timer.At.Before(t.result.Timers[next].At) {
				next = i
			}
		}
		if next < 0 {
			return
		}
		timer := t.result.Timers[next]
		t.result.Timers = slices.Delete(t.result.Timers, next, next+1)
		t.step(bot.Event{Kind: bot.EventTimer, At: timer.At, Timer: timer.ID}, timerCause(timer.ID, timer.At), "")
	}
}

func (t *turn) held(timer bot.Timer) bool {
	return timer.Kind == bot.TimerIdle && (t.in.Hold || len(t.result.Sends) > 0)
}

// control obeys what comes from outside. Nobody has said anything in a conversation without a
// state, so there is nothing to close there, and nothing to be silent about.
func (t *turn) control(m Incoming, wish Wish) {
	if t.result.State == nil || !t.fireBefore(m) {
		return
	}
	t.step(bot.Event{Kind: bot.EventControl, At: m.At, Control: wish.Control, Reason: wish.Reason}, m.ID, "")
}

// step lets the bot decide and takes its effects.
func (t *turn) step(e bot.Event, cause, inReplyTo string) {
	if t.result.State == nil {
		return
	}
	state, effects := t.decide(e)
	t.result.State = &state
	t.result.Now = state.At
	index := 0
	for _, effect := range effects {
		if effect.Kind == bot.EffectSend {
			t.send(*effect.Send, state.At, cause, inReplyTo, index)
			index++
			continue
		}
		t.apply(effect)
	}
}

// decide never fails: a bot that does ends its conversation. A panic's value may hold what
// the contact wrote, so only its type is logged.
func (t *turn) decide(e bot.Event) (state bot.State, effects []bot.Effect) {
	defer func() {
		if r := recover(); r != nil {
			t.log.Error("the bot panicked", "bot", t.bot.Label(), "conversation", t.in.Conversation,
				"panic", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			state, effects = bot.Abandon(t.bot, *t.result.State, e.At)
		}
	}()
	state, effects, err := t.decider(t.bot, *t.result.State, e)
	if err != nil {
		t.log.Error("the bot failed", "bot", t.bot.Label(), "conversation", t.in.Conversation, "error", err)
		return bot.Abandon(t.bot, *t.result.State, e.At)
	}
	return state, effects
}

func (t *turn) send(s bot.Send, at time.Time, cause, inReplyTo string, index int) {
	t.size += len(s.Body) + len(inReplyTo) + sendOverhead
	t.result.Sends = append(t.result.Sends, Send{
		ID:        MessageID(t.in.Conversation, cause, index, s.Body),
		InReplyTo: inReplyTo, At: at, State: s.State, Body: s.Body,
	})
}

func (t *turn) apply(e bot.Effect) {
	switch e.Kind {
	case bot.EffectTimerSet:
		t.clear(e.Timer.Kind)
		t.result.Timers = append(t.result.Timers, *e.Timer)
	case bot.EffectTimerClear:
		t.clear(e.Timer.Kind)
	case bot.EffectClose:
		t.result.Close = e.Close
	}
}

func (t *turn) clear(kind bot.TimerKind) {
	t.result.Timers = slices.DeleteFunc(t.result.Timers, func(timer bot.Timer) bool { return timer.Kind == kind })
}
