package bot

import (
	"time"

	"github.com/chattigo/api-isv/bot/definition"
)

// Abandon ends a conversation whose step failed altogether: an apology, if it can
// still be said, and the close with reason "error". The shell calls it when Step returned
// an error or panicked, so that a broken bot never holds a conversation for ever.
func Abandon(b *definition.Bot, s State, at time.Time) (State, []Effect) {
	t := beginStep(b, s, Event{At: at})
	if s.Closed {
		return s, nil
	}
	t.trace("abandoned")
	if err := t.sayText(t.sentences().Apology, ""); err != nil {
		t.traceFailure("error", err)
	}
	t.closeConversation(Close{Reason: definition.ReasonError, Notice: true})
	return t.state, t.effects
}
