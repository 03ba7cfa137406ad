package definition

import (
	"fmt"
	"strconv"

	"github.com/chattigo/api-isv/bot/tree"
)

// Edge is one way out of a state, or a reminder in it: what a graph draws and what a test can cover.
type Edge struct {
	// From is the state; empty for the start, triggers and defaults.error.
	From string `json:"from,omitempty"`
	// Via names the place of the definition: "start", "trigger 2", "defaults.error", "choice ID",
	// "choice *", "to", "to 2" (a branch), "goto", "goto 2", "run", "then", "failed", "return",
	// "retry.else", "idle 1", "on_error", "on_status 409", "on_timeout", "on_resume" and, after a handoff from
	// outside, "resume" to the question that is open. Branches, triggers and the items of idle count
	// from 1. The bot never goes by "then" itself: it is where a "return" leads. A return that fails is
	// followed by the "failed" of the state whose subroutine it was.
	Via string `json:"via"`
	// To is where it leads; empty for a reminder, which stays, and for a return.
	To string `json:"to,omitempty"`
}

// PlacedEdge is an edge and the line of the definition where it stands. One that comes from the
// defaults or is built in has the line of its state.
type PlacedEdge struct {
	Edge

	Line int
}

// StateInfo is a state as graphs and reports show it.
type StateInfo struct {
	Name  string
	About string
	// Exit is ask, goto, run, return, handoff or close; Reason why it closes.
	Exit   string
	Reason string
	// Calls is true for a state that makes an HTTP call.
	Calls bool
	// Line is where the state begins in the definition.
	Line int
}

// Edges are all edges of the definition: start and triggers first, then those of the states in
// the order of the text.
func (b *Bot) Edges() []PlacedEdge {
	all := edges{{Edge{Via: "start", To: b.Start.Name}, b.Start.place.Line}}
	for i, g := range b.Triggers {
		all = append(all, PlacedEdge{Edge{Via: fmt.Sprintf("trigger %d", i+1), To: g.To.Name}, g.place.Line})
	}
	if to := b.Defaults.Error; to.Name != "" {
		all = append(all, PlacedEdge{Edge{Via: "defaults.error", To: to.Name}, to.place.Line})
	}
	for _, name := range b.order {
		all = append(all, b.states[name].edges()...)
	}
	return all
}

// edges are the ways out of a state, under the names that [bot.Step] gives them.
func (st *State) edges() []PlacedEdge {
	var all edges
	if st.Call != nil {
		for _, s := range st.Call.OnStatus {
			all.add(st, "on_status "+strconv.Itoa(s.Status), s.To)
		}
		all.add(st, "on_error", st.Call.OnError)
	}
	if st.Ask != nil {
		all.ask(st, st.Ask)
	}
	all.target(st, "goto", st.GoTo)
	if st.Run != nil {
		all.add(st, "run", st.Run.State)
		all.add(st, "then", st.Run.Then)
		all.add(st, "failed", st.Run.Failed)
	}
	if st.Returns {
		all.addAt(st, "return", "", st.returnPlace)
	}
	if st.Handoff != nil {
		all.add(st, "on_timeout", st.Handoff.OnTimeout)
		all.add(st, "on_resume", st.Handoff.OnResume)
	}
	return all
}

// edges collects the edges of a state.
type edges []PlacedEdge

// add appends an edge, unless it leads to no state.
func (all *edges) add(st *State, via string, to Ref) {
	if to.Name != "" {
		all.addAt(st, via, to.Name, to.place)
	}
}

// addAt appends an edge with its place; the zero Place is that of the state.
func (all *edges) addAt(st *State, via, to string, at tree.Place) {
	if at.Line == 0 {
		at = st.place
	}
	*all = append(*all, PlacedEdge{Edge{From: st.Name, Via: via, To: to}, at.Line})
}

// target appends the edges of the branches of a target.
func (all *edges) target(st *State, via string, to Target) {
	if len(to) == 1 {
		all.add(st, via, to[0].To)
		return
	}
	for i, b := range to {
		all.addAt(st, fmt.Sprintf("%s %d", via, i+1), b.To.Name, b.place)
	}
}

// ask appends the edges of a question. The built-in farewell leads nowhere and is none.
func (all *edges) ask(st *State, a *Ask) {
	for _, c := range a.choices {
		all.add(st, "choice "+c.id, c.to)
	}
	all.target(st, "to", a.to)
	all.add(st, "retry.else", a.Retry.To)
	for i, s := range a.Idle {
		via := fmt.Sprintf("idle %d", i+1)
		if !s.Exit() || s.To.Name != "" {
			all.addAt(st, via, s.To.Name, s.place)
		}
	}
}

// States are the definition's states in the order of the text.
func (b *Bot) States() []StateInfo {
	all := make([]StateInfo, 0, len(b.order))
	for _, name := range b.order {
		st := b.states[name]
		info := StateInfo{Name: name, About: st.about, Exit: st.exitName(), Calls: st.Call != nil, Line: st.place.Line}
		if st.Close != nil {
			info.Reason = st.Close.Reason
		}
		all = append(all, info)
	}
	return all
}

// exitName is the key of a state's exit.
func (st *State) exitName() string {
	switch {
	case st.Ask != nil:
		return "ask"
	case st.Run != nil:
		return "run"
	case st.Returns:
		return "return"
	case st.Handoff != nil:
		return "handoff"
	case st.Close != nil:
		return "close"
	}
	return "goto"
}
