package definition_test

import (
	"fmt"
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

func TestLoadReportsEachKindOfProblem(t *testing.T) {
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

// states are more states, which all go to b.
func states(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  c%d: {goto: b}\n", i)
	}
	return b.String()
}

func TestTheLargestDefinitionIsLoaded(t *testing.T) {
	load(t, strings.Replace(published, "  b:\n", states(498)+"  b:\n", 1)) // 500 with a and b
	const filler = "# "
	load(t, published+filler+strings.Repeat("x", 256<<10-len(published)-len(filler)))
}
