package archive

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/chattigo/api-isv/archive/pseudonym"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/answer"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/whatsapp"
)

// retelling plays a conversation with replaced values.
type retelling struct {
	bot     *definition.Bot
	real    *testimony
	book    *pseudonym.Book
	setup   script.Setup
	player  *script.Player
	entries []script.Entry
	start   time.Time
	// patience ends what takes too long.
	patience *patience
	// tags are the numbers of the conversation's questions, by the tags of their reply ids.
	tags map[string]int
	// private are the latest values of private variables, which need not be learned again.
	private map[string]json.RawMessage
}

func newRetelling(b *definition.Bot, real *testimony, p *patience) *retelling {
	opened := real.c.Turns[0].Opened
	r := &retelling{
		bot: b, real: real, start: real.start(b), patience: p, tags: map[string]int{}, private: map[string]json.RawMessage{},
	}
	r.book = pseudonym.New(opened.WaID, b.Writes)
	r.book.Replace(real.c.ID, "cnv_1")
	r.learn()
	r.setup = script.Setup{
		Now: r.start, Contact: r.contact(), LoopGuard: opened.LoopGuard, OptedOut: opened.Preference.OptedOut(r.start),
	}
	r.setup.Vars, r.setup.Kept = r.replaced(opened.Vars), r.replaced(bot.KeptOf(b, opened.Kept))
	r.player = script.NewPlayer(b, r.setup, r.responses()).With(p.run)
	return r
}

// replaced are the values of variables without what is personal.
func (r *retelling) replaced(vars map[string]json.RawMessage) map[string]json.RawMessage {
	var all map[string]json.RawMessage
	for name, value := range vars {
		if all == nil {
			all = make(map[string]json.RawMessage, len(vars))
		}
		all[name] = json.RawMessage(r.book.Body(string(value)))
	}
	return all
}

// learn learns everything personal, in the order in which it came: of the contact, of messages, of
// responses, and of private variables.
func (r *retelling) learn() {
	r.book.LearnContact(r.real.c.Turns[0].Opened.WaID, r.real.c.Turns[0].Opened.UserID, "")
	for _, turn := range r.real.c.Turns {
		for _, m := range turn.Messages {
			r.book.LearnContact(m.WaID, m.UserID, m.Name)
		}
	}
	for i := range r.real.happenings {
		h := &r.real.happenings[i]
		if r.patience.isOver() {
			return
		}
		r.at(h)
		switch h.event.Kind {
		case bot.EventInbound:
			r.book.LearnMessage(r.real.messages[h.event.Cause].Body, r.asked(h.before.Ask))
		case bot.EventResult:
			r.book.LearnBody(h.event.Result.Body)
		case bot.EventControl:
			r.book.LearnText(r.spoken(h), "")
		}
		for no := h.before.AskNo; no <= h.after.AskNo; no++ {
			r.tags[definition.ReplyTag(r.real.c.ID, no)] = no
		}
		r.learnPrivate(h.after)
	}
}

// at tells the book when something was said, and in which language.
func (r *retelling) at(h *happening) {
	r.book.At(h.event.At.In(r.start.Location()), r.bot.FirstLanguage())
}

// asked is the kind of answer that a question wants.
func (r *retelling) asked(open *bot.Ask) answer.Kind {
	if open == nil {
		return ""
	}
	if state := r.bot.State(open.State); state != nil && state.Ask != nil {
		return answer.Kind(state.Ask.As)
	}
	return ""
}

// learnPrivate learns the values of the variables that are marked pii.
func (r *retelling) learnPrivate(s bot.State) {
	for _, name := range slices.Sorted(maps.Keys(s.Vars)) {
		if r.bot.Private[name] && !bytes.Equal(r.private[name], s.Vars[name]) {
			r.book.LearnPrivate(s.Vars[name])
			r.private[name] = s.Vars[name]
		}
	}
	r.book.LearnContact(s.Contact.WaID, s.Contact.UserID, s.Contact.Name)
}

// contact is who writes, as first known.
func (r *retelling) contact() bot.Contact {
	opened := r.real.c.Turns[0].Opened
	who := bot.Contact{WaID: opened.WaID, UserID: opened.UserID}
	for _, turn := range r.real.c.Turns {
		for _, m := range turn.Messages {
			who = bot.Contact{WaID: cmp.Or(who.WaID, m.WaID), UserID: cmp.Or(who.UserID, m.UserID), Name: cmp.Or(who.Name, m.Name)}
		}
	}
	who = bot.Contact{WaID: r.book.Text(who.WaID), UserID: r.book.Text(who.UserID), Name: r.book.Name(who.Name)}
	if !numberForm.MatchString(who.WaID) && who.WaID != "" {
		who = bot.Contact{UserID: cmp.Or(who.UserID, who.WaID), Name: who.Name}
	}
	return who
}

var (
	numberForm = regexp.MustCompile(`^[0-9]{5,20}$`)
	reasonForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)
)

// tell plays what happened, one after the other. Timers fire by themselves while time passes.
func (r *retelling) tell() error {
	told := map[string]bool{}
	fired := 0
	for i := range r.real.happenings {
		h := &r.real.happenings[i]
		switch {
		case r.patience.isOver():
			return errSlow
		case h.event.Kind == bot.EventTimer:
			fired++
			continue
		case h.event.Kind == bot.EventResult || told[h.event.Cause]:
			continue
		}
		told[h.event.Cause] = true
		if err := r.wait(h.event.At, fired); err != nil {
			return err
		}
		fired = 0
		if err := r.act(h); err != nil {
			return err
		}
	}
	return r.finish(fired)
}

// finish lets the timers fire that fired behind the last message.
func (r *retelling) finish(fired int) error {
	if fired == 0 {
		return nil
	}
	last := r.real.happenings[len(r.real.happenings)-1].event.At
	_, err := r.fire(last.Add(time.Second), fired)
	return err
}

// wait lets time pass until something happens, in whole seconds.
func (r *retelling) wait(until time.Time, fired int) error {
	end, err := r.fire(until, fired)
	if err != nil {
		return err
	}
	return r.pass(end)
}

// fire lets as many timers fire as had fired then, and returns until when to wait. Where more are due,
// because then something was late to reach the contact, the next thing happens before them.
func (r *retelling) fire(until time.Time, fired int) (end time.Time, err error) {
	end = r.start.Add(until.Sub(r.start).Truncate(time.Second))
	for {
		timers := r.player.Timers()
		switch {
		case len(timers) == 0 || timers[0].At.After(end):
			return end, nil
		case fired == 0:
			return timers[0].At.Add(-time.Second), nil
		}
		fired--
		if err := r.pass(timers[0].At); err != nil {
			return end, err
		}
	}
}

// pass lets time pass, and keeps what happens.
func (r *retelling) pass(until time.Time) error {
	d := until.Sub(r.player.Now())
	if d <= 0 {
		return nil
	}
	return r.keep(r.player.Wait(d))
}

func (r *retelling) keep(err error) error {
	news, _ := r.player.Heard(false) // a player has always heard everything
	r.entries = append(r.entries, news...)
	return err
}

// act does what the world did.
func (r *retelling) act(h *happening) error {
	e := &h.event
	r.at(h)
	m := r.real.messages[e.Cause]
	switch {
	case e.Kind == bot.EventInbound:
		return r.keep(r.player.Receive(r.message(m)))
	case m.Echo, e.Control == bot.ControlHandoff:
		return r.keep(r.player.Echo(r.book.Text(r.spoken(h))))
	case e.Control == bot.ControlResume:
		return r.keep(r.player.Control(bot.ControlResume, ""))
	case e.Control == bot.ControlClose && r.player.State() != nil && !r.player.State().Closed:
		reason := r.book.Text(e.Reason)
		if !reasonForm.MatchString(reason) {
			reason = "operator"
		}
		return r.keep(r.player.Control(bot.ControlClose, reason))
	}
	return nil // nothing of a test file reports that a question did not arrive
}

// spoken is what a person of the business wrote, or noted when taking over.
func (r *retelling) spoken(h *happening) string {
	m := r.real.messages[h.event.Cause]
	if m.Control != nil {
		return cmp.Or(m.Control.Note, "…")
	}
	decoded := whatsapp.DecodeMessage(m.Body)
	if media := decoded.Media(); media != nil {
		return cmp.Or(media.Caption, "("+decoded.Type+")")
	}
	return cmp.Or(decoded.TypedText(), "("+decoded.Type+")")
}

// message is a message of the contact with replaced values. What WhatsApp knows of it the player adds.
func (r *retelling) message(m chat.Incoming) json.RawMessage {
	decoded := whatsapp.DecodeMessage(m.Body)
	ids := map[string]string{}
	if id, _, ok := decoded.ReplyID(); ok {
		ids[id] = r.replyID(id)
		if choice, ok := r.choice(ids[id]); ok {
			return script.NewTap(choice)
		}
	}
	return r.book.Message(script.Unstamped(m.Body), ids)
}

// replyID is a reply id as the played conversation has it: with the tag of the same question.
func (r *retelling) replyID(id string) string {
	plain, tag := definition.SplitTag(id)
	if !r.bot.Writes(plain) {
		plain = r.book.Text(plain)
	}
	if tag == "" {
		return plain
	}
	if no, known := r.tags[tag]; known {
		tag = definition.ReplyTag(r.conversation(), no)
	}
	return plain + "~" + tag
}

// conversation is the id of the played conversation.
func (r *retelling) conversation() string {
	if s := r.player.State(); s != nil {
		return s.Conversation
	}
	return "cnv_1"
}

// choice finds what was tapped among what the bot has said.
func (r *retelling) choice(id string) (script.Choice, bool) {
	for _, e := range slices.Backward(r.entries) {
		if e.Kind != script.EntryBot {
			continue
		}
		for _, c := range script.Choices(e.Body) {
			if c.Sent == id {
				return c, true
			}
		}
	}
	return script.Choice{}, false
}
