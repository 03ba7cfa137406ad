package definition_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// published is a good definition; each publish check breaks one thing of it.
const published = `bot: v1
name: pub
languages: [es, en]
timezone: America/Santiago
start: a
vars: {s: {type: string}, i: {type: int}, l: {type: list}}
strings: {hi: {es: hola, en: hello}}
hours: {desk: {weekly: {mon: ["09:00-18:00"]}}}
messages: {m: {text: {body: hi}}}
optout: {words: [baja]}
triggers: [{text: {words: [x]}, to: b}]
states:
  a:
    say: [{use: m}, go]
    ask: {as: text, to: b}
  b:
    say: [bye]
    handoff: {to: desk}
`

// Pieces of definitions that several checks use.
const (
	freeText = "say: [{use: m}, go]\n    ask: {as: text, to: b}"
	handOff  = "handoff: {to: desk}"
	buttonX  = "interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: x, title: X}}]}}"
)

// publishCheck is a check of the page, or a code: what is changed in the good definition, and
// everything that is found then.
type publishCheck struct {
	code  definition.Code
	name  string
	edits edits
	want  []string
}

// edits are pairs: what stands in the text, and what is put in its place.
type edits []string

func (all edits) apply(t testing.TB, text string) string {
	t.Helper()
	for i := 0; i < len(all); i += 2 {
		require.Contains(t, text, all[i])
		text = strings.Replace(text, all[i], all[i+1], 1)
	}
	return text
}

func publishChecks() []publishCheck {
	all := append(textChecks(), stateChecks()...)
	all = append(all, messageChecks()...)
	return append(all, exprChecks()...)
}

func TestPublishChecks(t *testing.T) {
	require.Empty(t, found(t, published))
	for _, tt := range publishChecks() {
		t.Run(string(tt.code)+": "+tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, found(t, tt.edits.apply(t, published)))
		})
	}
}

// found is what Load says of a definition, warnings too.
func found(t testing.TB, src string) []string {
	t.Helper()
	b, err := definition.Load([]byte(src))
	if err == nil {
		return problemsOf(b.Warnings())
	}
	return problemsOf(problems(t, src))
}

func TestEveryCodeHasAPublishCheck(t *testing.T) {
	tested := map[string]bool{
		string(definition.CodeVersion): true, // of Bot.Check: TestCheckNamesWhatAVersionDoesNotHave
	}
	for _, c := range publishChecks() {
		require.Contains(t, strings.Join(c.want, "\n"), "["+string(c.code)+"]", c.name)
		tested[string(c.code)] = true
	}
	var missing []string
	for _, code := range append(codesOf(t, "problem.go"), slices.Concat(codesOf(t, "../expr/problem.go"), codesOf(t, "../tree/problem.go"))...) {
		if !tested[code] {
			missing = append(missing, code)
		}
	}
	require.Empty(t, missing)
}

// codesOf are the texts of a file's constants whose names begin with Code.
func codesOf(t testing.TB, file string) []string {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	var all []string
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Code") || len(spec.Values) == 0 {
			return true
		}
		if text, ok := spec.Values[0].(*ast.BasicLit); ok {
			all = append(all, strings.Trim(text.Value, `"`))
		}
		return true
	})
	require.NotEmpty(t, all)
	return all
}

// states are more states, which all go to b.
func states(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  c%d: {goto: b}\n", i)
	}
	return b.String()
}

func TestLimitsOfSize(t *testing.T) {
	load(t, strings.Replace(published, "  b:\n", states(498)+"  b:\n", 1)) // 500 with a and b
	const filler = "# "
	load(t, published+filler+strings.Repeat("x", 256<<10-len(published)-len(filler)))
}

// WhatsApp's limits on what is written out: the longest that is taken, and the place of one more.
func TestPublishChecksWhatsAppsLimits(t *testing.T) {
	x := func(n int) string { return strings.Repeat("ñ", n) }
	const button = "{interactive: {type: button, header: {type: text, text: H}, body: {text: B}, footer: {text: F}, action: {buttons: [{type: reply, reply: {id: x, title: T}}]}}}"
	const list = "{interactive: {type: list, body: {text: B}, action: {button: L, sections: [{title: S, rows: [{id: x, title: T, description: D}]}]}}}"
	rows := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("{id: x%d, title: T}", i))
		}
		return strings.Join(all, ", ")
	}
	for _, tt := range []struct {
		name, message, old string
		new                func(n int) string
		most               int
	}{
		{"text", "words", "words", x, 4096},
		{"body of buttons", button, "text: B", func(n int) string { return "text: " + x(n) }, 1024},
		{"header", button, "text: H", func(n int) string { return "text: " + x(n) }, 60},
		{"footer", button, "text: F", func(n int) string { return "text: " + x(n) }, 60},
		{"title of a button", button, "title: T", func(n int) string { return "title: " + x(n) }, 20},
		{"id of a button, with its tag", button, "id: x", func(n int) string { return "id: " + strings.Repeat("x", n) }, 250},
		{"body of a list", list, "text: B", func(n int) string { return "text: " + x(n) }, 4096},
		{"button of a list", list, "button: L", func(n int) string { return "button: " + x(n) }, 20},
		{"title of a section", list, "title: S", func(n int) string { return "title: " + x(n) }, 24},
		{"title of a row", list, "title: T", func(n int) string { return "title: " + x(n) }, 24},
		{"description of a row", list, "description: D", func(n int) string { return "description: " + x(n) }, 72},
		{"id of a row, with its tag", list, "id: x", func(n int) string { return "id: " + strings.Repeat("x", n) }, 194},
		{"rows", list, "{id: x, title: T, description: D}", rows, 10},
		{
			"rows in two sections", list, "{id: x, title: T, description: D}]}",
			func(n int) string { return rows(n-1) + "]}, {title: U, rows: [{id: y, title: T}]}" }, 10,
		},
		{
			"buttons", button, "{type: reply, reply: {id: x, title: T}}",
			func(n int) string {
				all := make([]string, n)
				for i := range n {
					all[i] = fmt.Sprintf("{type: reply, reply: {id: x%d, title: T%d}}", i, i)
				}
				return strings.Join(all, ", ")
			}, 3,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := func(n int) string {
				message := strings.Replace(tt.message, tt.old, tt.new(n), 1)
				return strings.Replace(published, freeText,
					"say: [{use: m}, "+message+"]\n    ask: {as: any, to: b}", 1)
			}
			load(t, src(tt.most))
			over := problems(t, src(tt.most+1))
			require.NotEmpty(t, over)
			require.Equal(t, definition.CodeMessage, over[0].Code)
			require.Equal(t, 14, over[0].Line)
			require.Contains(t, over[0].Message, fmt.Sprintf("at most %d", most(tt.most)))
		})
	}
}

// most is a limit as WhatsApp has it: the six characters of a tag come on top of an id.
func most(n int) int {
	if n == 250 || n == 194 {
		return n + 6
	}
	return n
}
