package definition

import (
	"encoding/json"
	"regexp"
	"slices"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/whatsapp"
)

// checkHijack warns of interrupts that take away what someone types to answer a question.
// One that leads to the same place as the answer does no harm. Regular expressions are
// left out: trying each on every title would take too long for a large definition.
func (d *decoder) checkHijack(b *Bot) {
	for _, name := range b.order {
		st := b.states[name]
		if st.Ask == nil {
			continue
		}
		for _, o := range st.written() {
			title := fold.Text(o.Title)
			if slices.Contains(b.Optout.Words, title) {
				d.warn(b.Optout.pos, CodeHijack, "a word of optout takes away the answer %q of the state %q when it is typed", o.Title, name)
			}
			for i := range b.Triggers {
				d.checkHijacked(&b.Triggers[i], st, o)
			}
		}
	}
}

// written are the options of a state that stand in the definition.
func (st *State) written() []whatsapp.Choice {
	var all []whatsapp.Choice
	for _, m := range st.Say {
		all = append(all, m.Choices...)
	}
	return all
}

func (d *decoder) checkHijacked(g *Trigger, st *State, o whatsapp.Choice) {
	title := fold.Text(o.Title)
	if !g.Interrupt || !g.takes(title, fold.Words(title), fold.Tokens(o.Title)) {
		return
	}
	if to := st.Ask.Target(o.ID).To; len(to) != 1 || to[0].To.Name != g.To.Name {
		if len(to) > 0 {
			d.warn(g.pos, CodeHijack, "this interrupt takes away the answer %q of the state %q", o.Title, st.Name)
		}
	}
}

// checkOptout refuses words that would mean two things.
func (d *decoder) checkOptout(b *Bot) {
	for _, word := range b.Optout.Words {
		if slices.Contains(b.Optout.Optin, word) {
			d.add(b.Optout.pos, CodeOptout, "%q cannot both stop and allow notices", word)
		}
		for i := range b.Triggers {
			if slices.Contains(b.Triggers[i].any, word) {
				d.warn(b.Triggers[i].pos, CodeHijack, "%q is a word of optout, which comes before this trigger", word)
			}
		}
	}
}

// reachable is what counts as a way to a person outside of the chat: an address, a number to
// call or a page.
const reachable = `@|https://|tel:|\+?[0-9][0-9 .()-]{6,}[0-9]`

// checkPerson warns of a bot that asks and never says how a person can be reached, which
// WhatsApp's policy for businesses wants.
func (d *decoder) checkPerson(b *Bot) {
	way, asks := regexp.MustCompile(reachable), false
	for _, name := range b.order {
		st := b.states[name]
		if st.Handoff != nil {
			return
		}
		asks = asks || st.Ask != nil
	}
	if !asks || slices.ContainsFunc(b.messages, func(m *Message) bool { return m.tellsWay(way) }) {
		return
	}
	d.warn(b.Start.pos, CodeNoPerson, "no state hands off, and no message tells how a person can be reached; WhatsApp's policy asks for such a way")
}

func (m *Message) tellsWay(way *regexp.Regexp) bool {
	if len(m.Body.Contacts) > 0 {
		return true
	}
	raw, _ := json.Marshal(m.Body) // a message that was read can be written
	return way.Match(raw)
}
