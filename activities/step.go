package activities

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
)

const (
	// maxCall bounds what a history and a new run have to hold of a call, in bytes.
	maxCall = 32 << 10
	// maxNote bounds a note, in bytes, noteOverhead is what it takes in the result beside its text.
	maxNote      = 4 << 10
	noteOverhead = 64
)

// step lets the bot decide and takes its effects. It is true when the event has to come again.
// Mostly nothing has happened then; but a message may also have completed the answer before it,
// which led to the call that it has to wait for.
func (t *turn) step(e bot.Event, inReplyTo string) (deferred bool) {
	if t.result.State == nil {
		return false
	}
	state, effects := t.decide(e)
	if e.Kind == bot.EventResult {
		t.out = ""
	}
	t.result.State = &state
	t.result.Now = state.At
	for _, effect := range effects {
		if effect.Kind == bot.EffectSend {
			t.send(*effect.Send, state.At, e.Cause, inReplyTo)
			continue
		}
		t.apply(effect, inReplyTo)
	}
	t.agree()
	return isDeferred(effects)
}

func isDeferred(effects []bot.Effect) bool {
	return slices.ContainsFunc(effects, func(e bot.Effect) bool { return e.Kind == bot.EffectDeferred })
}

// agree drops what the state does not want any more.
func (t *turn) agree() {
	if t.result.State.Pending == nil || t.closed() {
		t.out, t.result.Call, t.result.CallFor = "", nil, ""
	}
	if !t.result.State.Muted() {
		t.result.Handoff = nil
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
	if err == nil {
		err = t.sound(e, state, effects)
	}
	if err != nil {
		t.log.Error("the bot failed", "bot", t.bot.Label(), "conversation", t.in.Conversation, "error", err)
		return bot.Abandon(t.bot, *t.result.State, e.At)
	}
	return state, effects
}

// sound says whether somebody makes the call that the state waits for. One that waits for
// nobody's would wait for ever, and an event that is deferred without a call would come again
// and again. What is asked for from outside never waits.
func (t *turn) sound(e bot.Event, state bot.State, effects []bot.Effect) error {
	out := t.out
	if e.Kind == bot.EventResult {
		out = ""
	}
	for _, effect := range effects {
		if effect.Kind != bot.EffectCall {
			continue
		}
		if out = effect.Call.ID; callSize(*effect.Call) > maxCall {
			return errors.New("a call of more than 32 KiB")
		}
	}
	switch {
	case state.Pending != nil && state.Pending.Call != out:
		return errors.New("the state waits for a call that nobody makes")
	case !isDeferred(effects):
		return nil
	case state.Pending == nil:
		return errors.New("an event was deferred, and no call is out")
	case e.Kind != bot.EventInbound && e.Kind != bot.EventTimer:
		return errors.New("an event was deferred that must not wait")
	}
	return nil
}

func callSize(c bot.Call) int {
	size := len(c.ID) + len(c.State) + len(c.Method) + len(c.URL) + len(c.Body)
	for _, h := range c.Headers {
		size += len(h.Name)
		for _, part := range h.Value {
			size += len(part.Text) + len(part.Secret)
		}
	}
	return size
}

// send makes a message's id of its cause and of its place among all that this has caused, which
// goes on counting when the event comes again.
func (t *turn) send(s bot.Send, at time.Time, cause, inReplyTo string) {
	t.size += len(s.Body) + len(inReplyTo) + sendOverhead
	t.result.Sends = append(t.result.Sends, Send{
		ID:        MessageID(t.in.Conversation, cause, s.Index, s.Body),
		InReplyTo: inReplyTo, At: at, State: s.State, Ask: s.Ask, Body: s.Body,
	})
}

func (t *turn) apply(e bot.Effect, inReplyTo string) {
	switch e.Kind {
	case bot.EffectTimerSet:
		t.clear(e.Timer.Kind)
		t.result.Timers = append(t.result.Timers, *e.Timer)
	case bot.EffectTimerClear:
		t.clear(e.Timer.Kind)
	case bot.EffectClose:
		t.result.Close = e.Close
	case bot.EffectCall:
		t.result.Call, t.result.CallFor, t.out = e.Call, inReplyTo, e.Call.ID
	case bot.EffectHandoff:
		t.handOff(*e.Handoff)
	case bot.EffectContact:
		t.prefer(*e.OptOut)
	case bot.EffectNote:
		t.note(e.Note)
	}
}

func (t *turn) clear(kind bot.TimerKind) {
	t.result.Timers = slices.DeleteFunc(t.result.Timers, func(timer bot.Timer) bool { return timer.Kind == kind })
}

func (t *turn) handOff(to bot.Handoff) {
	to.Note = short(to.Note)
	t.result.Handoff = &to
	t.note("handed off to " + to.To + suffix(to.Note))
}

func suffix(note string) string {
	if note == "" {
		return ""
	}
	return ": " + note
}

// prefer keeps what the contact wants to hear. The state follows, so that the next event of the
// turn goes by it.
func (t *turn) prefer(optOut bool) {
	t.result.State.OptedOut = optOut
	t.optOut = &store.Preference{
		Channel: t.in.Channel, WaID: t.result.State.Contact.WaID, UserID: t.result.State.Contact.UserID,
		OptedOut: optOut, At: t.result.State.At,
	}
}

// note goes behind the messages that were looked at so far.
func (t *turn) note(text string) {
	text = short(text)
	t.size += len(text) + noteOverhead
	t.result.Notes = append(t.result.Notes, Note{At: t.result.State.At, After: t.place, Text: text})
}

// short cuts a note where it ends in a whole character.
func short(note string) string {
	if len(note) <= maxNote {
		return note
	}
	return strings.ToValidUTF8(note[:maxNote-len("…")], "") + "…"
}
