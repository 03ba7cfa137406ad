package bot

import (
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/whatsapp"
)

// optsOut says that a message stops notices: its whole text is one of the words for it, typed
// or on the button of a template, which is where people are offered it.
func (t *step) optsOut(in input) bool { return slices.Contains(t.bot.Optout.Words, whole(in)) }

// whole is the folded text of a message; it may be empty, which no word is.
func whole(in input) string {
	if in.kind == whatsapp.TypeButton {
		return fold.Text(in.title)
	}
	return in.folded
}

// optOut is rule 3. It works whoever answers and whatever is out.
func (t *step) optOut(in input) error {
	t.heard(in.message)
	if a := t.openAsk(); a != nil && len(t.state.Ask.Buf) > 0 && !t.state.Muted() {
		if err := t.flush(a); err != nil {
			t.failed("error", err)
		}
		t.takeBackClose()
	}
	t.trace("rule 3 opt-out")
	t.cancelCall()
	t.messages, t.size, t.seen = 0, 0, nil // whatever was said before, this can be said
	if _, err := t.sayAs(t.bot.Optout.Say, "", 0); err != nil {
		t.failed("error", err) // what counts is that they are left alone
	}
	t.optedOut(true)
	t.finish(Close{Reason: definition.ReasonOptout, Notice: true})
	return nil
}

// takeBackClose lets the conversation end as an opt-out, with its words, where the answer that was
// taken first would end it: the close is the last effect.
func (t *walker) takeBackClose() {
	if t.state.Closed {
		t.state.Closed = false
		t.effects = t.effects[:len(t.effects)-1]
	}
}

// optIn allows notices again. The message goes on like any other.
func (t *step) optIn(in input) {
	if slices.Contains(t.bot.Optout.Optin, whole(in)) {
		t.trace("rule 3 opt-in")
		t.optedOut(false)
	}
}

func (t *core) optedOut(out bool) {
	t.state.OptedOut = out
	t.emit(Effect{Kind: EffectContact, OptOut: &out})
}
