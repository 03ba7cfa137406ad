package definition

import (
	"slices"

	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// checker compares the states, messages and triggers of a definition that was read with each other,
// and fills in the built-in defaults. [Load] makes one for each definition.
type checker struct {
	tree.Reader

	bot *Bot
	// shared are the messages under `messages`, used the names of those that some state says.
	shared []sharedMessage
	used   map[string]bool
	// triggered are the reply ids for which there is a trigger.
	triggered map[string]bool
}

// check runs all checks. A state that could not be read is left out of checks that would only
// report what follows from that. The checks of paths run only while no fatal problem was found.
func (ck *checker) check(refs []Ref) {
	ck.checkRefs(refs)
	ck.checkUsed()
	ck.fillDefaults()
	ck.checkMessages()
	for _, name := range ck.bot.order {
		ck.checkState(ck.bot.states[name])
	}
	ck.checkDeadButtons(ck.bot.Defaults.Close, nil)
	ck.checkDeadButtons(ck.bot.Optout.Say, nil)
	ck.checkOptout()
	if tree.Fatal(ck.Problems) {
		return // the paths below need every state to be there
	}
	ck.checkCycles()
	if tree.Fatal(ck.Problems) {
		return
	}
	ck.checkEnds()
	ck.checkReachable()
	ck.checkReturns()
	ck.checkHijack()
	ck.checkTriggers()
	ck.checkPerson()
}

func (ck *checker) checkRefs(refs []Ref) {
	if len(ck.bot.order) == 0 {
		return
	}
	for _, r := range refs {
		if ck.bot.states[r.Name] == nil {
			ck.AddAt(r.place, CodeUnknownState, "there is no state %q", r.Name)
		}
	}
}

func (ck *checker) checkUsed() {
	for _, s := range ck.shared {
		if !ck.used[s.name] {
			ck.WarnAt(s.place, CodeUnused, "nobody says the message %q", s.name)
		}
	}
}

// checkState checks the messages of a state, and its question against them.
func (ck *checker) checkState(st *State) {
	ck.checkUniqueIDs(st)
	if st.Ask == nil {
		if !st.broken {
			ck.checkDeadButtons(st.Say, nil)
		}
		return
	}
	ck.checkSize(st)
	if st.broken {
		return
	}
	beside := besideAsk(ck.bot, st.Ask)
	for _, say := range beside {
		ck.checkDeadButtons(say, st.Ask)
	}
	ck.checkOptions(st)
	ck.checkChoices(st, beside)
}

// besideAsk lists the messages that may be said while a question is open, without the question.
func besideAsk(b *Bot, a *Ask) [][]*Message {
	beside := [][]*Message{a.Retry.Say, b.Defaults.Stale}
	for _, s := range a.Idle {
		beside = append(beside, s.Say)
	}
	for _, r := range a.Reject {
		beside = append(beside, r.Say)
	}
	return beside
}

// checkDeadButtons refuses buttons that lead nowhere. A button beside a question needs a choice
// that names it or a trigger; where no question is open (a is nil), a trigger.
func (ck *checker) checkDeadButtons(say []*Message, a *Ask) {
	for _, m := range say {
		for _, c := range m.Choices {
			if a != nil && a.Has(c.ID) || ck.triggered[c.ID] {
				continue
			}
			ck.addDead(m, c)
		}
	}
}

// addDead reports a button or row that leads nowhere.
func (ck *checker) addDead(m *Message, c outbound.Choice) {
	ck.AddAt(m.idAt(c), CodeButtonWithoutChoice, "no choice and no trigger takes the %s %q", widget(c), c.ID)
}

// checkOptions refuses buttons of a question that lead nowhere, and a question that asks for a
// choice but offers none.
func (ck *checker) checkOptions(st *State) {
	answerable := st.Ask.As != AsChoice
	for _, m := range st.Say {
		answerable = answerable || st.Ask.answerable(m)
		for _, c := range m.Choices {
			if !st.Ask.Target(c.ID).Leads() && !ck.triggered[c.ID] {
				ck.addDead(m, c)
			}
		}
		if m.Dynamic && !st.Ask.Otherwise().Leads() {
			ck.AddAt(st.Ask.place, CodeDynamic, `the ids of some options come from an expression; add the choice "*", which takes every id that is not named`)
		}
	}
	if !answerable {
		ck.AddAt(st.Ask.place, CodeChoiceWithoutButton, "the state asks for a choice but says no message with buttons or a list; say one, or give the kind of answer with as")
	}
}

// answerable reports whether the message can be answered in a way that leads on from the question.
// A location, a form and the like have no id, so that only `to` or "*" can lead on from them; a
// template may have buttons that are not known here.
func (a *Ask) answerable(m *Message) bool {
	if a.Otherwise().Leads() && m.AnsweredBy() != "" {
		return true
	}
	return len(m.Choices) > 0 || m.Dynamic || m.Body.Template != nil && len(a.choices) > 0
}

// checkChoices refuses choices that no button offers. Where a template or an expression is among
// the messages, not all buttons are known and nothing is refused.
func (ck *checker) checkChoices(st *State, beside [][]*Message) {
	ids := map[string]bool{"*": true}
	for _, m := range slices.Concat(append([][]*Message{st.Say}, beside...)...) {
		if m.Body.Template != nil || m.Dynamic {
			return
		}
		for _, c := range m.Choices {
			ids[c.ID] = true
		}
	}
	for _, c := range st.Ask.choices {
		if !ids[c.id] {
			ck.AddAt(c.place, CodeChoiceWithoutButton, "no button or row of this state has the id %q", c.id)
		}
	}
}

// triggerIDs are the reply ids for which there is a trigger.
func triggerIDs(triggers []Trigger) map[string]bool {
	ids := map[string]bool{}
	for _, g := range triggers {
		for _, id := range g.Choice {
			ids[id] = true
		}
	}
	return ids
}
