package definition

import (
	"encoding/json"
	"regexp"
	"slices"
)

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
