package bot

import (
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
)

// unsaidID is the id of the timer that ends a conversation whose question was not said and that
// the contact does not go on with. Nothing is said then: nobody was asked anything.
const unsaidID = string(TimerIdle) + "/unsaid"

// unsay gives up a question that did not reach the contact: what comes next cannot be its answer.
func (t *walker) unsay() {
	t.trace("question not said")
	t.leave()
	t.state.Stack = nil
	t.state.Unsaid = true
	t.clear(TimerCollect)
	t.arm(TimerIdle, unsaidID, definition.BuiltinIdle)
}

// lost is told that the messages of a question were given up. What a person hears or has begun
// to answer stays.
func (t *step) lost(no int) {
	if open := t.state.Ask; open == nil || open.No != no || t.state.Muted() || len(open.Buf) > 0 {
		t.trace("not the open question")
		return
	}
	t.unsay()
}

// asking is the message that says the question of a state, which may be one of the state before.
func (t *speaker) asking(offered offer) *Send {
	if offered.asking != nil {
		return offered.asking
	}
	for _, e := range slices.Backward(t.effects) {
		if e.Send != nil {
			return e.Send
		}
	}
	return nil
}
