package bot

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
		if st.ask == nil {
			continue
		}
		for _, o := range st.written() {
			title := fold.Text(o.Title)
			if slices.Contains(b.optout.words, title) {
				d.warn(b.optout.pos, CodeHijack, "a word of optout takes away the answer %q of the state %q when it is typed", o.Title, name)
			}
			for i := range b.triggers {
				d.checkHijacked(&b.triggers[i], st, o)
			}
		}
	}
}

// written are the options of a state that stand in the definition.
func (st *state) written() []whatsapp.Choice {
	var all []whatsapp.Choice
	for _, m := range st.say {
		all = append(all, m.choices...)
	}
	return all
}

func (d *decoder) checkHijacked(g *trigger, st *state, o whatsapp.Choice) {
	title := fold.Text(o.Title)
	if !g.interrupt || !g.takes(title, fold.Words(title), fold.Tokens(o.Title)) {
		return
	}
	if to := st.ask.target(o.ID).to; len(to) != 1 || to[0].to.name != g.to.name {
		if len(to) > 0 {
			d.warn(g.pos, CodeHijack, "this interrupt takes away the answer %q of the state %q", o.Title, st.name)
		}
	}
}

// checkOptout refuses words that would mean two things.
func (d *decoder) checkOptout(b *Bot) {
	for _, word := range b.optout.words {
		if slices.Contains(b.optout.optin, word) {
			d.add(b.optout.pos, CodeOptout, "%q cannot both stop and allow notices", word)
		}
		for i := range b.triggers {
			if slices.Contains(b.triggers[i].any, word) {
				d.warn(b.triggers[i].pos, CodeHijack, "%q is a word of optout, which comes before this trigger", word)
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
		if st.handoff != nil {
			return
		}
		asks = asks || st.ask != nil
	}
	if !asks || slices.ContainsFunc(b.messages, func(m *message) bool { return m.tellsWay(way) }) {
		return
	}
	d.warn(b.start.pos, CodeNoPerson, "no state hands off, and no message tells how a person can be reached; WhatsApp's policy asks for such a way")
}

func (m *message) tellsWay(way *regexp.Regexp) bool {
	if len(m.send.Contacts) > 0 {
		return true
	}
	raw, _ := json.Marshal(m.send) // a message that was read can be written
	return way.Match(raw)
}
