package graph

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/tree"
)

// Mermaid draws the bot as a flowchart in Mermaid's language. States that ask are round, those
// that call are framed, handoffs are hexagons and ends have a thick border. The edges of triggers, of
// errors and of silence are dotted. Reminders are not drawn, because they change no state.
func Mermaid(b *definition.Bot) string {
	d := newDrawing(b)
	d.linef("flowchart TD")
	d.linef("  start((%s))", quoted(b.Name))
	for i, s := range d.states {
		d.state(i, s)
	}
	d.triggers()
	for _, e := range d.edges {
		d.edge(e)
	}
	d.linef("  classDef ends stroke-width:3px")
	d.linef("  classDef asks fill:#e7f7e9,stroke:#2e7d32,color:#111")
	d.linef("  classDef people fill:#e3f0fb,stroke:#1565c0,color:#111")
	return d.out.String()
}

type drawing struct {
	out    strings.Builder
	states []definition.StateInfo
	edges  []definition.Edge
	ids    map[string]string // node ids by state: a state's name may be a keyword of Mermaid
	source *yaml.Node
}

// Bounds for tree.Parse. The definition was loaded from the same text, so they are never reached.
const (
	sourceBytes = 1 << 20
	sourceDepth = 100
)

func newDrawing(b *definition.Bot) *drawing {
	d := &drawing{states: b.States(), ids: map[string]string{}}
	for _, e := range b.Edges() {
		d.edges = append(d.edges, e.Edge)
	}
	for i, s := range d.states {
		d.ids[s.Name] = fmt.Sprintf("s%d", i+1)
	}
	d.source, _ = tree.Parse(b.Source(), tree.Kind{Name: "bot", Bytes: sourceBytes, Depth: sourceDepth})
	return d
}

func (d *drawing) linef(format string, args ...any) { fmt.Fprintf(&d.out, format+"\n", args...) }

func (d *drawing) state(i int, s definition.StateInfo) {
	label := s.Name
	if s.About != "" {
		label += "\n" + s.About
	}
	opening, closing, class := "[", "]", ""
	switch {
	case s.Exit == "ask":
		opening, closing, class = "(", ")", ":::asks"
	case s.Exit == "handoff":
		opening, closing, class = "{{", "}}", ":::people"
	case s.Exit == "close":
		opening, closing, class = "([", "])", ":::ends"
		label += "\n■ " + s.Reason
	case s.Calls:
		opening, closing = "[[", "]]"
	}
	if s.Calls && s.Exit != "goto" {
		label += "\n⇄"
	}
	d.linef("  s%d%s%s%s%s", i+1, opening, quoted(label), closing, class)
}

// triggers draws a frame with one node for each trigger.
func (d *drawing) triggers() {
	if !slices.ContainsFunc(d.edges, isTrigger) {
		return
	}
	d.linef("  subgraph triggers")
	for _, e := range d.edges {
		if isTrigger(e) {
			d.linef("    %s>%s]", nodeOf(e), quoted(d.triggerLabel(e)))
		}
	}
	d.linef("  end")
}

func isTrigger(e definition.Edge) bool { return strings.HasPrefix(e.Via, "trigger ") }

// nodeOf is the node of an edge that begins at no state: the start, a trigger, any error.
func nodeOf(e definition.Edge) string {
	if n, found := strings.CutPrefix(e.Via, "trigger "); found {
		return "t" + n
	}
	return strings.ReplaceAll(e.Via, ".", "_")
}

func (d *drawing) edge(e definition.Edge) {
	to := d.ids[e.To]
	if to == "" {
		return
	}
	from := d.ids[e.From]
	if from == "" {
		from = nodeOf(e)
	}
	if e.Via == "defaults.error" {
		from += `{"any error"}`
	}
	arrow := "-->"
	if dotted(e) {
		arrow = "-.->"
	}
	if label := d.label(e); label != "" {
		arrow += "|" + quoted(label) + "|"
	}
	d.linef("  %s %s %s", from, arrow, to)
}

// dotted reports whether an edge is taken by anything but an answer.
func dotted(e definition.Edge) bool {
	for _, via := range []string{"trigger", "defaults.error", "retry.else", "idle", "on_error", "on_timeout", "failed"} {
		if strings.HasPrefix(e.Via, via) {
			return true
		}
	}
	return false
}

// label is the text at an arrow.
func (d *drawing) label(e definition.Edge) string {
	name, detail, _ := strings.Cut(e.Via, " ")
	switch name {
	case "start", "trigger", "defaults.error":
		return ""
	case "choice":
		return detail
	case "goto", "to":
		return d.condition(e, name, detail)
	case "idle":
		return d.idle(e, detail)
	}
	return e.Via
}

// quoted is a text as a Mermaid string, with everything escaped that has a meaning there.
func quoted(text string) string {
	return `"` + strings.NewReplacer(
		`#`, "#35;", `&`, "#amp;", `"`, "#quot;", `<`, "#lt;", `>`, "#gt;", "`", "#96;", `\`, "#92;", "\n", "<br/>", "\r", "",
	).Replace(text) + `"`
}
