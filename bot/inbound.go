package bot

import (
	"cmp"
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/whatsapp"
)

// input is the content of a message, in the forms in which it is compared.
type input struct {
	message *whatsapp.Message
	kind    string // the type of the message
	typed   string // as typed, at most fold.MaxRunes code points; empty for taps and media, and where nothing can be seen
	folded  string
	words   []string // of the folded text
	tokens  []string // the same and the symbols between them; nil where there are none
	// id is a tapped reply id without its tag; empty when nothing was tapped. way is how the tap
	// comes, in the words of Ask.By.
	id    string
	tag   string
	way   string
	title string
	// answer is the kind of answer that the message is where no id is needed; see
	// definition.Message.AnsweredBy.
	answer string
	first  bool // the first message of the conversation
}

// handleInbound applies the first rule that fits. The numbers in the traces are those of the
// documentation of bot/v1.
func (t *step) handleInbound(m *whatsapp.Message) error {
	if !m.UserMessage() {
		return t.handleNonUserMessage(m)
	}
	in := t.readMessage(m)
	if t.optsOut(in) {
		return t.handleOptOut(in)
	}
	switch {
	case t.state.Muted():
		t.handleWhileMuted(m)
		return nil
	case t.state.Pending != nil:
		t.deferUntouched()
		return nil
	}
	t.countMessage(m)
	if t.keepsQuiet(in) {
		return nil
	}
	t.handleOptIn(in)
	if t.bot.Limits.Turns > 0 && t.state.Turns > t.bot.Limits.Turns {
		t.trace("limit turns")
		t.closeWithWords(Close{Reason: definition.ReasonLimit, Notice: true})
		return nil
	}
	return t.handleMessage(in)
}

// deferEvent asks for the event once more after the pending call.
func (t *step) deferEvent() {
	t.trace("deferred: a call is out")
	t.emit(Effect{Kind: EffectDeferred})
}

// deferUntouched does so and leaves the state as it was, even its time, because in a turn that is
// repeated the event might not have arrived yet.
func (t *step) deferUntouched() {
	t.deferEvent()
	t.untouched = true
}

// countMessage counts a message of the contact.
func (t *step) countMessage(m *whatsapp.Message) {
	t.state.Turns++
	t.state.Unheard = 0
	t.updateLastIn(m)
	if m.Media() == nil {
		t.state.Album = time.Time{}
	}
	if !m.Withheld() {
		t.state.Withheld = false
	}
}

// handleMessage applies rules 4 to 9.
func (t *step) handleMessage(in input) error {
	in.first = t.state.Turns == 1
	if in.id != "" {
		if done, err := t.handleTap(in); done {
			return err
		}
	}
	if in.answer == definition.AnswerForm {
		if done, err := t.handleForm(in); done {
			return err
		}
	}
	return t.answerOrTrigger(in)
}

// readMessage reads the content of a message.
func (t *reader) readMessage(m *whatsapp.Message) input {
	in := input{message: m, kind: m.Type, answer: answerKind(m), typed: fold.First(m.TypedText(), fold.MaxRunes)}
	if m.Type == whatsapp.TypeUnknown {
		in.kind = whatsapp.TypeUnsupported // its name up to v14.0
	}
	typed := in.typed
	if whatsapp.Blank(typed) {
		in.typed = "" // nobody means to say what nobody sees
	}
	in.folded = fold.Text(in.typed)
	in.words, in.tokens = fold.Words(in.folded), fold.Tokens(in.typed)
	if id, title, ok := m.ReplyID(); ok {
		in.id, in.title, in.way = id, fold.First(title, fold.MaxRunes), wayOf(m)
		if !t.bot.RawReplyIDs {
			in.id, in.tag = t.splitTag(id, m)
		}
	}
	t.input = inputOf(m, in)
	t.input.Text = cmp.Or(t.input.Text, typed)
	return in
}

// updateLastIn keeps the time from which WhatsApp's 24-hour window counts: when the contact's latest
// message was written, but never later than now.
func (t *reader) updateLastIn(m *whatsapp.Message) {
	if at := t.sentAt(m); at.After(t.state.LastIn) {
		t.state.LastIn = at
	}
}

// handleNonUserMessage handles what no person wrote, and reactions. Only a new number or a reaction has
// an effect, the latter only by a trigger that names it; a reaction never answers a question.
func (t *step) handleNonUserMessage(m *whatsapp.Message) error {
	switch {
	case leavesNumber(m):
		// The number may be somebody else's by now: nothing is said to it any more.
		t.trace("rule 1 number changed")
		t.closeConversation(Close{Reason: definition.ReasonNumberChanged, Notice: true})
		return nil
	case t.state.Muted():
		t.trace("rule 2 muted")
		return nil
	case m.Type != whatsapp.TypeReaction || m.GroupID != "":
		t.trace("rule 1 ignored")
		return nil
	}
	in := input{message: m, kind: m.Type}
	t.input = expr.Input{Type: m.Type}
	for i := range t.bot.Triggers {
		g := &t.bot.Triggers[i]
		if (!g.Interrupt && t.state.Ask != nil) || !slices.Contains(g.Types, m.Type) {
			continue
		}
		if t.state.Pending != nil {
			t.deferUntouched()
			return nil
		}
		if ok, err := t.triggerFits(g, in); err != nil || ok {
			return t.fireReactionTrigger(err, in, i)
		}
	}
	t.trace("rule 1 ignored")
	return nil
}

// leavesNumber reports whether WhatsApp says that the contact has another number now. The same
// number in another form is no change.
func leavesNumber(m *whatsapp.Message) bool {
	return m.Fate() == whatsapp.FateNewNumber && whatsapp.NumberKey(m.System.Number()) != whatsapp.NumberKey(m.From)
}

// fireReactionTrigger fires the trigger of a reaction, unless its condition failed or the bot keeps still.
func (t *step) fireReactionTrigger(err error, in input, index int) error {
	if err != nil {
		return err
	}
	if t.keepsQuiet(in) {
		return nil
	}
	return t.fireTrigger("rule 1 trigger", index)
}

// handleTap is rule 4, for a message with a reply id. done is false when the later rules decide.
func (t *step) handleTap(in input) (done bool, err error) {
	if t.leavesAside(in) {
		if done, err := t.leaveAside(in); done {
			return true, err
		}
	}
	a := t.openAsk()
	if a != nil && t.ofOpenQuestion(in) {
		if e := t.exitOfTap(a, in); e.Leads() {
			return t.answerByTap("rule 4a answer", a, in, e)
		}
	}
	index, err := t.findTrigger(in, func(g *definition.Trigger) bool { return len(g.Choice) > 0 })
	switch {
	case err != nil:
		return true, err
	case index >= 0:
		return true, t.fireTapTrigger(in, index)
	case a == nil:
		return false, nil
	}
	return t.handleEarlierTap(a, in)
}

// fireTapTrigger fires a trigger by rule 4b.
func (t *step) fireTapTrigger(in input, index int) error {
	if again, err := t.flushFirst(in); again || err != nil {
		return err
	}
	return t.fireTrigger("rule 4b trigger", index)
}

// handleEarlierTap is rule 4c and 4d: a button that is not of the open question.
func (t *step) handleEarlierTap(a *definition.Ask, in input) (done bool, err error) {
	past := t.pastAsk(in)
	if past != nil && past.State == t.state.Ask.State {
		if e, ok := a.TakesOld(in.id); ok {
			return t.answerByTap("rule 4c answer", a, in, e)
		}
	}
	if in.tag != "" || past != nil {
		return true, t.flushThenStale(a, in)
	}
	if a.As == definition.AsAny {
		return false, nil // anything is an answer
	}
	return true, t.handleForeignTap(a, in)
}

// handleForeignTap is rule 4b and 4d for a tap or a form that comes from a message that is not the
// bot's: any trigger may take it, as if nothing were asked.
func (t *step) handleForeignTap(a *definition.Ask, in input) error {
	for _, interrupts := range []bool{true, false} {
		index, err := t.findTrigger(in, func(g *definition.Trigger) bool { return g.Interrupt == interrupts })
		if err != nil {
			return err
		}
		if index >= 0 {
			return t.fireTapTrigger(in, index)
		}
	}
	return t.flushThenStale(a, in)
}

// flushThenStale handles a stale tap after what was collected.
func (t *step) flushThenStale(a *definition.Ask, in input) error {
	if again, err := t.flushFirst(in); again || err != nil {
		return err
	}
	return t.handleStaleTap(a)
}

// answerByTap handles a tap as the answer, unless the question refuses it.
func (t *step) answerByTap(rule string, a *definition.Ask, in input, e definition.Exit) (done bool, err error) {
	answer := t.choiceAnswer(in.id, in.title)
	rejected, err := t.findRejection(a, answer)
	switch {
	case err != nil:
		return true, err
	case rejected != nil:
		return true, t.notAccepted(a, in, rejected.Say)
	}
	t.rememberAnsweredMessage(in)
	return true, t.answer(rule, a, answer, e)
}

// exitOfTap is the exit that a tap on the open question takes. Ids that no choice names count only
// when they were offered. The buttons of a template are defined at Meta, so that any of one counts.
func (t *step) exitOfTap(a *definition.Ask, in input) definition.Exit {
	if e, ok := a.Takes(in.id); ok {
		return e
	}
	if t.state.Ask.offers(in.id) || in.way == wayTemplate && in.tag == "" {
		return a.Target(in.id)
	}
	return definition.Exit{}
}

// offers reports whether the question has shown an option with this id.
func (a *Ask) offers(id string) bool {
	return slices.ContainsFunc(a.Options, func(o Option) bool { return o.ID == id })
}

// handleStaleTap says that the tapped button is of an earlier question, and asks the open one again.
func (t *step) handleStaleTap(a *definition.Ask) error {
	t.trace("rule 4d stale")
	if err := t.sayInAsk(t.bot.Defaults.Stale); err != nil {
		return err
	}
	if err := t.askAgain(t.bot.State(t.state.Ask.State).Say); err != nil {
		return err
	}
	t.restartIdle(a)
	return nil
}
