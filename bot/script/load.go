package script

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/tree"
)

// Limits of a test file. They are far above what a person writes.
const (
	maxSource = 1 << 20 // bytes
	maxDepth  = 32
	maxCases  = 2000
	maxSteps  = 500
	maxMocks  = 200
)

// Codes of problems that only test files have.
const (
	CodeRegexp        tree.Code = "regexp"         // not RE2, or too long
	CodeStep          tree.Code = "step"           // not exactly one thing in a step
	CodeDuplicateCase tree.Code = "duplicate-case" // two cases of one name
	CodeUnknownName   tree.Code = "unknown-name"   // a tap on a message that no step remembers
	CodeUnknownState  tree.Code = "unknown-state"  // the bot has no such state
	CodeUnknownVar    tree.Code = "unknown-var"    // the bot declares no such variable
	CodeUnknownChoice tree.Code = "unknown-choice" // the bot has no such button or row
	CodeUnknownDesk   tree.Code = "unknown-desk"   // the bot never hands off there
	CodeUnknownReason tree.Code = "unknown-reason" // no chat ends for that reason
	CodeUnknownCall   tree.Code = "unknown-call"   // the bot makes no such HTTP call; of a mock a warning
	CodeBot           tree.Code = "bot"            // the bot is not there, or has errors
)

// Problems is the error of a test file that was refused: all its problems in the order of the
// text, warnings too.
type Problems []tree.Problem

// Error names the first problem and counts the others.
func (ps Problems) Error() string { return tree.Summary("the test file", ps) }

// List is all problems, one a line.
func (ps Problems) List() string { return tree.List(ps) }

// Load reads a test file, YAML or JSON. The error is always of type Problems and lists all that
// is wrong.
func Load(src []byte) (*File, error) { return load(src, defaultSetup(), "cases") }

// Read is Load for those who look at a file that may have errors: the file has whatever could be read,
// and is nil where nothing could. With errors among its problems it is good for [File.Check] only.
func Read(src []byte) (*File, []tree.Problem) { return read(src, defaultSetup(), "cases") }

// LoadSetup reads what cases start with from a test file, which need not have cases, over what is
// there already. Its error is that of Load.
func LoadSetup(src []byte, base Setup) (Setup, error) {
	f, err := load(src, base)
	if err != nil {
		return base, err
	}
	return f.Setup, nil
}

// ParseMessage reads what may stand in a step `user`, written as JSON.
func ParseMessage(src []byte) (json.RawMessage, error) {
	root, problems := tree.Parse(src, tree.Kind{Name: "message", Bytes: maxSource, Depth: maxDepth})
	if root == nil {
		return nil, Problems(problems)
	}
	r := &reader{}
	message := r.message(root)
	if len(r.Problems) > 0 {
		return nil, Problems(r.Problems)
	}
	return message, nil
}

func load(src []byte, base Setup, required ...string) (*File, error) {
	f, problems := read(src, base, required...)
	if tree.Fatal(problems) {
		return nil, Problems(problems)
	}
	return f, nil
}

func read(src []byte, base Setup, required ...string) (*File, []tree.Problem) {
	root, problems := tree.Parse(src, tree.Kind{Name: "test file", Bytes: maxSource, Depth: maxDepth})
	if root == nil {
		return nil, problems
	}
	r := &reader{Reader: tree.Reader{Problems: problems, Home: home}}
	f := r.file(root, base, required)
	f.warnings, f.names = tree.Tidy(r.Problems), r.names
	return f, f.warnings
}

// home says where keys of a bot belong that stand in a test file.
func home(key, _ *yaml.Node) string {
	switch key.Value {
	case "states", "triggers", "defaults", "strings", "messages", "start", "languages", "timezone", "hours":
		return "in the bot's own file, such as clinica.bot.yaml beside clinica.test.yaml"
	case "match", "answers", "status":
		return "in an item of http"
	case "steps":
		return "in an item of cases"
	}
	return ""
}

// What a case starts with when the file does not say.
func defaultSetup() Setup {
	return Setup{
		Now:     time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC), // a Monday
		Contact: bot.Contact{WaID: "15550001111", Name: "Ana"}, LoopGuard: true,
	}
}

type reader struct {
	tree.Reader

	names []named
}

func (r *reader) file(root *yaml.Node, base Setup, required []string) *File {
	f := &File{Setup: base}
	fields := r.setupFields(&f.Setup)
	fields["bot"] = func(n *yaml.Node) {
		f.Bot, _ = r.Text(n, "bot")
		f.BotLine, f.BotColumn = n.Line, n.Column
	}
	fields["cases"] = func(*yaml.Node) {} // read when all that they build on is known
	if !r.Object(root, "the test file", fields, required...) {
		return f
	}
	if cases := tree.Child(root, "cases"); cases != nil {
		names := map[string]int{}
		r.List(cases, "cases", maxCases, func(n *yaml.Node) {
			c := r.caseOf(n, f.Setup)
			if line, found := names[c.Name]; found && c.Name != "" {
				r.Add(n, CodeDuplicateCase, "there is a case %q at line %d already", c.Name, line)
			}
			names[c.Name] = n.Line
			f.Cases = append(f.Cases, c)
		})
	}
	return f
}

func (r *reader) caseOf(n *yaml.Node, base Setup) Case {
	own := base
	own.Mocks, own.Vars, own.Kept = nil, nil, nil
	c := Case{Line: n.Line}
	fields := r.setupFields(&own)
	fields["name"] = func(n *yaml.Node) { c.Name, _ = r.Text(n, "name") }
	fields["steps"] = func(n *yaml.Node) { c.Steps = r.steps(n) }
	r.Object(n, "a case", fields, "name", "steps")
	c.Setup = own.over(base)
	return c
}

// over puts a case's own mocks before those of the file, and its variables over them.
func (s Setup) over(base Setup) Setup {
	s.Mocks = slices.Concat(s.Mocks, base.Mocks)
	s.Vars, s.Kept = joined(base.Vars, s.Vars), joined(base.Kept, s.Kept)
	return s
}

// joined are some variables with others over them; nil when there are none.
func joined(base, own map[string]json.RawMessage) map[string]json.RawMessage {
	if len(own) == 0 {
		return base
	}
	all := maps.Clone(own)
	for name, value := range base {
		if _, given := own[name]; !given {
			all[name] = value
		}
	}
	return all
}
