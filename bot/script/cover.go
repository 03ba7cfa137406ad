package script

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
)

// Coverage counts which states and which ways of a bot the cases went through.
type Coverage struct {
	bot    *definition.Bot
	states map[string]bool
	edges  map[definition.Edge]bool
}

// NewCoverage is the coverage of no case.
func NewCoverage(b *definition.Bot) *Coverage {
	return &Coverage{bot: b, states: map[string]bool{}, edges: map[definition.Edge]bool{}}
}

// Add counts what a case went through, also one that failed.
func (c *Coverage) Add(entries []Entry) {
	for i := range entries {
		e := &entries[i]
		if e.State != "" {
			c.states[e.State] = true
		}
		if e.Edge != nil {
			c.edges[written(*e.Edge)] = true
			c.states[e.Edge.From], c.states[e.Edge.To] = true, true
		}
	}
}

// written is an edge as the definition has it: where a return leads depends on who runs the subroutine.
func written(e definition.Edge) definition.Edge {
	if e.Via == "return" {
		e.To = ""
	}
	return e
}

// Gap is a state or a way that no case went through.
type Gap struct {
	// Line is where it stands in the definition.
	Line int
	What string
}

// States are the states that were never entered, and how many states there are.
func (c *Coverage) States() (missed []Gap, all int) {
	states := c.bot.States()
	for _, s := range states {
		if !c.states[s.Name] {
			missed = append(missed, Gap{s.Line, "state " + s.Name})
		}
	}
	return missed, len(states)
}

// Edges are the ways that were never taken, and how many there are.
func (c *Coverage) Edges() (missed []Gap, all int) {
	for _, e := range c.bot.Edges() {
		if e.Via == "then" {
			continue // never taken by itself: it is where a return leads
		}
		all++
		if !c.edges[e.Edge] {
			missed = append(missed, Gap{e.Line, describeEdge(e.Edge)})
		}
	}
	return missed, all
}

func describeEdge(e definition.Edge) string {
	text := e.Via
	if e.From != "" {
		text = e.From + ": " + text
	}
	if e.To != "" {
		text += " → " + e.To
	}
	return text
}

// Write writes both shares in percent, and what is missing in the order of the text.
func (c *Coverage) Write(w io.Writer, file string) {
	states, allStates := c.States()
	edges, allEdges := c.Edges()
	_, _ = fmt.Fprintf(w, "states  %s\nways    %s\n", share(len(states), allStates), share(len(edges), allEdges))
	missed := append(states, edges...)
	slices.SortStableFunc(missed, func(a, b Gap) int { return cmp.Compare(a.Line, b.Line) })
	for _, gap := range missed {
		_, _ = fmt.Fprintf(w, "%s:%d: never: %s\n", file, gap.Line, gap.What)
	}
}

func share(missed, all int) string {
	if all == 0 {
		return "none"
	}
	const hundred = 100
	return fmt.Sprintf("%3d %% (%d of %d)", hundred*(all-missed)/all, all-missed, all)
}
