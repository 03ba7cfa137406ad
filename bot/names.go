package bot

import (
	"maps"
	"slices"

	"github.com/chattigo/api-isv/bot/expr"
)

// What follows are the names of a definition that others may hold theirs against, such as tests.

// Vars are the declared variables and their types.
func (b *Bot) Vars() map[string]expr.Type { return maps.Clone(b.vars) }

// Desks are those that the definition hands off to, in the order of the text.
func (b *Bot) Desks() []string {
	var all []string
	for _, name := range b.order {
		if h := b.states[name].handoff; h != nil && !slices.Contains(all, h.to) {
			all = append(all, h.to)
		}
	}
	return all
}

// Reasons are those for which the definition, or the engine, ends a conversation.
func (b *Bot) Reasons() []string {
	all := []string{ReasonError, ReasonTimeout, ReasonLimit, ReasonOptout}
	for _, name := range b.order {
		if c := b.states[name].close; c != nil && !slices.Contains(all, c.reason) {
			all = append(all, c.reason)
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
	if offers(st.say, id) || offers(b.defaults.close, id) {
		return true
	}
	return st.ask != nil && slices.ContainsFunc(besideAsk(b, st.ask), func(say []*message) bool { return offers(say, id) })
}

func offers(messages []*message, id string) bool {
	return slices.ContainsFunc(messages, func(m *message) bool {
		if m.dynamic {
			return true
		}
		for _, c := range m.choices {
			if c.ID == id {
				return true
			}
		}
		return false
	})
}
