package definition

import (
	"maps"
	"slices"

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
