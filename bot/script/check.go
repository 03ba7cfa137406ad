package script

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// named is something in a test file that the bot has to have.
type named struct {
	what naming
	name string
	node *yaml.Node
	// state is that of a choice, where the step names it; value that of a variable.
	state string
	value any
}

type naming int

const (
	aState naming = iota
	aVariable
	aChoice
	aDesk
	aReason
)

// name keeps what a node names, to be held against the bot.
func (r *reader) name(what naming, n *yaml.Node) {
	r.names = append(r.names, named{what: what, name: n.Value, node: n})
}

// literally keeps what a node names, unless it is a regular expression.
func (r *reader) literally(what naming, n *yaml.Node, w *Words) *Words {
	if w != nil && w.re == nil {
		r.name(what, n)
	}
	return w
}

// Check holds the names in a test file against the bot: states, variables, buttons and desks that
// it does not have can only be slips, and so can the reasons of an end that never comes.
func (f *File) Check(b *definition.Bot) []tree.Problem {
	c := &checker{bot: b, vars: b.Vars, reasons: append(b.Reasons(), definition.ReasonNumberChanged, reasonLifetime, "closed")}
	for i := range f.Cases {
		for j := range f.Cases[i].Steps {
			if s := &f.Cases[i].Steps[j]; s.Kind == StepClose {
				c.reasons = append(c.reasons, s.Words)
			}
		}
	}
	for _, n := range f.names {
		c.check(n)
	}
	return tree.Tidy(c.Problems)
}

type checker struct {
	tree.Reader

	bot     *definition.Bot
	vars    map[string]expr.Type
	reasons []string
}

func (c *checker) check(n named) {
	switch n.what {
	case aState:
		if !slices.ContainsFunc(c.bot.States(), func(s definition.StateInfo) bool { return s.Name == n.name }) {
			c.Add(n.node, CodeUnknownState, "the bot has no state %q", n.name)
		}
	case aVariable:
		c.variable(n)
	case aChoice:
		c.choice(n)
	case aDesk:
		if !slices.Contains(c.bot.Desks(), n.name) {
			c.Add(n.node, CodeUnknownDesk, "the bot never hands off to %q", n.name)
		}
	case aReason:
		if !slices.Contains(c.reasons, n.name) {
			c.Add(n.node, CodeUnknownReason, "no chat ends for the reason %q", n.name)
		}
	}
}

func (c *checker) choice(n named) {
	switch {
	case !c.bot.Offers(n.name):
		c.Add(n.node, CodeUnknownChoice, "the bot has no button or row %q", n.name)
	case n.state != "" && !c.bot.StateOffers(n.state, n.name):
		c.Add(n.node, CodeUnknownChoice, "the state %q has no button or row %q", n.state, n.name)
	}
}

func (c *checker) variable(n named) {
	t, declared := c.vars[n.name]
	switch {
	case !declared:
		c.Add(n.node, CodeUnknownVar, "the bot declares no variable %q", n.name)
	case n.value != nil && !fits(n.value, t):
		c.Add(n.node, tree.CodeType, "the variable %s is of the type %s, and never %s", n.name, t, show(n.value))
	}
}

// fits says whether a variable of a type can have a value.
func fits(value any, t expr.Type) bool {
	switch value := value.(type) {
	case bool:
		return t == expr.Bool
	case json.Number:
		return t == expr.Int || t == expr.Number
	case []any:
		return t == expr.List
	case map[string]any:
		return t == expr.Map
	case string:
		return t == expr.String || value == "" && t == expr.Date || isTime(value, t)
	}
	return true
}

func isTime(text string, t expr.Type) bool {
	layout := map[expr.Type]string{expr.Date: time.DateOnly, expr.Timestamp: time.RFC3339}[t]
	if layout == "" {
		return false
	}
	_, err := time.Parse(layout, text)
	return err == nil
}

// NoBot is the problem of a file whose bot cannot be used.
func (f *File) NoBot(why string) tree.Problem {
	return tree.Problem{Line: max(1, f.BotLine), Column: max(1, f.BotColumn), Code: CodeBot, Message: fmt.Sprintf("the bot %s cannot be used: %s", f.Bot, why)}
}
