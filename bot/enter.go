package bot

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Bounds of one event. They stop definitions that go round in circles; the loader has
// refused the plain ones already.
const (
	maxEntered = 50
	maxSaid    = 20
	maxSize    = 128 << 10 // bytes of bodies: what a turn returns is kept in the history
	maxAsks    = 20        // past questions that are remembered for taps on old buttons
)

var (
	errStates   = errors.New("more than 50 states in one event")
	errMessages = errors.New("more than 20 messages in one event")
	errSize     = errors.New("more than 128 KiB of messages in one event")
)

// enter goes into a state and on until a question is open or the conversation is closed.
func (t *turn) enter(name string) error {
	for {
		if t.entered++; t.entered > maxEntered {
			return errStates
		}
		st := t.bot.states[name]
		if st == nil {
			return fmt.Errorf("no state %q", name)
		}
		t.state.Ask = nil
		if st.ask != nil {
			t.state.AskNo++
		}
		if err := t.say(st.say, st); err != nil {
			return err
		}
		switch {
		case st.ask != nil:
			t.open(st)
			return nil
		case st.close != nil:
			t.finish(Close{Reason: st.close.reason, Notice: st.close.notice})
			return nil
		}
		name = st.goTo.name
	}
}

// open waits for the answer to the state's question.
func (t *turn) open(st *state) {
	no := t.state.AskNo
	t.state.Ask = &Ask{No: no, State: st.name, Since: t.now, Options: options(st.say)}
	t.state.Asks = append(t.state.Asks, PastAsk{No: no, State: st.name})
	if over := len(t.state.Asks) - maxAsks; over > 0 {
		t.state.Asks = slices.Delete(t.state.Asks, 0, over)
	}
	t.restartIdle(st.ask)
}

// options are the tappable answers of a question in the order in which they are shown.
func options(say []message) []Option {
	var all []Option
	for i := range say {
		for _, c := range say[i].choices {
			all = append(all, Option{ID: c.ID, Title: c.Title})
		}
	}
	return all
}

// finish closes the conversation. Its timer would fire into a closed one, so it goes first.
func (t *turn) finish(c Close) {
	if t.state.Muted() {
		t.clear(TimerHandoff)
		t.state.MutedAt = time.Time{}
	}
	t.state.Ask = nil
	t.state.Closed = true
	if t.asked {
		t.clear(TimerIdle)
	}
	t.effects = append(t.effects, Effect{Kind: EffectClose, Close: &c})
}

// ReasonError, ReasonTimeout and ReasonLimit are the closing reasons that no definition names.
const (
	ReasonError   = "error"
	ReasonTimeout = "timeout"
	ReasonLimit   = "limit"
)

// fail is what happens when a turn cannot be finished: the state of defaults.error, or an
// apology and the end. When that fails too, the conversation ends without a word. What
// was said before stays said.
func (t *turn) fail(cause error) {
	t.trace("error: " + cause.Error())
	t.entered, t.said, t.size = 0, 0, 0
	if t.bot.defaults.err.name == "" {
		if err := t.sayText(t.bot.words().apology, ""); err != nil {
			t.trace("error again: " + err.Error())
		}
		t.finish(Close{Reason: ReasonError, Notice: true})
		return
	}
	if err := t.enter(t.bot.defaults.err.name); err != nil {
		t.trace("error again: " + err.Error())
		t.finish(Close{Reason: ReasonError, Notice: true})
	}
}
