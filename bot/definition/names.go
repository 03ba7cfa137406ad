package definition

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// Desks are the desks to which the definition hands off, in the order of the text.
func (b *Bot) Desks() []string {
	var all []string
	for _, name := range b.order {
		if h := b.states[name].Handoff; h != nil && !slices.Contains(all, h.To) {
			all = append(all, h.To)
		}
	}
	return all
}

// Reasons are the reasons with which the definition or the bot itself ends a conversation.
func (b *Bot) Reasons() []string {
	all := []string{ReasonError, ReasonTimeout, ReasonLimit, ReasonOptout}
	for _, name := range b.order {
		if c := b.states[name].Close; c != nil && !slices.Contains(all, c.Reason) {
			all = append(all, c.Reason)
		}
	}
	return all
}

// Whole reports whether the definition has no errors: one that [Read] returned may have some.
func (b *Bot) Whole() bool { return !tree.Fatal(b.warnings) }

// Calls are the HTTP calls of the definition, each once, as in "GET https://api.example.com/orders/*":
// a * stands for what an expression, or the query, adds.
func (b *Bot) Calls() []string {
	var all []string
	for _, name := range b.order {
		if c := b.states[name].Call; c != nil && c.URL != nil {
			if text := c.pattern(); !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	return all
}

func (c *Call) pattern() string {
	const any = "*"
	url := c.URL.Outline(any)
	// Other characters go out escaped.
	if odd := strings.IndexFunc(url, func(r rune) bool { return r >= utf8.RuneSelf }); odd >= 0 {
		url = url[:odd] + any
	}
	if len(c.Query) > 0 && !strings.HasSuffix(url, any) {
		url += any
	}
	return c.Method + " " + url
}

// Choices are the ids of the buttons and rows that a state may offer, or any state for "", without those
// that come from expressions.
func (b *Bot) Choices(state string) []string {
	said := b.messages
	if st := b.states[state]; st != nil {
		said = slices.Concat(st.Say, b.Defaults.Close)
		if st.Ask != nil {
			said = append(said, slices.Concat(besideAsk(b, st.Ask)...)...)
		}
	}
	var all []string
	for _, m := range said {
		for _, c := range m.Choices {
			all = append(all, c.ID)
		}
	}
	return all
}

// Offers reports whether some message may offer a button or row with this id. Those whose ids come
// from expressions may have any.
func (b *Bot) Offers(id string) bool { return offers(b.messages, id) }

// Writes reports whether the text of the definition has a button or row with this id, or a trigger on an
// advertisement with this value: what comes from expressions does not count.
func (b *Bot) Writes(text string) bool {
	return slices.ContainsFunc(b.messages, func(m *Message) bool { return m.writes(text) }) ||
		slices.ContainsFunc(b.Triggers, func(g Trigger) bool { return slices.Contains(slices.Collect(maps.Values(g.Referral)), text) })
}

// StateOffers reports whether a message that is said in a state may offer a button or row with this
// id: the state's own messages, those beside its question, and those of defaults.close.
func (b *Bot) StateOffers(state, id string) bool {
	st := b.states[state]
	if st == nil {
		return false
	}
	if offers(st.Say, id) || offers(b.Defaults.Close, id) {
		return true
	}
	return st.Ask != nil && slices.ContainsFunc(besideAsk(b, st.Ask), func(say []*Message) bool { return offers(say, id) })
}

func offers(messages []*Message, id string) bool {
	return slices.ContainsFunc(messages, func(m *Message) bool { return m.Dynamic || m.writes(id) })
}

func (m *Message) writes(id string) bool {
	return slices.ContainsFunc(m.Choices, func(c outbound.Choice) bool { return c.ID == id })
}
