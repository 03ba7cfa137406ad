package definition

import (
	"slices"
)

// What follows are the names of a definition that others may hold theirs against, such as tests.

// Desks are those that the definition hands off to, in the order of the text.
func (b *Bot) Desks() []string {
	var all []string
	for _, name := range b.order {
		if h := b.states[name].Handoff; h != nil && !slices.Contains(all, h.To) {
			all = append(all, h.To)
		}
	}
	return all
}

// Reasons are those for which the definition, or the engine, ends a conversation.
func (b *Bot) Reasons() []string {
	all := []string{ReasonError, ReasonTimeout, ReasonLimit, ReasonOptout}
	for _, name := range b.order {
		if c := b.states[name].Close; c != nil && !slices.Contains(all, c.Reason) {
			all = append(all, c.Reason)
		}
	}
	return all
}

// Offers says whether some message may offer a button or row with this id; those of expressions may
// have any.
func (b *Bot) Offers(id string) bool { return offers(b.messages, id) }

// StateOffers says so of the messages that are said in a state: its own, and what is said beside
// its question.
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
	return slices.ContainsFunc(messages, func(m *Message) bool {
		if m.Dynamic {
			return true
		}
		for _, c := range m.Choices {
			if c.ID == id {
				return true
			}
		}
		return false
	})
}
