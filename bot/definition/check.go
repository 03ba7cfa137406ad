package definition

import (
	"slices"

	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// checker holds the parts of a definition that was read against each other, and fills in the
// built-in defaults.
type checker struct {
	tree.Reader

	bot *Bot
	// shared are the messages under `messages`, used reports which of them some state says.
	shared []sharedMessage
	used   map[string]bool
	// triggered are the reply ids that triggers accept.
	triggered map[string]bool
}

// check runs all checks. A part that could not be read is left out of checks that would only
// report consequences.
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
			ck.AddAt(r.pos, CodeUnknownState, "there is no state %q", r.Name)
		}
	}
}

func (ck *checker) checkUsed() {
	for _, s := range ck.shared {
		if !ck.used[s.name] {
			ck.WarnAt(s.pos, CodeUnused, "nobody says the message %q", s.name)
		}
	}
}

// checkState checks what a state says and asks.
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

// besideAsk is what is said while a question is open, apart from the question.
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

// checkDeadButtons: a button beside a question must lead somewhere by a choice of its
// own or by a trigger; where no question is open, by a trigger.
func (ck *checker) checkDeadButtons(say []*Message, a *Ask) {
	for _, m := range say {
		for _, c := range m.Choices {
			if a != nil && a.Has(c.ID) || ck.triggered[c.ID] {
				continue
			}
			ck.dead(m, c)
		}
	}
}

func (ck *checker) dead(m *Message, c outbound.Choice) {
	ck.AddAt(m.idAt(c), CodeButtonWithoutChoice, "no choice and no trigger takes the %s %q", widget(c), c.ID)
}

// checkOptions: each button of a question must lead somewhere, and there must be something
// with which it can be answered.
func (ck *checker) checkOptions(st *State) {
	answerable := st.Ask.As != AsChoice
	for _, m := range st.Say {
		answerable = answerable || st.Ask.fits(m)
		for _, c := range m.Choices {
			if !st.Ask.Target(c.ID).Leads() && !ck.triggered[c.ID] {
				ck.dead(m, c)
			}
		}
		if m.Dynamic && !st.Ask.Otherwise().Leads() {
			ck.AddAt(st.Ask.pos, CodeDynamic, `the ids of some options come from an expression; add the choice "*", which takes every id that is not named`)
		}
	}
	if !answerable {
		ck.AddAt(st.Ask.pos, CodeChoiceWithoutButton, "the state asks for a choice but says no message with buttons or a list; say one, or give the kind of answer with as")
	}
}

// fits says whether a message can be answered so that the question goes on. A place, a
// form and the like have no id, so that only `to` or "*" can take them; a template may have
// buttons that are not seen here.
func (a *Ask) fits(m *Message) bool {
	if a.Otherwise().Leads() && m.AnsweredBy() != "" {
		return true
	}
	return len(m.Choices) > 0 || m.Dynamic || m.Body.Template != nil && len(a.choices) > 0
}

// checkChoices: each choice needs a button that makes it. Those of a template, or of an
// expression, are not all known.
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
			ck.AddAt(c.pos, CodeChoiceWithoutButton, "no button or row of this state has the id %q", c.id)
		}
	}
}

// triggerIDs are the reply ids that triggers take.
func triggerIDs(triggers []Trigger) map[string]bool {
	ids := map[string]bool{}
	for _, g := range triggers {
		for _, id := range g.Choice {
			ids[id] = true
		}
	}
	return ids
}
