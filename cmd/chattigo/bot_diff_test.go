package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/diff"
)

func TestDiffTellsTheSameFromAnother(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	path := write(t, dir, "tiny.bot.yaml", tiny)
	code, out, errOut := tm.run(t, "# a comment\n"+tiny, "bot", "diff", path, "-")
	require.Zero(t, code, errOut)
	require.Empty(t, out+errOut)

	other := strings.Replace(tiny, "hi", "hello", 1)
	code, out, errOut = tm.run(t, other, "bot", "diff", path, "-")
	require.Equal(t, 1, code)
	require.Equal(t, "states\n  a\n    say 1, words (line 6 → 6)\n      - hi\n      + hello\n", out)
	require.Regexp(t, `^chattigo: 1 change between tiny@[0-9a-f]{8} and tiny@[0-9a-f]{8}\n$`, errOut)

	code, out, _ = tm.run(t, other, "bot", "diff", "--format", "json", "-", path)
	require.Equal(t, 1, code)
	var changes []diff.Change
	require.NoError(t, json.Unmarshal([]byte(out), &changes))
	require.Len(t, changes, 1)
	require.Equal(t, "hello", changes[0].Old)
	code, out, _ = tm.run(t, tiny, "bot", "diff", "--format", "json", "-", path)
	require.Zero(t, code)
	require.Equal(t, "[]\n", out)
}

func TestDiffReadsVersionsFromTheServer(t *testing.T) {
	other := strings.Replace(tiny, "hi", "hello", 1)
	s := newSite(t, map[string]answer{
		"GET /bots/tiny/versions/2": {body: other}, "GET /bots/tiny/versions/latest": {body: tiny},
		"GET /bots/tiny/versions/1": {body: strings.Replace(tiny, "start: a", "start: b", 1)},
	})
	for _, args := range [][]string{{"-", "tiny@2"}, {"tiny", "tiny@2"}, {"tiny@latest", "tiny@2"}} {
		code, out, errOut := s.terminal(t).run(t, tiny, append([]string{"bot", "diff"}, args...)...)
		require.Equal(t, 1, code, errOut)
		require.Contains(t, out, "      - hi\n      + hello\n")
	}
	for _, tt := range []struct{ arg, out, want string }{
		{"tiny@1", "tiny@1:4:8: error: there is no state \"b\" [unknown-state]\n", "tiny@1 has 1 error"},
		{"tiny@9", "", "unsupported get request. Object with ID 'x' does not exist"},
		{"tiny@x", "", `"x" is no version of tiny: a number such as 3, or latest`},
	} {
		code, out, errOut := s.terminal(t).run(t, tiny, "bot", "diff", tt.arg, "-")
		require.Equal(t, 2, code)
		require.Equal(t, tt.out, out)
		require.Equal(t, "chattigo: "+tt.want+"\n", errOut)
	}
}

func TestDiffMistakes(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	path := write(t, dir, "tiny.bot.yaml", tiny)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{path}, "expected"},
		{[]string{"-", "-"}, "only one of the two definitions can be the standard input"},
		{[]string{path, "none.bot.yaml"}, "no such file"},
		{[]string{path, "-"}, "stdin has 1 error"},
	} {
		code, _, errOut := tm.run(t, strings.Replace(tiny, "start: a", "start: b", 1), append([]string{"bot", "diff"}, tt.args...)...)
		require.Equal(t, 2, code, errOut)
		require.Contains(t, errOut, tt.want)
	}
}
