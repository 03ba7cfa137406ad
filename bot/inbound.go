package bot

import (
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/whatsapp"
)

// input is what a message says, in the forms in which it is compared.
type input struct {
	kind   string // the type of the message
	typed  string // as typed, at most fold.MaxRunes code points; empty for taps and media
	folded string
	words  []string // of the folded text
	// id is a tapped reply id without its tag; empty when nothing was tapped.
	id  string
	tag string
	// answer is what the message may answer where no id is needed, in the words of answeredBy.
	answer string
	first  bool // the first message of the conversation
}

// inbound applies the first rule that fits. The numbers in the traces are those of the
// documentation of bot/v1.
func (t *turn) inbound(m *whatsapp.Message) error {
	if t.state.Muted() {
		t.overhear(m)
		return nil
	}
	if !m.UserMessage() {
		return t.aside(m)
	}
	t.state.Turns++
	t.noteTime(m.Timestamp)
	if t.bot.maxTurns > 0 && t.state.Turns > t.bot.maxTurns {
		t.trace("limit turns")
		return t.farewell(Close{Reason: ReasonLimit, Notice: true})
	}
	in := t.read(m)
	if in.id != "" {
		if done, err := t.tapped(in); done {
			return err
		}
	}
	return t.spoken(in)
}

func (t *turn) read(m *whatsapp.Message) input {
	in := input{kind: m.Type, answer: answerKind(m), typed: fold.First(m.TypedText(), fold.MaxRunes), first: t.state.Turns == 1}
	in.folded = fold.Text(in.typed)
	in.words = fold.Words(in.folded)
	if id, _, ok := m.ReplyID(); ok {
		in.id = id
		if !t.bot.raw {
			in.id, in.tag = splitTag(id)
		}
	}
	return in
}

// noteTime keeps the time from which WhatsApp's 24-hour window counts: Meta's own time of
// the contact's latest message, but never one that lies ahead.
func (t *turn) noteTime(at time.Time) {
	if at.IsZero() || at.After(t.now) {
		at = t.now
	}
	if at.After(t.state.LastIn) {
		t.state.LastIn = instant(at)
	}
}

// aside handles what is not something that a person said. Only a reaction can do anything,
// and only where a trigger asks for it; it never answers a question.
func (t *turn) aside(m *whatsapp.Message) error {
	if m.Type == whatsapp.TypeReaction && m.GroupID == "" {
		in := input{kind: m.Type}
		for i := range t.bot.triggers {
			g := &t.bot.triggers[i]
			if (g.interrupt || t.state.Ask == nil) && slices.Contains(g.types, m.Type) && g.fits(in) {
				return t.fire("rule 1 trigger", g)
			}
		}
	}
	t.trace("rule 1 ignored")
	return nil
}

// tapped is rule 4, for a message with a reply id. done is false when no part of it fits.
func (t *turn) tapped(in input) (done bool, err error) {
	a := t.openAsk()
	if a != nil && t.currentTag(in.tag) {
		if to, ok := t.chosen(a, in.id); ok {
			return true, t.answer("rule 4a answer", to)
		}
	}
	if g := t.trigger(in, func(g *trigger) bool { return len(g.choice) > 0 }); g != nil {
		return true, t.fire("rule 4b trigger", g)
	}
	if a == nil {
		return false, nil
	}
	if to, ok := a.named(in.id); ok && t.earlierTag(in.tag) {
		return true, t.answer("rule 4c answer", to)
	}
	return true, t.stale(a)
}

// currentTag says whether a tap may belong to the open question. Without a tag it may:
// template buttons have none, nor have those of a definition with raw ids.
func (t *turn) currentTag(tag string) bool {
	return tag == "" || tag == replyTag(t.state.Conversation, t.state.Ask.No)
}

// earlierTag says whether a tag is of an earlier question of the state that asks now.
func (t *turn) earlierTag(tag string) bool {
	for _, past := range t.state.Asks {
		if past.State == t.state.Ask.State && tag == replyTag(t.state.Conversation, past.No) {
			return true
		}
	}
	return false
}

// chosen is where a tap on the open question leads. Ids that no choice names count only
// when they were offered.
func (t *turn) chosen(a *ask, id string) (ref, bool) {
	if to, ok := a.named(id); ok {
		return to, true
	}
	if slices.ContainsFunc(t.state.Ask.Options, func(o Option) bool { return o.ID == id }) {
		return a.target(id)
	}
	return ref{}, false
}

// stale tells that the tapped button is of an earlier question, and asks the open one again.
func (t *turn) stale(a *ask) error {
	t.trace("rule 4d stale")
	if err := t.sayInAsk(t.bot.defaults.stale); err != nil {
		return err
	}
	if err := t.sayInAsk(t.bot.states[t.state.Ask.State].say); err != nil {
		return err
	}
	t.restartIdle(a)
	return nil
}

// spoken is rules 5 to 9.
func (t *turn) spoken(in input) error {
	if g := t.trigger(in, func(g *trigger) bool { return g.interrupt }); g != nil {
		return t.fire("rule 5 interrupt", g)
	}
	a := t.openAsk()
	if a != nil {
		if to, ok := t.accept(a, in); ok {
			return t.answer("rule 6 answer", to)
		}
	}
	if g := t.trigger(in, func(g *trigger) bool { return !g.interrupt }); g != nil {
		return t.fire("rule 7 trigger", g)
	}
	if a != nil {
		return t.refuse(a)
	}
	t.trace("rule 9 start")
	return t.enter(t.bot.start)
}

func (t *turn) answer(rule string, to ref) error {
	t.trace(rule)
	return t.enter(to.name)
}

func (t *turn) fire(rule string, g *trigger) error {
	t.trace(rule)
	return t.enter(g.to.name)
}

// farewell says the definition's closing words and ends the conversation.
func (t *turn) farewell(c Close) error {
	name, no := "", 0
	if t.state.Ask != nil {
		name, no = t.state.Ask.State, t.state.Ask.No
	}
	if err := t.sayAs(t.bot.defaults.close, name, no); err != nil {
		return err
	}
	t.finish(c)
	return nil
}
