package bot

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/whatsapp"
)

// ErrState is the error of a state that does not belong to the definition.
var ErrState = errors.New("the conversation's state does not belong to this bot")

// NewState returns the state of a conversation to which nothing has happened yet.
func NewState(b *definition.Bot, conversation string, contact Contact, at time.Time) State {
	return State{
		Lifetime:     b.Limits.Lifetime,
		Name:         b.Name,
		Hash:         b.Hash,
		Conversation: conversation,
		Contact:      contact,
		Started:      instant(at),
		At:           instant(at),
	}
}

// Step decides what an event does to a conversation: the next state, and the effects in
// the order in which they have to happen. It changes none of its arguments. A conversation
// that is closed stays as it is and has no effects but a trace. The error is for misuse
// only: a state of another bot, a contact without identity, an event without content.
func Step(b *definition.Bot, s State, e Event) (State, []Effect, error) {
	if err := checkArguments(b, s, e); err != nil {
		return s, nil, err
	}
	t := beginStep(b, s, e)
	if s.Closed {
		t.trace("closed: nothing to do")
		return s, t.effects, nil
	}
	var err error
	switch e.Kind {
	case EventInbound:
		err = t.handleInbound(e.Message)
	case EventTimer:
		err = t.handleTimer(e.Timer)
	case EventResult:
		err = t.handleResult(e.Result)
	default:
		err = t.handleControl(e)
	}
	if err != nil {
		t.handleFailure(err)
	}
	if t.untouched {
		return s, t.effects, nil
	}
	return t.state, t.effects, nil
}

func checkArguments(b *definition.Bot, s State, e Event) error {
	switch {
	case s.Hash != b.Hash:
		return fmt.Errorf("%w: it has %s, the bot is %s", ErrState, definition.Label(s.Name, s.Hash), b.Label())
	case s.Contact.WaID == "" && s.Contact.UserID == "":
		return errors.New("the contact has neither a phone number nor a user id")
	case e.Kind == EventInbound && e.Message == nil:
		return errors.New("an inbound event needs a message")
	case e.Kind == EventResult && e.Result == nil:
		return errors.New("an event of a call needs its result")
	case e.Kind == EventControl && !e.Control.known():
		return fmt.Errorf("unknown control %q", e.Control)
	case !e.Kind.known():
		return fmt.Errorf("unknown event %q", e.Kind)
	}
	return nil
}

func (k EventKind) known() bool {
	return k == EventInbound || k == EventTimer || k == EventResult || k == EventControl
}

// step applies one event to a state. Its parts do one thing each: the reader interprets a message,
// the walker goes through the states of the definition, the speaker says their messages, and
// the loop guard counts.
type step struct {
	*core
	reader
	walker
	loopGuard
	// untouched is set when the event has to come again and the state stays as it was.
	untouched bool

	own core // what all of them point to
}

// core is what the parts of a step share: the state, the time and the effects so far.
type core struct {
	bot   *definition.Bot
	state State
	now   time.Time
	// arrived is the event's own time, which lies before now where the event had to wait.
	arrived time.Time
	cause   string
	effects []Effect
	// armed are the timers that may be set.
	armed []TimerKind
	// inboundID is the id of the contact's message, for reactions and quotes; empty when the
	// event is none, or a reaction, which can be neither reacted to nor quoted.
	inboundID string
	// input is the message as expressions see it, answer the answer where one was given; seen are all
	// values that they see, made for the first expression.
	input  expr.Input
	answer expr.Answer
	seen   *expr.Values
	// missing counts the expressions in texts that were left empty because a map has no such key.
	missing int
	// acts counts the sends and calls: the ids of calls derive from it.
	acts int
}

func newStep(own core) *step {
	t := &step{own: own}
	t.core, t.reader.core, t.walker.core, t.speaker.core, t.loopGuard.core = &t.own, &t.own, &t.own, &t.own, &t.own
	return t
}

// beginStep copies the parts of the state that the step may change.
func beginStep(b *definition.Bot, s State, e Event) *step {
	now := instant(e.At)
	if now.Before(s.At) {
		now = instant(s.At)
	}
	t := newStep(core{bot: b, state: s, now: now, arrived: instant(e.At), cause: e.Cause, armed: armedIn(&s)})
	if m := e.Message; m != nil && m.Type != whatsapp.TypeReaction {
		t.inboundID = m.ID
	}
	if s.Halfway != nil && s.Halfway.Cause == e.Cause {
		t.acts, t.state.Halfway, t.counted = s.Halfway.Acts, nil, true
	}
	t.state.At = now
	t.state.Asks = slices.Clone(s.Asks)
	if s.Ask != nil {
		open := *s.Ask
		open.Options = slices.Clone(open.Options)
		open.Buf = slices.Clone(open.Buf)
		t.state.Ask = &open
	}
	return t
}

// instant returns the time in UTC without its monotonic clock, so that equal times are equal bytes.
func instant(at time.Time) time.Time { return at.Round(0).UTC() }

// usualEffects is how many effects a step has as a rule: more make the list grow.
const usualEffects = 8

func (t *core) emit(e Effect) {
	if t.effects == nil {
		t.effects = make([]Effect, 0, usualEffects)
	}
	t.effects = append(t.effects, e)
}

// emitNumbered emits a send or a call, whose id depends on how many there were before.
func (t *core) emitNumbered(e Effect) {
	t.acts++
	t.emit(e)
}

func (t *core) trace(text string) { t.emit(Effect{Kind: EffectTrace, Trace: text}) }

// traceFailure traces an error that the definition does not handle. Tests of bots fail by it.
func (t *core) traceFailure(what string, err error) {
	t.emit(Effect{Kind: EffectTrace, Trace: what + ": " + err.Error(), Failed: true})
}

// addNote emits a line for operators, who read the transcript.
func (t *core) addNote(text string) { t.emit(Effect{Kind: EffectNote, Note: text}) }

// traceEdge traces the conversation's way from one state to the next.
func (t *core) traceEdge(from, via, to string) {
	where := via
	if from != "" {
		where = from + ": " + via
	}
	if to != "" {
		where += " -> " + to
	}
	t.emit(Effect{Kind: EffectTrace, Trace: where, Edge: &definition.Edge{From: from, Via: via, To: to}})
}

// openAsk returns the definition of the open question; nil when none is open.
func (t *core) openAsk() *definition.Ask {
	if t.state.Ask == nil {
		return nil
	}
	if st := t.bot.State(t.state.Ask.State); st != nil {
		return st.Ask
	}
	return nil
}
