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

// input is what a message says, in the forms in which it is compared.
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
	// answer is what the message may answer where no id is needed, in the words of answeredBy.
	answer string
	first  bool // the first message of the conversation
}

// inbound applies the first rule that fits. The numbers in the traces are those of the
// documentation of bot/v1.
func (t *step) inbound(m *whatsapp.Message) error {
	if !m.UserMessage() {
		return t.aside(m)
	}
	in := t.read(m)
	if t.optsOut(in) {
		return t.optOut(in)
	}
	switch {
	case t.state.Muted():
		t.overhear(m)
		return nil
	case t.state.Pending != nil:
		t.deferUnseen()
		return nil
	}
	t.heard(m)
	if t.quiet(in) {
		return nil
	}
	t.optIn(in)
	if t.bot.Limits.Turns > 0 && t.state.Turns > t.bot.Limits.Turns {
		t.trace("limit turns")
		t.farewell(Close{Reason: definition.ReasonLimit, Notice: true})
		return nil
	}
	return t.hear(in)
}

// deferEvent leaves the event to come again when the call is back.
func (t *step) deferEvent() {
	t.trace("deferred: a call is out")
	t.emit(Effect{Kind: EffectDeferred})
}

// deferUnseen does so before anything was done: not even the time goes on, because in a turn
// that is repeated the event might not be there yet.
func (t *step) deferUnseen() {
	t.deferEvent()
	t.unseen = true
}

// heard counts a message of the contact.
func (t *step) heard(m *whatsapp.Message) {
	t.state.Turns++
	t.state.Unheard = 0
	t.noteTime(m)
	if m.Media() == nil {
		t.state.Album = time.Time{}
	}
	if !m.Withheld() {
		t.state.Withheld = false
	}
}

// hear is what a message does to the conversation: rules 4 to 9.
func (t *step) hear(in input) error {
	in.first = t.state.Turns == 1
	if in.id != "" {
		if done, err := t.tapped(in); done {
			return err
		}
	}
	if in.answer == definition.AnswerForm {
		if done, err := t.filledIn(in); done {
			return err
		}
	}
	return t.spoken(in)
}

func (t *reader) read(m *whatsapp.Message) input {
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

// noteTime keeps the time from which WhatsApp's 24-hour window counts: when the contact's latest
// message was written, but never a time that lies ahead.
func (t *reader) noteTime(m *whatsapp.Message) {
	if at := t.sentAt(m); at.After(t.state.LastIn) {
		t.state.LastIn = at
	}
}

// aside handles what is not something that a person said. Only a reaction can do anything,
// and only where a trigger asks for it; it never answers a question.
func (t *step) aside(m *whatsapp.Message) error {
	switch {
	case leavesNumber(m):
		// The number may be somebody else's by now: nothing is said to it any more.
		t.trace("rule 1 number changed")
		t.finish(Close{Reason: definition.ReasonNumberChanged, Notice: true})
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
			t.deferUnseen()
			return nil
		}
		if ok, err := t.fits(g, in); err != nil || ok {
			return t.fireUnless(err, in, i)
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

// fireUnless fires the trigger of a reaction, unless its condition failed or the bot keeps still.
func (t *step) fireUnless(err error, in input, index int) error {
	if err != nil {
		return err
	}
	if t.quiet(in) {
		return nil
	}
	return t.fire("rule 1 trigger", index)
}

// tapped is rule 4, for a message with a reply id. done is false when no part of it fits.
func (t *step) tapped(in input) (done bool, err error) {
	a := t.openAsk()
	if a != nil && t.ofOpenQuestion(in) {
		if e := t.chosen(a, in); e.Leads() {
			return t.choose("rule 4a answer", a, in, e)
		}
	}
	index, err := t.trigger(in, func(g *definition.Trigger) bool { return len(g.Choice) > 0 })
	switch {
	case err != nil:
		return true, err
	case index >= 0:
		return true, t.interrupt(in, index)
	case a == nil:
		return false, nil
	}
	return t.tappedEarlier(a, in)
}

// interrupt fires a trigger by rule 4b.
func (t *step) interrupt(in input, index int) error {
	if again, err := t.flushFirst(in); again || err != nil {
		return err
	}
	return t.fire("rule 4b trigger", index)
}

// tappedEarlier is rule 4c and 4d: a button that is not of the open question.
func (t *step) tappedEarlier(a *definition.Ask, in input) (done bool, err error) {
	past := t.pastAsk(in)
	if to, ok := a.Named(in.id); ok && past != nil && past.State == t.state.Ask.State {
		return t.choose("rule 4c answer", a, in, definition.LeadsTo("choice "+in.id, to))
	}
	if in.tag != "" || past != nil {
		return true, t.staleAfterFlush(a, in)
	}
	if a.As == definition.AsAny {
		return false, nil // anything is an answer
	}
	return true, t.foreign(a, in)
}

// foreign is rule 4b and 4d for a tap or a form that comes from a message that is not the
// bot's: any trigger may take it, as if nothing were asked.
func (t *step) foreign(a *definition.Ask, in input) error {
	for _, interrupts := range []bool{true, false} {
		index, err := t.trigger(in, func(g *definition.Trigger) bool { return g.Interrupt == interrupts })
		if err != nil {
			return err
		}
		if index >= 0 {
			return t.interrupt(in, index)
		}
	}
	return t.staleAfterFlush(a, in)
}

func (t *step) staleAfterFlush(a *definition.Ask, in input) error {
	if again, err := t.flushFirst(in); again || err != nil {
		return err
	}
	return t.stale(a)
}

// choose takes a tap as the answer, unless the question refuses it.
func (t *step) choose(rule string, a *definition.Ask, in input, e definition.Exit) (done bool, err error) {
	answer := t.choiceAnswer(in.id, in.title)
	rejected, err := t.rejects(a, answer)
	switch {
	case err != nil:
		return true, err
	case rejected != nil:
		return true, t.notAccepted(a, in, rejected.Say)
	}
	t.keepMessage(in)
	return true, t.answer(rule, a, answer, e)
}

// chosen is where a tap on the open question leads. Ids that no choice names count only
// when they were offered; what a template offers stands at Meta, so that any button of one may be.
func (t *step) chosen(a *definition.Ask, in input) definition.Exit {
	if to, ok := a.Named(in.id); ok {
		return definition.LeadsTo("choice "+in.id, to)
	}
	if t.state.Ask.offers(in.id) || in.way == wayTemplate && in.tag == "" {
		return a.Target(in.id)
	}
	return definition.Exit{}
}

// offers says that the question has shown an option with this id.
func (a *Ask) offers(id string) bool {
	return slices.ContainsFunc(a.Options, func(o Option) bool { return o.ID == id })
}

// stale tells that the tapped button is of an earlier question, and asks the open one again.
func (t *step) stale(a *definition.Ask) error {
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
