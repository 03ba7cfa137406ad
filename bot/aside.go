package bot

import (
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
)

// Aside is a digression: a trigger has entered its states, and when they return, the question that was
// open is asked again. There is at most one: a trigger that fires within it takes its place.
type Aside struct {
	// Depth counts the subroutines that were under way when it began. Those above are its own.
	Depth int `json:"depth,omitempty"`
	// Ask is the question that was open; nil where none was. Its options are left out where those of
	// the question of the digression leave them no room.
	Ask *Ask `json:"ask,omitempty"`
}

// beginAside keeps the open question, to be given back.
func (t *walker) beginAside() {
	if t.state.Aside != nil {
		t.leaveAbove(t.state.Aside.Depth)
		return
	}
	t.state.Aside = &Aside{Depth: len(t.state.Stack), Ask: t.state.Ask}
}

// leaveAbove takes the subroutines of the digression that is under way off the stack.
func (t *walker) leaveAbove(depth int) {
	t.leaving = false
	for len(t.state.Stack) > max(0, depth) {
		t.popFrame()
	}
}

// endAside is the return of a digression: it gives the question back, or goes on with the start where
// none was open.
func (t *walker) endAside(st *definition.State) (next string, err error) {
	aside := t.state.Aside
	t.state.Aside, t.leaving = nil, false
	if aside.Ask == nil || !t.bot.Asks(aside.Ask.State) {
		t.traceEdge(st.Name, "return", t.bot.Start.Name)
		return t.bot.Start.Name, nil
	}
	t.traceEdge(st.Name, "return", aside.Ask.State)
	t.reopen(aside.Ask)
	return "", t.askBack()
}

// reopen opens a question again under its number, with its tries: what was said for it still answers it.
func (t *walker) reopen(ask *Ask) {
	open := *ask
	open.Options, open.Buf = slices.Clone(ask.Options), slices.Clone(ask.Buf)
	t.closeQuestion()
	t.state.Ask = &open
}

// askBack asks the question that was given back once more, and starts its clock anew.
func (t *walker) askBack() error {
	sent, held := t.sent, t.held
	again, err := t.messageThatAsks()
	if err != nil {
		return err
	}
	if again != nil {
		if err := t.askAgain([]*definition.Message{again}); err != nil {
			return err
		}
	}
	if t.sent == sent && t.held > held {
		t.giveUpQuestion()
		return nil
	}
	t.restartClock()
	return nil
}

// messageThatAsks is the message that asks the open question: the one with which it is answered, else
// the last; nil where its state says nothing.
func (t *walker) messageThatAsks() (*definition.Message, error) {
	if m, err := t.messageToRepeat(); m != nil || err != nil {
		return m, err
	}
	for _, m := range slices.Backward(t.bot.State(t.state.Ask.State).Say) {
		if holds, err := t.isSaid(m); holds || err != nil {
			return m, err
		}
	}
	return nil, nil
}

// restartClock arms the timer of the open question.
func (t *walker) restartClock() {
	a := t.openAsk()
	if len(t.state.Ask.Buf) > 0 {
		t.clear(TimerIdle)
		t.arm(TimerCollect, t.collectID(), a.Collect)
		return
	}
	t.clear(TimerCollect)
	t.restartIdle(a)
}

// leavesAside reports whether a tap is on a message of the question that a digression will give back:
// the contact goes on with that one, and the digression is over.
func (t *core) leavesAside(in input) bool {
	aside := t.state.Aside
	return aside != nil && aside.Ask != nil && in.tag != "" && t.bot.Asks(aside.Ask.State) &&
		in.tag == definition.ReplyTag(t.state.Conversation, aside.Ask.No)
}

// leaveAside ends a digression before its return. What was collected for its own question is
// handled first; done reports that the message has been dealt with, too.
func (t *step) leaveAside(in input) (done bool, err error) {
	if again, err := t.flushFirst(in); again || err != nil {
		return true, err
	}
	t.trace("back to the question before the digression")
	aside := t.state.Aside
	t.leaveAbove(aside.Depth)
	t.state.Aside = nil
	t.reopen(aside.Ask)
	t.restartClock()
	return false, nil
}

// boundOptions keeps the options of the open question within their bound, and leaves out those of a
// question that is to be given back where both are too many.
func (t *speaker) boundOptions(open []Option) error {
	size := optionsSize(open)
	aside := t.state.Aside
	if aside == nil || aside.Ask == nil {
		aside = &Aside{Ask: &Ask{}}
	}
	size += collectedSize(aside.Ask.Buf)
	if size > definition.MaxOptions {
		return errOptions
	}
	if size+optionsSize(aside.Ask.Options) > definition.MaxOptions {
		bare := *aside.Ask
		bare.Options = nil
		t.state.Aside = &Aside{Depth: aside.Depth, Ask: &bare}
	}
	return nil
}
