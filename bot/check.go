package bot

import "github.com/chattigo/api-isv/whatsapp"

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
	if d.problems.fatal() {
		return // the paths below need every state to be there
	}
	d.checkCycles(b)
	d.checkReachable(b)
	d.checkHijack(b)
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
	beside := [][]message{st.ask.retry.say, b.defaults.stale}
	for _, s := range st.ask.idle {
		beside = append(beside, s.say)
	}
	d.checkSize(st)
	if st.broken {
		return
	}
	for _, say := range beside {
		d.checkDeadButtons(say, st.ask)
	}
	d.checkOptions(st)
	d.checkChoices(st, beside)
}

// checkDeadButtons: a button beside a question must lead somewhere by a choice of its
// own or by a trigger; where no question is open, by a trigger.
func (d *decoder) checkDeadButtons(say []message, a *ask) {
	for i := range say {
		for _, c := range say[i].choices {
			if a != nil && a.has(c.ID) || d.triggered[c.ID] {
				continue
			}
			d.dead(&say[i], c)
		}
	}
}

func (d *decoder) dead(m *message, c whatsapp.Choice) {
	d.add(m.idAt(c), CodeButtonWithoutChoice, "no choice and no trigger takes the %s %q", widget(c), c.ID)
}

// checkOptions: each button of a question must lead somewhere, and there must be something
// with which it can be answered.
func (d *decoder) checkOptions(st *state) {
	answerable := false
	for i := range st.say {
		m := &st.say[i]
		answerable = answerable || st.ask.fits(m)
		for _, c := range m.choices {
			if _, ok := st.ask.target(c.ID); !ok && !d.triggered[c.ID] {
				d.dead(m, c)
			}
		}
	}
	if !answerable {
		d.add(st.ask.pos, CodeChoiceWithoutButton, "the state asks for a choice but says no message with buttons or a list")
	}
}

// fits says whether a message can be answered so that the question goes on. A place, a
// form and the like have no id, so that only `to` or "*" can take them; a template may have
// buttons that are not seen here.
func (a *ask) fits(m *message) bool {
	if _, open := a.otherwise(); open && m.answeredBy() != "" {
		return true
	}
	return len(m.choices) > 0 || m.send.Template != nil && len(a.choices) > 0
}

// checkChoices: each choice needs a button that makes it. A template's buttons are not
// all known.
func (d *decoder) checkChoices(st *state, beside [][]message) {
	ids := map[string]bool{"*": true}
	for _, say := range append([][]message{st.say}, beside...) {
		for i := range say {
			if say[i].send.Template != nil {
				return
			}
			for _, c := range say[i].choices {
				ids[c.ID] = true
			}
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
