package definition

import (
	"slices"

	"github.com/chattigo/api-isv/whatsapp"
)

// check looks at what the parts of a definition mean for each other, and puts in the
// built-in defaults. A part that could not be read is left out of checks that would only
// report consequences.
func (d *decoder) check(b *Bot) {
	d.checkRefs(b)
	d.checkUsed()
	d.fillDefaults(b)
	d.triggered = triggerIDs(b.Triggers)
	d.checkMessages(b)
	for _, name := range b.order {
		d.checkState(b, b.states[name])
	}
	d.checkDeadButtons(b.Defaults.Close, nil)
	d.checkDeadButtons(b.Optout.Say, nil)
	d.checkOptout(b)
	if d.problems.fatal() {
		return // the paths below need every state to be there
	}
	d.checkCycles(b)
	if d.problems.fatal() {
		return
	}
	d.checkEnds(b)
	d.checkReachable(b)
	d.checkReturns(b)
	d.checkHijack(b)
	d.checkTriggers(b)
	d.checkPerson(b)
}

func (d *decoder) checkRefs(b *Bot) {
	if len(b.order) == 0 {
		return
	}
	for _, r := range d.refs {
		if b.states[r.Name] == nil {
			d.add(r.pos, CodeUnknownState, "there is no state %q", r.Name)
		}
	}
}

func (d *decoder) checkUsed() {
	for _, s := range d.shared {
		if !d.used[s.name] {
			d.warn(s.pos, CodeUnused, "nobody says the message %q", s.name)
		}
	}
}

// checkState checks what a state says and asks.
func (d *decoder) checkState(b *Bot, st *State) {
	d.checkUniqueIDs(st)
	if st.Ask == nil {
		if !st.broken {
			d.checkDeadButtons(st.Say, nil)
		}
		return
	}
	d.checkSize(st)
	if st.broken {
		return
	}
	beside := besideAsk(b, st.Ask)
	for _, say := range beside {
		d.checkDeadButtons(say, st.Ask)
	}
	d.checkOptions(st)
	d.checkChoices(st, beside)
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
func (d *decoder) checkDeadButtons(say []*Message, a *Ask) {
	for _, m := range say {
		for _, c := range m.Choices {
			if a != nil && a.Has(c.ID) || d.triggered[c.ID] {
				continue
			}
			d.dead(m, c)
		}
	}
}

func (d *decoder) dead(m *Message, c whatsapp.Choice) {
	d.add(m.idAt(c), CodeButtonWithoutChoice, "no choice and no trigger takes the %s %q", widget(c), c.ID)
}

// checkOptions: each button of a question must lead somewhere, and there must be something
// with which it can be answered.
func (d *decoder) checkOptions(st *State) {
	answerable := st.Ask.As != AsChoice
	for _, m := range st.Say {
		answerable = answerable || st.Ask.fits(m)
		for _, c := range m.Choices {
			if !st.Ask.Target(c.ID).Leads() && !d.triggered[c.ID] {
				d.dead(m, c)
			}
		}
		if m.Dynamic && !st.Ask.Otherwise().Leads() {
			d.add(st.Ask.pos, CodeDynamic, `the ids of some options come from an expression; add the choice "*", which takes every id that is not named`)
		}
	}
	if !answerable {
		d.add(st.Ask.pos, CodeChoiceWithoutButton, "the state asks for a choice but says no message with buttons or a list; say one, or give the kind of answer with as")
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
func (d *decoder) checkChoices(st *State, beside [][]*Message) {
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
			d.add(c.pos, CodeChoiceWithoutButton, "no button or row of this state has the id %q", c.id)
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
