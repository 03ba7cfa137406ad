package bot

import (
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/whatsapp"
)

// optsOut reports whether a message stops notices: its whole text is one of the words for it, typed
// or on the button of a template, which is where people are offered it.
func (t *step) optsOut(in input) bool { return slices.Contains(t.bot.Optout.Words, wholeText(in)) }

// wholeText is the folded text of a message; it may be empty, which no word is.
func wholeText(in input) string {
	if in.kind == whatsapp.TypeButton {
		return fold.Text(in.title)
	}
	return in.folded
}

// handleOptOut is rule 3. It works also while a person answers or a call is pending.
func (t *step) handleOptOut(in input) error {
	t.countMessage(in.message)
	if a := t.openAsk(); a != nil && len(t.state.Ask.Buf) > 0 && !t.state.Muted() {
		if err := t.flush(a); err != nil {
			t.traceFailure("error", err)
		}
		t.undoClose()
	}
	t.trace("rule 3 opt-out")
	t.cancelCall()
	t.messages, t.size, t.seen = 0, 0, nil // whatever was said before, this can be said
	if _, err := t.sayAs(t.bot.Optout.Say, "", 0); err != nil {
		t.traceFailure("error", err) // what counts is that they are left alone
	}
	t.setOptedOut(true)
	t.closeConversation(Close{Reason: definition.ReasonOptout, Notice: true})
	return nil
}

// undoClose takes back the close that the collected answer has led to, which is the last effect, so
// that the conversation ends as an opt-out, with its words.
func (t *walker) undoClose() {
	if t.state.Closed {
		t.state.Closed = false
		t.effects = t.effects[:len(t.effects)-1]
	}
}

// handleOptIn allows notices again. The message is then handled like any other.
func (t *step) handleOptIn(in input) {
	if slices.Contains(t.bot.Optout.Optin, wholeText(in)) {
		t.trace("rule 3 opt-in")
		t.setOptedOut(false)
	}
}

func (t *core) setOptedOut(out bool) {
	t.state.OptedOut = out
	t.emit(Effect{Kind: EffectContact, OptOut: &out})
}
