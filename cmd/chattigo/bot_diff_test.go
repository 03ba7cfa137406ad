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
