package explore

import (
	"fmt"
	"slices"
	"strings"
)

// judge finds what only the whole walk shows. What was not walked is given the benefit of the doubt.
func (e *explorer) judge() {
	e.findLoops()
	e.findDeadEnds()
	e.findEndless()
	if e.o.HumanWithin > 0 {
		e.findWithoutPerson()
	}
}

// findDeadEnds finds questions to which every answer leads back to themselves.
func (e *explorer) findDeadEnds() {
	for _, n := range e.nodes {
		switch {
		case n.kind == waits && n.state == "" && len(n.edges) == 0 && n.walked:
			e.find(CodeDeadEnd, "", "the bot waits for nothing, and no timer runs", n, nil)
		case n.kind == asks && !leads(n):
			e.find(CodeDeadEnd, n.state, fmt.Sprintf("every answer to the question of the state %s leads back to it", n.state), n, nil)
		}
	}
}

// leads reports whether the contact can leave a question, perhaps after it was asked again.
func leads(from *node) bool {
	known := map[*node]bool{from: true}
	for todo := []*node{from}; len(todo) > 0; {
		n := todo[0]
		todo = todo[1:]
		if !n.walked || n.unanswered {
			return true
		}
		for _, edge := range n.edges {
			switch {
			case !edge.by.contact():
			case edge.to == nil || edge.to.kind != asks || edge.to.state != from.state:
				return true
			case !known[edge.to]:
				known[edge.to] = true
				todo = append(todo, edge.to)
			}
		}
	}
	return false
}

// findEndless finds questions from which the chat can come neither to an end nor to a person.
func (e *explorer) findEndless() {
	ends := e.ending()
	for _, n := range e.nodes {
		if n.kind == asks && !ends[n] {
			e.find(CodeDeadEnd, n.state, fmt.Sprintf("from the question of the state %s the chat comes neither to an end nor to a person, whatever happens", n.state), n, nil)
		}
	}
}

// ending are the nodes from which the chat comes to an end or to a person, or may do so.
func (e *explorer) ending() map[*node]bool {
	before := map[*node][]*node{}
	var todo []*node
	for _, n := range e.nodes {
		if n.kind == ended || n.kind == muted || !n.walked || n.unanswered {
			todo = append(todo, n)
		}
		for _, edge := range n.edges {
			if edge.to == nil {
				todo = append(todo, n)
			} else {
				before[edge.to] = append(before[edge.to], n)
			}
		}
	}
	ends := map[*node]bool{}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !ends[n] {
			ends[n] = true
			todo = append(todo, before[n]...)
		}
	}
	return ends
}

// findLoops finds ways on which the bot comes back to where it was by silence and calls alone: it
// would go on until the service stops it.
func (e *explorer) findLoops() {
	onward := map[string][]way{}
	for _, n := range e.nodes {
		for _, edge := range n.edges {
			if edge.to != nil && !edge.to.over() && (edge.by == byTime || edge.by == byCall) {
				onward[n.core] = append(onward[n.core], way{n, edge})
			}
		}
	}
	dropDeadWays(onward)
	for _, n := range e.nodes {
		if around := circle(n.core, onward); around != nil {
			e.findLoop(around)
		}
	}
}

// over reports whether nothing goes on from a node without the contact.
func (n *node) over() bool { return n.kind == ended }

func (e *explorer) findLoop(around []way) {
	last := around[len(around)-1]
	var through []string
	for _, w := range around {
		if w.from.state != "" && !slices.Contains(through, w.from.state) {
			through = append(through, w.from.state)
		}
	}
	slices.Sort(through)
	e.find(CodeLoop, through[0], "without a word of the contact the bot goes round for ever: "+strings.Join(through, ", "),
		last.from, last.edge.play)
}

// dropDeadWays drops the ways that lead to nowhere, until all that are left lead to a circle.
func dropDeadWays(onward map[string][]way) {
	for changed := true; changed; {
		changed = false
		for core, ways := range onward {
			left := slices.DeleteFunc(ways, func(w way) bool { return len(onward[w.edge.to.core]) == 0 })
			if changed = changed || len(left) < len(ways); len(left) == 0 {
				delete(onward, core)
			} else {
				onward[core] = left
			}
		}
	}
}

// way is an edge with where it begins.
type way struct {
	from *node
	edge edge
}

// circle is a shortest way from a core back to itself; nil when there is none.
func circle(core string, onward map[string][]way) []way {
	came := map[string]*step{}
	for todo := []*step{{core: core}}; len(todo) > 0; {
		at := todo[0]
		todo = todo[1:]
		for _, w := range onward[at.core] {
			next := &step{core: w.edge.to.core, way: w, before: at}
			if next.core == core {
				return next.ways()
			}
			if came[next.core] == nil {
				came[next.core] = next
				todo = append(todo, next)
			}
		}
	}
	return nil
}

// step is a place on a way, and how it was come to.
type step struct {
	core   string
	way    way
	before *step
}

func (s *step) ways() []way {
	var all []way
	for ; s.before != nil; s = s.before {
		all = append(all, s.way)
	}
	slices.Reverse(all)
	return all
}

// findWithoutPerson finds questions from which no person is reached within so many messages of the
// contact, at the best choice of the contact and the worst outcome of calls. It looks at the time
// when most of the opening hours are open only.
func (e *explorer) findWithoutPerson() {
	near := map[*node]bool{}
	for _, n := range e.nodes {
		near[n] = n.kind == muted || n.kind != ended && !n.walked
	}
	for range e.o.HumanWithin {
		e.throughCalls(near)
		for _, n := range e.oneMessageFrom(near) {
			near[n] = true
		}
	}
	within := fmt.Sprintf("%d messages", e.o.HumanWithin)
	if e.o.HumanWithin == 1 {
		within = "1 message"
	}
	for _, n := range e.nodes {
		if n.kind == asks && n.open == e.nodes[0].open && !near[n] {
			e.find(CodeNoPerson, n.state, fmt.Sprintf("from the question of the state %s no person is reached within %s", n.state, within), n, nil)
		}
	}
}

// oneMessageFrom are the nodes from which a message of the contact leads to one that is near.
func (e *explorer) oneMessageFrom(near map[*node]bool) []*node {
	var all []*node
	for _, n := range e.nodes {
		leads := func(ed edge) bool { return ed.by.contact() && reaches(ed, near) }
		if n.unanswered || slices.ContainsFunc(n.edges, leads) {
			all = append(all, n)
		}
	}
	return all
}

// throughCalls adds the calls of which every outcome is near.
func (e *explorer) throughCalls(near map[*node]bool) {
	for changed := true; changed; {
		changed = false
		for _, n := range e.nodes {
			if n.kind == calls && !near[n] && !slices.ContainsFunc(n.edges, func(ed edge) bool { return !reaches(ed, near) }) {
				near[n], changed = true, true
			}
		}
	}
}

func reaches(ed edge, near map[*node]bool) bool { return ed.to == nil || near[ed.to] }
