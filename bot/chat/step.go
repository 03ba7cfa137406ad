package chat

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot"
)

// step hands one event to the bot and applies its effects. It reports whether the event has to come
// again. Mostly it has had no effect then; but a message may also have completed the answer before
// it, which led to the call that it has to wait for.
func (t *turn) step(e bot.Event, inReplyTo string) (deferred bool) {
	if t.out.State == nil {
		return false
	}
	state, effects := t.decide(e)
	if e.Kind == bot.EventResult {
		t.pendingCall = ""
	}
	t.keep(*t.out.State, state)
	t.out.State = &state
	t.out.Now = state.At
	t.out.Steps = append(t.out.Steps, Step{Event: e, Effects: effects})
	for _, effect := range effects {
		if effect.Kind == bot.EffectSend {
			t.send(*effect.Send, state.At, e.Cause, inReplyTo)
			continue
		}
		t.apply(effect, inReplyTo)
	}
	t.dropStale()
	return isDeferred(effects)
}

func isDeferred(effects []bot.Effect) bool {
	return slices.ContainsFunc(effects, func(e bot.Effect) bool { return e.Kind == bot.EffectDeferred })
}

// dropStale clears the call if the state is not waiting for one, and the handoff if the bot is not
// muted.
func (t *turn) dropStale() {
	if t.out.State.Pending == nil || t.closed() {
		t.pendingCall, t.out.Call, t.out.CallFor = "", nil, ""
	}
	if !t.out.State.Muted() {
		t.out.Handoff = nil
	}
}

// decide calls the bot. A bot that fails or panics ends the conversation.
func (t *turn) decide(e bot.Event) (state bot.State, effects []bot.Effect) {
	defer func() {
		if r := recover(); r != nil {
			t.fault(Fault{Err: fmt.Errorf("panic: %T", r), Panic: r, Stack: string(debug.Stack())})
			state, effects = bot.Abandon(t.bot, *t.out.State, e.At)
		}
	}()
	state, effects, err := t.stepper(t.bot, *t.out.State, e)
	if err == nil {
		err = t.validate(e, state, effects)
	}
	if err != nil {
		t.fault(Fault{Err: err})
		return bot.Abandon(t.bot, *t.out.State, e.At)
	}
	return state, effects
}

func (t *turn) fault(f Fault) { t.out.Faults = append(t.out.Faults, f) }

// validate returns an error if the new state waits for a call that no effect starts, which would
// wait for ever, or if an event was deferred without a call in flight, which would come again and
// again. A control never waits.
func (t *turn) validate(e bot.Event, state bot.State, effects []bot.Effect) error {
	pending := t.pendingCall
	if e.Kind == bot.EventResult {
		pending = ""
	}
	for _, effect := range effects {
		if effect.Kind != bot.EffectCall {
			continue
		}
		if pending = effect.Call.ID; callSize(*effect.Call) > bot.MaxCall {
			return errors.New("a call of more than 32 KiB")
		}
	}
	switch {
	case state.Pending != nil && state.Pending.Call != pending:
		return fmt.Errorf("the state is pending on call %q but no effect starts it", state.Pending.Call)
	case !isDeferred(effects):
		return nil
	case state.Pending == nil:
		return errors.New("an event was deferred without a call in flight")
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

// send makes a message's id of its cause and of its index among all that this cause has produced,
// which goes on counting when the event comes again.
func (t *turn) send(s bot.Send, at time.Time, cause, inReplyTo string) {
	t.said += len(s.Body) + len(inReplyTo) + sendOverhead
	t.out.Sends = append(t.out.Sends, Send{
		ID:        MessageID(t.in.Conversation, cause, s.Index, s.Body),
		InReplyTo: inReplyTo, At: at, Ask: s.Ask, Body: s.Body,
	})
}

func (t *turn) apply(e bot.Effect, inReplyTo string) {
	switch e.Kind {
	case bot.EffectTimerSet:
		t.clearTimer(e.Timer.Kind)
		t.out.Timers = append(t.out.Timers, *e.Timer)
	case bot.EffectTimerClear:
		t.clearTimer(e.Timer.Kind)
	case bot.EffectClose:
		t.out.Close = e.Close
	case bot.EffectCall:
		t.out.Call, t.out.CallFor, t.pendingCall = e.Call, inReplyTo, e.Call.ID
	case bot.EffectHandoff:
		t.handOff(*e.Handoff)
	case bot.EffectContact:
		t.setPreference(*e.OptOut)
	case bot.EffectNote:
		t.note(e.Note)
	}
}

func (t *turn) clearTimer(kind bot.TimerKind) {
	t.out.Timers = slices.DeleteFunc(t.out.Timers, func(timer bot.Timer) bool { return timer.Kind == kind })
}

func (t *turn) handOff(to bot.Handoff) {
	to.Note = cutNote(to.Note)
	t.out.Handoff = &to
	line := "handed off to " + to.To
	if to.Note != "" {
		line += ": " + to.Note
	}
	t.note(line)
}

// setPreference keeps the contact's latest word on notices. The state has it at once, for the next
// event of the turn.
func (t *turn) setPreference(out bool) {
	t.out.State.OptedOut = out
	contact := t.out.State.Contact
	t.out.OptOut = &OptOut{WaID: contact.WaID, UserID: contact.UserID, Out: out, At: t.out.State.At}
}

// note adds a line to the transcript, after the messages that were handled so far.
func (t *turn) note(text string) {
	text = cutNote(text)
	t.said += len(text) + noteOverhead
	t.out.Notes = append(t.out.Notes, Note{At: t.out.State.At, After: t.position, Text: text})
}

// cutNote cuts a note where a character ends.
func cutNote(note string) string {
	if len(note) <= maxNote {
		return note
	}
	return strings.ToValidUTF8(note[:maxNote-len("…")], "") + "…"
}
