package bot

import (
	"strings"

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
	for _, name := range b.order {
		d.checkState(b, b.states[name])
	}
	for _, say := range [][]message{b.defaults.stale, b.defaults.close} {
		d.checkMessages(b, say)
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
	d.checkMessages(b, st.say)
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
	for _, say := range beside {
		d.checkMessages(b, say)
	}
	if st.broken {
		return
	}
	for _, say := range beside {
		d.checkDeadButtons(say, st.ask)
	}
	d.checkOptions(st)
	d.checkChoices(st, beside)
}

// checkMessages holds messages against WhatsApp's limits, with a recipient and tags as
// they will be sent.
func (d *decoder) checkMessages(b *Bot, say []message) {
	const anyone = "56900000000"
	for i := range say {
		body := say[i].send
		body.To = anyone
		if !b.raw {
			d.checkTagged(&say[i])
			body.Interactive = tagged(body.Interactive, "", 0)
		}
		for _, p := range whatsapp.Validate(body) {
			d.add(say[i].at(p.Path), CodeMessage, "%s", p.String())
			d.problems[len(d.problems)-1].Warning = p.Warning
		}
	}
}

// checkTagged refuses ids that would be taken for tagged ones when they come back.
func (d *decoder) checkTagged(m *message) {
	for i, button := range m.buttons() {
		if strings.Contains(button.Reply.ID, "~") {
			d.add(m.at(idPath(i)), CodeValue, "an id must not hold ~, which separates the tag of its question")
		}
	}
}

// checkUniqueIDs: ids must differ over all messages of a question, not only inside one.
func (d *decoder) checkUniqueIDs(st *state) {
	seen := map[string]int{}
	for i := range st.say {
		for j, button := range st.say[i].buttons() {
			before, repeated := seen[button.Reply.ID]
			if repeated && before != i {
				d.add(st.say[i].at(idPath(j)), CodeDuplicateID, "another message of this state has a button with the id %q", button.Reply.ID)
			}
			seen[button.Reply.ID] = i
		}
	}
}

// checkDeadButtons: a button beside a question must lead somewhere by a choice of its
// own or by a trigger; where no question is open, by a trigger.
func (d *decoder) checkDeadButtons(say []message, a *ask) {
	for i := range say {
		for j, button := range say[i].buttons() {
			id := button.Reply.ID
			if a != nil && a.has(id) || d.triggered[id] {
				continue
			}
			d.add(say[i].at(idPath(j)), CodeButtonWithoutChoice, "no choice and no trigger takes the button %q", id)
		}
	}
}

// checkOptions: each button of a question must lead somewhere.
func (d *decoder) checkOptions(st *state) {
	offered := false
	for i := range st.say {
		for j, button := range st.say[i].buttons() {
			offered = true
			if _, ok := st.ask.target(button.Reply.ID); !ok && !d.triggered[button.Reply.ID] {
				d.add(st.say[i].at(idPath(j)), CodeButtonWithoutChoice, "no choice and no trigger takes the button %q", button.Reply.ID)
			}
		}
	}
	if !offered {
		d.add(st.ask.pos, CodeChoiceWithoutButton, "the state asks for a choice but says no message with buttons")
	}
}

// checkChoices: each choice needs a button that makes it.
func (d *decoder) checkChoices(st *state, beside [][]message) {
	ids := map[string]bool{"*": true}
	for _, say := range append([][]message{st.say}, beside...) {
		for _, o := range options(say) {
			ids[o.ID] = true
		}
	}
	for _, c := range st.ask.choices {
		if !ids[c.id] {
			d.add(c.pos, CodeChoiceWithoutButton, "no button of this state has the id %q", c.id)
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
