package definition_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update to write it")
	require.Equal(t, string(want), got)
}

func load(t testing.TB, src string) *definition.Bot {
	t.Helper()
	b, err := definition.Load([]byte(src))
	require.NoError(t, err)
	return b
}

func problemsOf(ps []definition.Problem) []string {
	var all []string
	for _, p := range ps {
		all = append(all, p.String())
	}
	return all
}

// question is a bot with one question, at fixed lines: what is said begins at line 7.
func question(say, ask string) string {
	return `bot: v1
name: q
start: a
states:
  a:
    say:` + say + `
    ask: ` + ask + `
  fin: {close: {reason: done}}
`
}

// small is a bot with one question, and what a test adds at the top level.
func small(top string) string {
	return `bot: v1
name: small
start: hola
` + top + `
states:
  hola:
    say: [{interactive: {type: button, body: {text: "¿listo?"}, action: {buttons: [{type: reply, reply: {id: fin, title: Fin}}]}}}]
    ask: {choices: {fin: fin}}
  fin: {say: [adiós], close: {reason: resolved}}
`
}

// chain is a bot of states that lead to each other, each saying some messages, with a
// question at the end.
func chain(top string, states, messages int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "bot: v1\nname: chain\nstart: s1\n%s\nstates:\n", top)
	for i := 1; i < states; i++ {
		fmt.Fprintf(&b, "  s%d: {goto: s%d%s}\n", i, i+1, said(messages))
	}
	fmt.Fprintf(&b, "  s%d: {close: {reason: done}%s}\n", states, said(messages))
	return b.String()
}

func said(n int) string {
	if n == 0 {
		return ""
	}
	return ", say: [" + strings.TrimSuffix(strings.Repeat("hey, ", n), ", ") + "]"
}
