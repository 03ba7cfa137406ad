package script

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hint"
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
	aKept // a variable that outlives the conversation
	aChoice
	aDesk
	aReason
	aCall
	aMock
)

// key is the key under which variables stand.
func (what naming) key() string {
	if what == aKept {
		return string(StepKept)
	}
	return string(StepVars)
}

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

// Check holds the names in a test file against the bot: states, variables, buttons, desks and calls
// that it does not have can only be slips, and so can the reasons of an end that never comes. Of a bot
// with errors, only the names of its states and variables are known.
func (f *File) Check(b *definition.Bot) []tree.Problem {
	c := newChecker(b)
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
	states  map[string]bool
	reasons []string
	calls   []string
	// likeStates and likeVars find what an unknown name was meant to be.
	likeStates, likeVars *hint.Names
}

func newChecker(b *definition.Bot) *checker {
	c := &checker{
		bot: b, vars: b.Vars, states: map[string]bool{}, calls: b.Calls(),
		reasons: append(b.Reasons(), definition.ReasonNumberChanged, reasonLifetime, "closed"),
	}
	for _, s := range b.States() {
		c.states[s.Name] = true
	}
	c.likeStates = hint.NewNames(slices.Collect(maps.Keys(c.states)))
	c.likeVars = hint.NewNames(slices.Collect(maps.Keys(c.vars)))
	return c
}

func (c *checker) check(n named) {
	switch n.what {
	case aState:
		if !c.states[n.name] && len(c.states) > 0 {
			c.unknown(n, CodeUnknownState, fmt.Sprintf("the bot has no state %q", n.name), c.likeStates)
		}
		return
	case aVariable, aKept:
		c.variable(n)
		return
	}
	if !c.bot.Whole() {
		return
	}
	switch n.what {
	case aChoice:
		c.choice(n)
	case aDesk:
		if desks := c.bot.Desks(); !slices.Contains(desks, n.name) {
			c.unknown(n, CodeUnknownDesk, fmt.Sprintf("the bot never hands off to %q", n.name), hint.NewNames(desks))
		}
	case aReason:
		if !slices.Contains(c.reasons, n.name) {
			c.unknown(n, CodeUnknownReason, fmt.Sprintf("no chat ends for the reason %q", n.name), hint.NewNames(c.reasons))
		}
	case aCall, aMock:
		c.call(n)
	}
}

// unknown reports a name that the bot does not have, with the one that was probably meant.
func (c *checker) unknown(n named, code tree.Code, message string, like *hint.Names) {
	c.AddName(tree.PlaceOf(n.node), code, message, like.DidYouMean(n.name))
}

func (c *checker) choice(n named) {
	switch {
	case !c.bot.Offers(n.name):
		c.unknown(n, CodeUnknownChoice, fmt.Sprintf("the bot has no button or row %q", n.name), hint.NewNames(c.bot.Choices("")))
	case n.state != "" && c.states[n.state] && !c.bot.StateOffers(n.state, n.name):
		c.unknown(n, CodeUnknownChoice, fmt.Sprintf("the state %q has no button or row %q", n.state, n.name), hint.NewNames(c.bot.Choices(n.state)))
	}
}

func (c *checker) variable(n named) {
	t, declared := c.vars[n.name]
	switch {
	case !declared:
		c.unknown(n, CodeUnknownVar, fmt.Sprintf("the bot declares no variable %q", n.name), c.likeVars)
	case n.what == aKept && !c.bot.Kept[n.name]:
		c.Add(n.node, CodeUnknownVar, "the variable %s does not outlive the chat: it is not declared with keep: contact", n.name)
	case n.value != nil && t != expr.Any && !fits(n.value, t):
		c.Add(n.node, tree.CodeType, "the variable %s is of the type %s, and never %s", n.name, t, show(n.value))
	case c.bot.Most[n.name] > 0 && sizeOf(n.value) > c.bot.Most[n.name]:
		c.Add(n.node, tree.CodeValue, "the variable %s holds at most %d (max), and never %d", n.name, c.bot.Most[n.name], sizeOf(n.value))
	}
}

// call reports a call that the bot never makes. A mock for it does no harm: tests share them.
func (c *checker) call(n named) {
	if slices.ContainsFunc(c.calls, func(call string) bool { return mayMeet(n.name, call) }) {
		return
	}
	message := fmt.Sprintf("the bot makes no call such as %s", n.name)
	if len(c.calls) == 0 {
		message += "; it makes none"
	} else {
		message += "; it calls " + strings.Join(c.calls[:min(len(c.calls), maxCalls)], ", ")
	}
	if n.what == aMock {
		c.WarnAt(tree.PlaceOf(n.node), CodeUnknownCall, "%s", message)
		return
	}
	c.Add(n.node, CodeUnknownCall, "%s", message)
}

// maxCalls bounds the calls that a problem lists.
const maxCalls = 3

// mayMeet reports whether a pattern of a test and a call of a bot, in which * stands for an
// expression, may be of the same call. It looks at the method and at what stands before the first *.
func mayMeet(pattern, call string) bool {
	method, url, _ := strings.Cut(pattern, " ")
	made, address, _ := strings.Cut(call, " ")
	if method != "*" && method != made {
		return false
	}
	before, _, open := strings.Cut(url, "*")
	fixed, _, varies := strings.Cut(address, "*")
	switch {
	case open && varies:
		return strings.HasPrefix(before, fixed) || strings.HasPrefix(fixed, before)
	case open:
		return strings.HasPrefix(fixed, before)
	case varies:
		return strings.HasPrefix(before, fixed)
	}
	return before == fixed
}

// sizeOf is how many characters, elements or keys a value has.
func sizeOf(value any) int {
	switch value := value.(type) {
	case string:
		return utf8.RuneCountInString(value)
	case []any:
		return len(value)
	case map[string]any:
		return len(value)
	}
	return 0
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
