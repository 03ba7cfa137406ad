package bot

import (
	"fmt"
	"strconv"
)

// Edge is one way from a state to another, or a word of the bot's own on the way: what a graph
// draws and what a test can cover.
type Edge struct {
	// From is the state; empty for the start, triggers and defaults.error.
	From string `json:"from,omitempty"`
	// Via names the place of the definition: "start", "trigger 2", "defaults.error", "choice ID",
	// "choice *", "to", "to 2" (a branch), "goto", "goto 2", "run", "then", "return", "retry.else",
	// "idle 1", "on_error", "on_status 409", "on_timeout", "on_resume" and, after a handoff from
	// outside, "resume" to the question that is open. Branches, triggers and
	// the items of idle count from 1. "then" is never taken by itself: it is where a "return" leads.
	Via string `json:"via"`
	// To is where it leads; empty for a reminder, which stays, and for a return.
	To string `json:"to,omitempty"`
}

// StateInfo is what a graph or a report says of a state.
type StateInfo struct {
	Name  string
	About string
	// Exit is ask, goto, run, return, handoff or close; Reason why it closes.
	Exit   string
	Reason string
	// Calls says that the state makes an HTTP call.
	Calls bool
	// Line is where it stands in the definition.
	Line int
}

// Edges are all edges of the definition: start and triggers first, then those of the states in
// the order of the text.
func (b *Bot) Edges() []Edge {
	all := []Edge{{Via: "start", To: b.start.name}}
	for i, g := range b.triggers {
		all = append(all, Edge{Via: fmt.Sprintf("trigger %d", i+1), To: g.to.name})
	}
	if b.defaults.err.name != "" {
		all = append(all, Edge{Via: "defaults.error", To: b.defaults.err.name})
	}
	for _, name := range b.order {
		all = append(all, b.states[name].edges()...)
	}
	return all
}

// edges are the ways out of a state, as [turn.follow] names them.
func (st *state) edges() []Edge {
	var all edges
	if st.call != nil {
		for _, s := range st.call.onStatus {
			all.add(st, "on_status "+strconv.Itoa(s.status), s.to)
		}
		all.add(st, "on_error", st.call.onError)
	}
	if st.ask != nil {
		all.ask(st, st.ask)
	}
	all.target(st, "goto", st.goTo)
	if st.run != nil {
		all.add(st, "run", st.run.state)
		all.add(st, "then", st.run.then)
	}
	if st.returns {
		all = append(all, Edge{From: st.name, Via: "return"})
	}
	if st.handoff != nil {
		all.add(st, "on_timeout", st.handoff.onTimeout)
		all.add(st, "on_resume", st.handoff.onResume)
	}
	return all
}

type edges []Edge

func (all *edges) add(st *state, via string, to ref) {
	if to.name != "" {
		*all = append(*all, Edge{From: st.name, Via: via, To: to.name})
	}
}

func (all *edges) target(st *state, via string, to target) {
	for i, b := range to {
		if len(to) == 1 {
			all.add(st, via, b.to)
			continue
		}
		all.add(st, fmt.Sprintf("%s %d", via, i+1), b.to)
	}
}

func (all *edges) ask(st *state, a *ask) {
	for _, c := range a.choices {
		all.add(st, "choice "+c.id, c.to)
	}
	all.target(st, "to", a.to)
	all.add(st, "retry.else", a.retry.to)
	for i, s := range a.idle {
		via := fmt.Sprintf("idle %d", i+1)
		if s.exit() {
			all.add(st, via, s.to)
			continue
		}
		*all = append(*all, Edge{From: st.name, Via: via})
	}
}

// States are the definition's states in the order of the text.
func (b *Bot) States() []StateInfo {
	all := make([]StateInfo, 0, len(b.order))
	for _, name := range b.order {
		st := b.states[name]
		info := StateInfo{Name: name, About: st.about, Exit: st.exitName(), Calls: st.call != nil, Line: st.pos.line}
		if st.close != nil {
			info.Reason = st.close.reason
		}
		all = append(all, info)
	}
	return all
}

func (st *state) exitName() string {
	switch {
	case st.ask != nil:
		return "ask"
	case st.run != nil:
		return "run"
	case st.returns:
		return "return"
	case st.handoff != nil:
		return "handoff"
	case st.close != nil:
		return "close"
	}
	return "goto"
}
