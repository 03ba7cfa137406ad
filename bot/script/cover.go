package script

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/tree"
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
			c.edges[*e.Edge] = true
			c.states[e.Edge.From], c.states[e.Edge.To] = true, true
		}
	}
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
	places := newPlaces(c.bot)
	for _, e := range c.bot.Edges() {
		if e.Via == "then" {
			continue // never taken by itself: it is where a return leads
		}
		all++
		if !c.edges[e] {
			missed = append(missed, Gap{places.line(e), describeEdge(e)})
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

// places finds where the ways of a bot stand in its definition.
type places struct {
	root  *yaml.Node
	lines map[string]int // of the states
}

func newPlaces(b *definition.Bot) places {
	p := places{lines: map[string]int{}}
	p.root, _ = tree.Parse(b.Source(), tree.Kind{Name: "bot", Bytes: maxSource, Depth: maxDepth})
	for _, s := range b.States() {
		p.lines[s.Name] = s.Line
	}
	return p
}

// line is where a way stands; where it is not written down, because it comes from the defaults
// or is built in, it is the line of its state.
func (p places) line(e definition.Edge) int {
	keys := []string{"states", e.From}
	name, detail, _ := strings.Cut(e.Via, " ")
	switch {
	case name == "trigger":
		keys = []string{"triggers"}
	case e.From == "":
		keys = strings.Split(name, ".")
	default:
		keys = append(keys, viaKeys(name)...)
	}
	if n := p.follow(keys, detail); n != nil {
		return n.Line
	}
	return p.lines[e.From]
}

func viaKeys(name string) []string {
	switch name {
	case "choice":
		return []string{"ask", "choices"}
	case "to", "idle", "retry.else":
		return append([]string{"ask"}, strings.Split(name, ".")...)
	case "on_error", "on_status":
		return []string{"call", name}
	case "on_timeout", "on_resume":
		return []string{"handoff", name}
	case "then":
		return []string{"run", name}
	}
	return []string{name}
}

// follow goes down the keys and then to the item of a list, counted from 1, or the key of an object.
func (p places) follow(keys []string, detail string) *yaml.Node {
	n := p.root
	for _, key := range keys {
		if n == nil {
			return nil
		}
		n = tree.Child(n, key)
	}
	if n == nil || detail == "" {
		return n
	}
	if n.Kind == yaml.MappingNode {
		return tree.Child(n, detail)
	}
	i, err := strconv.Atoi(detail)
	if err != nil || i < 1 || i > len(n.Content) {
		return nil
	}
	return n.Content[i-1]
}
