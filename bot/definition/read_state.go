package definition

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// exits are the keys of which a state has exactly one, for problems.
const exits = "ask, goto, run, return, handoff and close"

// exitKeys are the same.
var exitKeys = []string{"ask", "goto", "run", "return", "handoff", "close"}

func (d botReader) states(n *yaml.Node, b *Bot) {
	if len(n.Content)/2 > maxStates {
		d.Add(n, CodeTooLarge, "a bot may have at most %d states", maxStates)
		return
	}
	if d.outdented(n) {
		return
	}
	d.Entries(n, "states", func(key, value *yaml.Node) {
		name, glued := d.glued(key, stateForm)
		if glued {
			b.states[name] = &State{Name: name, place: tree.PlaceOf(key), broken: true}
		} else {
			name = d.word(key, "the name of a state", stateForm)
			b.states[name] = d.state(key, value)
		}
		b.order = append(b.order, name)
	})
}

// outdented reports whether a part of a state stands where the names of states do, below a name with
// nothing in it. What follows from that is not reported.
func (d botReader) outdented(n *yaml.Node) bool {
	for i := 2; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		name, value, key := n.Content[i-2], n.Content[i-1], n.Content[i]
		if value.Tag == "!!null" && (slices.Contains(stateKeys, key.Value) || key.Value == "close") {
			d.Add(key, CodeType, "%s is part of a state: indent it, and what follows it, deeper than the name %q on line %d", key.Value, name.Value, name.Line)
			return true
		}
	}
	return false
}

func (d botReader) state(key, n *yaml.Node) *State {
	s := &State{Name: key.Value, place: tree.PlaceOf(key)}
	before, lost, found := len(d.Problems), d.lost, 0
	exit := func(name string, read func(*yaml.Node)) func(*yaml.Node) {
		return func(value *yaml.Node) {
			found++
			if found == 2 {
				d.AddAt(tree.PlaceOf(tree.FindKey(n, name)), CodeTwoExits, "state %q has more than one exit; it may have one of %s", s.Name, exits)
			}
			read(value)
		}
	}
	d.Object(n, "a state", tree.Fields{
		"about":   func(n *yaml.Node) { s.about, _ = d.Text(n, "about") },
		"set":     func(n *yaml.Node) { s.Set = d.assignments(n, "set", expr.Site{}) },
		"call":    func(v *yaml.Node) { s.Call = callReader{d.decoder}.call(tree.PlaceOf(tree.FindKey(n, "call")), v) },
		"say":     func(n *yaml.Node) { s.Say = d.say(n) },
		"ask":     exit("ask", func(v *yaml.Node) { s.Ask = d.ask(tree.PlaceOf(tree.FindKey(n, "ask")), v) }),
		"goto":    exit("goto", func(v *yaml.Node) { s.GoTo = d.target(v, "goto", expr.Site{}) }),
		"run":     exit("run", func(v *yaml.Node) { s.Run = d.subroutine(v) }),
		"return":  exit("return", func(v *yaml.Node) { d.returns(v, s) }),
		"handoff": exit("handoff", func(v *yaml.Node) { s.Handoff = d.handoff(v) }),
		"close":   exit("close", func(v *yaml.Node) { s.Close = d.closing(v) }),
		"llm":     d.later(n, "llm", "llm"),
	})
	s.broken = len(d.Problems) > before || d.lost > lost
	if n.Kind == yaml.MappingNode && found == 0 && !slices.ContainsFunc(exitKeys, func(key string) bool { return d.Has(n, key) }) {
		s.broken = true
		d.Add(key, CodeNoExit, "state %q has no exit; it needs one of %s", s.Name, exits)
	}
	return s
}

// maxBranches bounds one list of branches.
const maxBranches = 100

// target reads where to go on: one state, or a list of branches of which the last has no condition.
func (d botReader) target(n *yaml.Node, what string, at expr.Site) Target {
	if n.Kind != yaml.SequenceNode {
		to := d.ref(n, what)
		return Target{{place: to.place, To: to}}
	}
	var all Target
	last := len(n.Content) - 1
	d.List(n, what, maxBranches, func(item *yaml.Node) {
		b := Branch{place: tree.PlaceOf(item)}
		cond := tree.Child(item, "if")
		d.Object(item, "a branch", tree.Fields{
			"if": func(n *yaml.Node) { b.When = d.expression(n, "if", at, expr.Bool) },
			"to": func(n *yaml.Node) { b.To = d.ref(n, "to") },
		}, "to")
		switch i := len(all); {
		case item.Kind != yaml.MappingNode:
		case i < last && cond == nil:
			d.AddAt(b.place, CodeBranch, "only the last branch may be without if: nothing behind this one can be reached")
		case i == last && cond != nil:
			d.AddAt(b.place, CodeBranch, "the last branch must be without if: it is for everything else")
		}
		all = append(all, b)
	})
	return all
}

// returns reads how a subroutine ends.
func (d botReader) returns(n *yaml.Node, s *State) {
	s.Returns, s.returnPlace = true, tree.PlaceOf(n)
	switch {
	case tree.IsText(n) && n.Value == "failed":
		s.Fails = true
	case n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || !d.Boolean(n, "return"):
		d.Add(n, CodeValue, "return is true, or failed where the subroutine has failed")
	}
}

func (d botReader) subroutine(n *yaml.Node) *Subroutine {
	r := &Subroutine{}
	d.Object(n, "run", tree.Fields{
		"state":  func(n *yaml.Node) { r.State = d.ref(n, "state") },
		"with":   func(n *yaml.Node) { r.With, r.withPlace = d.assignments(n, "with", expr.Site{}), tree.PlaceOf(n) },
		"then":   func(n *yaml.Node) { r.Then = d.ref(n, "then") },
		"failed": func(n *yaml.Node) { r.Failed = d.ref(n, "failed") },
	}, "state", "then")
	return r
}

func (d botReader) handoff(n *yaml.Node) *Handoff {
	h := &Handoff{}
	d.Object(n, "handoff", tree.Fields{
		"to":         func(n *yaml.Node) { h.To = d.desk(n) },
		"note":       func(n *yaml.Node) { h.Note = d.template(n, "note") },
		"timeout":    func(n *yaml.Node) { h.Timeout = d.Duration(n, "timeout") },
		"on_timeout": func(n *yaml.Node) { h.OnTimeout = d.ref(n, "on_timeout") },
		"on_resume":  func(n *yaml.Node) { h.OnResume = d.ref(n, "on_resume") },
	}, "to")
	if n.Kind == yaml.MappingNode && d.Has(n, "timeout") != d.Has(n, "on_timeout") {
		d.Add(n, CodeMissingKey, "timeout and on_timeout belong together: how long to wait for a person, and what then")
	}
	return h
}

// desk reads the name of the desk that takes over, which operators see.
func (d botReader) desk(n *yaml.Node) string {
	const most = 100
	name, ok := d.Text(n, "to")
	if ok && (name == "" || len([]rune(name)) > most) {
		d.Add(n, CodeValue, "to must be a name of 1 to %d characters", most)
	}
	return name
}

func (d botReader) closing(n *yaml.Node) *Closing {
	c := &Closing{Notice: true}
	d.Object(n, "close", tree.Fields{
		"reason": func(n *yaml.Node) { c.Reason = d.word(n, "reason", identForm) },
		"notice": func(n *yaml.Node) { c.Notice = d.Boolean(n, "notice") },
	}, "reason")
	return c
}
