package bot

import (
	"time"

	"github.com/chattigo/api-isv/bot/definition"
)

// Abandon ends a conversation whose step could not be made at all: an apology, if it can
// still be said, and the close with reason "error". The shell calls it when Step returned
// an error or panicked, so that a broken bot never holds a conversation for ever.
func Abandon(b *definition.Bot, s State, at time.Time) (State, []Effect) {
	t := begin(b, s, Event{At: at})
	if s.Closed {
		return s, nil
	}
	t.trace("abandoned")
	if err := t.sayText(t.words().Apology, ""); err != nil {
		t.failed("error", err)
	}
	t.finish(Close{Reason: definition.ReasonError, Notice: true})
	return t.state, t.effects
}
