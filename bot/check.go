package bot

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
	d.triggered = triggerIDs(b.triggers)
	d.checkMessages(b)
	for _, name := range b.order {
		d.checkState(b, b.states[name])
	}
	d.checkDeadButtons(b.defaults.close, nil)
	d.checkDeadButtons(b.optout.say, nil)
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
		if b.states[r.name] == nil {
			d.add(r.pos, CodeUnknownState, "there is no state %q", r.name)
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
func (d *decoder) checkState(b *Bot, st *state) {
	d.checkUniqueIDs(st)
	if st.ask == nil {
		if !st.broken {
			d.checkDeadButtons(st.say, nil)
		}
		return
	}
	d.checkSize(st)
	if st.broken {
		return
	}
	beside := besideAsk(b, st.ask)
	for _, say := range beside {
		d.checkDeadButtons(say, st.ask)
	}
	d.checkOptions(st)
	d.checkChoices(st, beside)
}

// besideAsk is what is said while a question is open, apart from the question.
func besideAsk(b *Bot, a *ask) [][]*message {
	beside := [][]*message{a.retry.say, b.defaults.stale}
	for _, s := range a.idle {
		beside = append(beside, s.say)
	}
	for _, r := range a.reject {
		beside = append(beside, r.say)
	}
	return beside
}

// checkDeadButtons: a button beside a question must lead somewhere by a choice of its
// own or by a trigger; where no question is open, by a trigger.
func (d *decoder) checkDeadButtons(say []*message, a *ask) {
	for _, m := range say {
		for _, c := range m.choices {
			if a != nil && a.has(c.ID) || d.triggered[c.ID] {
				continue
			}
			d.dead(m, c)
		}
	}
}

func (d *decoder) dead(m *message, c whatsapp.Choice) {
	d.add(m.idAt(c), CodeButtonWithoutChoice, "no choice and no trigger takes the %s %q", widget(c), c.ID)
}

// checkOptions: each button of a question must lead somewhere, and there must be something
// with which it can be answered.
func (d *decoder) checkOptions(st *state) {
	answerable := st.ask.as != asChoice
	for _, m := range st.say {
		answerable = answerable || st.ask.fits(m)
		for _, c := range m.choices {
			if !st.ask.target(c.ID).leads() && !d.triggered[c.ID] {
				d.dead(m, c)
			}
		}
		if m.dynamic && !st.ask.otherwise().leads() {
			d.add(st.ask.pos, CodeDynamic, `the ids of some options come from an expression; add the choice "*", which takes every id that is not named`)
		}
	}
	if !answerable {
		d.add(st.ask.pos, CodeChoiceWithoutButton, "the state asks for a choice but says no message with buttons or a list; say one, or give the kind of answer with as")
	}
}

// fits says whether a message can be answered so that the question goes on. A place, a
// form and the like have no id, so that only `to` or "*" can take them; a template may have
// buttons that are not seen here.
func (a *ask) fits(m *message) bool {
	if a.otherwise().leads() && m.answeredBy() != "" {
		return true
	}
	return len(m.choices) > 0 || m.dynamic || m.send.Template != nil && len(a.choices) > 0
}

// checkChoices: each choice needs a button that makes it. Those of a template, or of an
// expression, are not all known.
func (d *decoder) checkChoices(st *state, beside [][]*message) {
	ids := map[string]bool{"*": true}
	for _, m := range slices.Concat(append([][]*message{st.say}, beside...)...) {
		if m.send.Template != nil || m.dynamic {
			return
		}
		for _, c := range m.choices {
			ids[c.ID] = true
		}
	}
	for _, c := range st.ask.choices {
		if !ids[c.id] {
			d.add(c.pos, CodeChoiceWithoutButton, "no button or row of this state has the id %q", c.id)
		}
	}
}

// triggerIDs are the reply ids that triggers take.
func triggerIDs(triggers []trigger) map[string]bool {
	ids := map[string]bool{}
	for _, g := range triggers {
		for _, id := range g.choice {
			ids[id] = true
		}
	}
	return ids
}
