package bot

import (
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
)

// unsaidID is the id of the timer that ends a conversation whose question did not reach the contact
// and who does not write either. Nothing is said then, because nobody was asked anything.
const unsaidID = string(TimerIdle) + "/unsaid"

// giveUpQuestion gives up a question that did not reach the contact: what comes next cannot be its answer.
func (t *walker) giveUpQuestion() {
	t.trace("question not said")
	t.closeQuestion()
	t.leaveSubroutines()
	t.state.Unsaid = true
	t.clear(TimerCollect)
	t.arm(TimerIdle, unsaidID, definition.BuiltinIdle)
}

// questionLost gives up a question whose messages could not be delivered, unless a person answers
// instead of the bot or the contact has begun to answer.
func (t *step) questionLost(no int) {
	if open := t.state.Ask; open == nil || open.No != no || t.state.Muted() || len(open.Buf) > 0 {
		t.trace("not the open question")
		return
	}
	t.giveUpQuestion()
}

// questionMessage returns the message that asks the question of a state; it may be one of the state
// before.
func (t *speaker) questionMessage(offered offer) *Send {
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
