package definition

import (
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
)

const exits = "ask, goto, run, return, handoff and close"

func (d *decoder) states(n *yaml.Node, b *Bot) {
	if len(n.Content)/2 > maxStates {
		d.add(place(n), CodeTooLarge, "a bot may have at most %d states", maxStates)
		return
	}
	d.entries(n, "states", func(key, value *yaml.Node) {
		d.word(key, "the name of a state", stateForm)
		b.states[key.Value] = d.state(key, value)
		b.order = append(b.order, key.Value)
	})
}

func (d *decoder) state(key, n *yaml.Node) *State {
	s := &State{Name: key.Value, pos: place(key)}
	before, found := len(d.problems), 0
	exit := func(read field) field {
		return func(n *yaml.Node) {
			found++
			if found == 2 {
				d.add(place(d.key), CodeTwoExits, "state %q has more than one exit; it may have one of %s", s.Name, exits)
			}
			read(n)
		}
	}
	d.object(n, "a state", fields{
		"about":   func(n *yaml.Node) { s.about, _ = d.text(n, "about") },
		"set":     func(n *yaml.Node) { s.Set = d.assignments(n, "set", expr.Site{}) },
		"call":    func(n *yaml.Node) { s.Call = d.call(n) },
		"say":     func(n *yaml.Node) { s.Say = d.say(n) },
		"ask":     exit(func(n *yaml.Node) { s.Ask = d.ask(n) }),
		"goto":    exit(func(n *yaml.Node) { s.GoTo = d.target(n, "goto", expr.Site{}) }),
		"run":     exit(func(n *yaml.Node) { s.Run = d.subroutine(n) }),
		"return":  exit(func(n *yaml.Node) { s.Returns = d.always(n, "return") }),
		"handoff": exit(func(n *yaml.Node) { s.Handoff = d.handoff(n) }),
		"close":   exit(func(n *yaml.Node) { s.Close = d.closing(n) }),
		"llm":     d.later("llm"),
	})
	s.broken = len(d.problems) > before
	if n.Kind == yaml.MappingNode && found == 0 {
		s.broken = true
		d.add(place(key), CodeNoExit, "state %q has no exit; it needs one of %s", s.Name, exits)
	}
	return s
}

// target reads where to go on: one state, or a list of branches of which the last has no
// condition.
func (d *decoder) target(n *yaml.Node, what string, at expr.Site) Target {
	if n.Kind != yaml.SequenceNode {
		to := d.ref(n, what)
		return Target{{pos: to.pos, To: to}}
	}
	var all Target
	last := len(n.Content) - 1
	d.list(n, what, maxBranches, func(item *yaml.Node) {
		b := Branch{pos: place(item)}
		cond := child(item, "if")
		d.object(item, "a branch", fields{
			"if": func(n *yaml.Node) { b.When = d.expression(n, "if", at, expr.Bool) },
			"to": func(n *yaml.Node) { b.To = d.ref(n, "to") },
		}, "to")
		switch i := len(all); {
		case item.Kind != yaml.MappingNode:
		case i < last && cond == nil:
			d.add(b.pos, CodeBranch, "only the last branch may be without if: nothing behind this one can be reached")
		case i == last && cond != nil:
			d.add(b.pos, CodeBranch, "the last branch must be without if: it is for everything else")
		}
		all = append(all, b)
	})
	return all
}

// maxBranches bounds one list of branches.
const maxBranches = 100

func (d *decoder) subroutine(n *yaml.Node) *subroutine {
	r := &subroutine{}
	d.object(n, "run", fields{
		"state": func(n *yaml.Node) { r.State = d.ref(n, "state") },
		"then":  func(n *yaml.Node) { r.Then = d.ref(n, "then") },
	}, "state", "then")
	return r
}

// always reads a key that can only be true.
func (d *decoder) always(n *yaml.Node, what string) bool {
	if yes := d.boolean(n, what); !yes {
		d.add(place(n), CodeValue, "%s can only be true; leave it out otherwise", what)
	}
	return true
}

func (d *decoder) handoff(n *yaml.Node) *handoff {
	h := &handoff{}
	d.object(n, "handoff", fields{
		"to":         func(n *yaml.Node) { h.To = d.desk(n) },
		"note":       func(n *yaml.Node) { h.Note = d.template(n, "note") },
		"timeout":    func(n *yaml.Node) { h.Timeout = d.duration(n, "timeout") },
		"on_timeout": func(n *yaml.Node) { h.OnTimeout = d.ref(n, "on_timeout") },
		"on_resume":  func(n *yaml.Node) { h.OnResume = d.ref(n, "on_resume") },
	}, "to")
	if n.Kind == yaml.MappingNode && (child(n, "timeout") == nil) != (child(n, "on_timeout") == nil) {
		d.add(place(n), CodeMissingKey, "timeout and on_timeout belong together: how long to wait for a person, and what then")
	}
	return h
}

// desk reads who takes over, a name that operators see.
func (d *decoder) desk(n *yaml.Node) string {
	const most = 100
	name, ok := d.text(n, "to")
	if ok && (name == "" || len([]rune(name)) > most) {
		d.add(place(n), CodeValue, "to must be a name of 1 to %d characters", most)
	}
	return name
}

func (d *decoder) closing(n *yaml.Node) *closing {
	c := &closing{Notice: true}
	d.object(n, "close", fields{
		"reason": func(n *yaml.Node) { c.Reason = d.word(n, "reason", identForm) },
		"notice": func(n *yaml.Node) { c.Notice = d.boolean(n, "notice") },
	}, "reason")
	return c
}
