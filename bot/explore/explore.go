package explore

import (
	"context"
	"encoding/json"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// Bounds of a walk where its options do not say, and the most that they may say.
const (
	DefaultDepth     = 10
	DefaultMaxStates = 2000
	MaxDepth         = 100
	MaxStates        = 100_000
)

// Options say how a bot is walked.
type Options struct {
	// Setup is how each conversation begins. Its loop guard is not looked at: it is off, because
	// nobody waits between two messages here.
	Setup script.Setup
	// Mocks are lists of mocks, such as those of the cases of a test file. The first of each list that
	// matches answers a call; each different answer is walked.
	Mocks [][]script.Mock
	// Answers are messages of the contact, such as those of a test file, that are tried as answers
	// beside those of the package.
	Answers []json.RawMessage
	// Depth is how many things happen one after the other, MaxStates how many different states are
	// walked at most; 0 is the default of each.
	Depth, MaxStates int
	// HumanWithin is within how many messages of the contact each question must lead to a person; 0 is
	// no such rule.
	HumanWithin int
	// Bot is the path of the definition for the tests of findings.
	Bot string
	// Progress is called now and then; nil for nothing.
	Progress func(Progress)
}

// Progress is how far a walk has come.
type Progress struct {
	// Depth is how many things happen one after the other in what is walked now, States how many
	// different states there are so far.
	Depth, States int
}

// Report is what a walk has found.
type Report struct {
	Findings []Finding `json:"findings"`
	// Notes say what the walk could not try.
	Notes []string `json:"notes"`
	// States counts the different states, Steps the things that were tried.
	States int `json:"states"`
	Steps  int `json:"steps"`
	// Deeper counts the states at the depth of the walk, from which it did not go on, and Left those
	// that were left out by the bound of states or because the walk was stopped.
	Deeper int `json:"deeper"`
	Left   int `json:"left"`
}

// Explore walks a bot. It ends early, with what was found so far, when the context is done.
func Explore(ctx context.Context, b *definition.Bot, o Options) *Report {
	e := newExplorer(ctx, b, o)
	e.walk()
	e.judge()
	return e.finish()
}

// explorer is one walk.
type explorer struct {
	ctx context.Context //nolint:containedctx // it lives as long as the call of Explore
	bot *definition.Bot
	o   Options
	// lines are where the states begin, by name.
	lines map[string]int
	// source is the text of the definition, responses what was invented by it, by state.
	source    source
	responses map[string]string
	// deciding are the variables whose values tell states apart.
	deciding map[string]bool

	seen  map[key]*node
	nodes []*node
	// full is set once the walk has as many states as it may have.
	full bool
	// visited counts the walked nodes by place: what is new comes first where not all can be walked.
	visited map[string]int

	report  Report
	found   map[string]bool
	noted   map[string]bool
	entered map[string]bool // the states to which the walk has come
}

func newExplorer(ctx context.Context, b *definition.Bot, o Options) *explorer {
	if o.Depth <= 0 {
		o.Depth = DefaultDepth
	}
	if o.MaxStates <= 0 {
		o.MaxStates = DefaultMaxStates
	}
	o.Depth, o.MaxStates = min(o.Depth, MaxDepth), min(o.MaxStates, MaxStates)
	o.Setup.LoopGuard = false
	if len(o.Setup.Mocks) > 0 {
		o.Mocks = append([][]script.Mock{o.Setup.Mocks}, o.Mocks...)
	}
	e := &explorer{
		ctx: ctx, bot: b, o: o, lines: map[string]int{}, source: sourceOf(b), responses: map[string]string{},
		seen: map[key]*node{}, visited: map[string]int{}, found: map[string]bool{}, noted: map[string]bool{}, entered: map[string]bool{},
		report: Report{Findings: []Finding{}, Notes: []string{}},
	}
	e.deciding = e.source.deciding()
	for _, s := range b.States() {
		e.lines[s.Name] = s.Line
	}
	return e
}
