package definition

import (
	"encoding/json"
	"regexp"
	"slices"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// checkHijack warns of interrupts, and words of optout, that fire when a contact types the title of
// a button as the answer to a question. An interrupt that leads to the same state as the answer does
// no harm. Regular expressions are not checked: trying each on every title would take too long for a
// large definition.
func (c *checker) checkHijack() {
	for _, name := range c.bot.order {
		st := c.bot.states[name]
		if st.Ask == nil {
			continue
		}
		for _, o := range st.options() {
			title := fold.Text(o.Title)
			if slices.Contains(c.bot.Optout.Words, title) {
				c.WarnAt(c.bot.Optout.place, CodeHijack, "a word of optout takes away the answer %q of the state %q when it is typed", o.Title, name)
			}
			for i := range c.bot.Triggers {
				c.checkHijacked(&c.bot.Triggers[i], st, o)
			}
		}
	}
}

// options are the buttons and rows of a state whose ids are known before it is said.
func (st *State) options() []outbound.Choice {
	var all []outbound.Choice
	for _, m := range st.Say {
		all = append(all, m.Choices...)
	}
	return all
}

// checkHijacked warns of a trigger that fires for the typed title of an option.
func (c *checker) checkHijacked(g *Trigger, st *State, o outbound.Choice) {
	title := fold.Text(o.Title)
	if !g.Interrupt || !g.firesFor(title, fold.Words(title), fold.Tokens(o.Title)) {
		return
	}
	to := st.Ask.Target(o.ID).To
	sameState := len(to) == 1 && to[0].To.Name == g.To.Name
	if len(to) > 0 && !sameState {
		c.WarnAt(g.place, CodeHijack, "this interrupt takes away the answer %q of the state %q", o.Title, st.Name)
	}
}

// checkOptout refuses words that both stop notices and allow them, and warns of triggers that wait
// for a word of optout, which comes before them.
func (c *checker) checkOptout() {
	for _, word := range c.bot.Optout.Words {
		if slices.Contains(c.bot.Optout.Optin, word) {
			c.AddAt(c.bot.Optout.place, CodeOptout, "%q cannot both stop and allow notices", word)
		}
		for i := range c.bot.Triggers {
			if slices.Contains(c.bot.Triggers[i].any, word) {
				c.WarnAt(c.bot.Triggers[i].place, CodeHijack, "%q is a word of optout, which comes before this trigger", word)
			}
		}
	}
}

// wayToPerson finds a way to a person outside of the chat: an address, a number to call or a page.
var wayToPerson = regexp.MustCompile(`@|https://|tel:|\+?[0-9][0-9 .()-]{6,}[0-9]`)

// checkPerson warns of a bot that asks and never says how a person can be reached, which
// WhatsApp's policy for businesses wants.
func (c *checker) checkPerson() {
	asks := false
	for _, name := range c.bot.order {
		st := c.bot.states[name]
		if st.Handoff != nil {
			return
		}
		asks = asks || st.Ask != nil
	}
	if !asks || slices.ContainsFunc(c.bot.messages, (*Message).tellsWayToPerson) {
		return
	}
	c.WarnAt(c.bot.Start.place, CodeNoPerson, "no state hands off, and no message tells how a person can be reached; WhatsApp's policy asks for such a way")
}

// tellsWayToPerson reports whether the message says how a person can be reached.
func (m *Message) tellsWayToPerson() bool {
	if len(m.Body.Contacts) > 0 {
		return true
	}
	raw, _ := json.Marshal(m.Body) // a message that was read can be written
	return wayToPerson.Match(raw)
}
