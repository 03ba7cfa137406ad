package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/explore"
)

const clinic = "../../examples/bots/clinica.bot.yaml"

// failing is a bot that fails once its question is answered.
const failing = `bot: v1
name: failing
languages: [en]
start: a
vars: {m: {type: map}}
states:
  a: {say: [hi], ask: {as: text, to: b}}
  b: {say: ["${1 / size(vars.m)}"], close: {reason: done}}
`

func TestExploreFindsNothingInTheClinic(t *testing.T) {
	code, out, errOut := newTerminal(t).run(t, "", "bot", "explore", clinic)
	require.Zero(t, code, out+errOut)
	require.Regexp(t, `^../../examples/bots/clinica.bot.yaml: clinica@[0-9a-f]{8}, [0-9]+ states walked in [0-9]+ steps; [0-9]+ states at depth 10, from which the walk did not go on\n$`, out)
	require.Empty(t, errOut)
}

func TestExploreShowsTheWayToAFinding(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	path := write(t, dir, "failing.bot.yaml", failing)
	code, out, errOut := tm.run(t, "", "bot", "explore", path)
	require.Equal(t, 1, code)
	require.Equal(t, "chattigo: 1 finding\n", errOut)
	headline, rest, _ := strings.Cut(out, "\n\n")
	require.Equal(t, path+":8: in the state b the bot fails: division by zero (line 8: 1 / size(vars.m)) [error]", headline)

	test, _, _ := strings.Cut(rest, "\n\n"+path)
	tests := write(t, dir, "found.test.yaml", test+"\n")
	code, out, errOut = tm.run(t, "", "bot", "test", tests)
	require.Zero(t, code, "%s%s%s", test, out, errOut)
}

func TestExploreForTools(t *testing.T) {
	tm := newTerminal(t)
	code, out, _ := tm.run(t, failing, "bot", "explore", "--format", "json", "-")
	require.Equal(t, 1, code)
	var r explore.Report
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Len(t, r.Findings, 1)
	require.Equal(t, explore.CodeError, r.Findings[0].Code)
	require.Contains(t, r.Findings[0].Test, "cases:")
	code, out, _ = tm.run(t, tiny, "bot", "explore", "--format", "json", "-")
	require.Zero(t, code)
	require.Contains(t, out, `"findings": [],`)
}

// Ctrl-C ends the context of the command.
func TestExploreStoppedShowsWhatWasFoundSoFar(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errOut bytes.Buffer
	code := run(ctx, []string{"bot", "explore", clinic}, nil, strings.NewReader(""), &out, &errOut)
	require.Equal(t, 1, code)
	require.Contains(t, out.String(), "2 states walked in 0 steps; 2 states left out")
	require.Equal(t, "chattigo: stopped before the end; 0 findings\n", errOut.String())
}

func TestExploreMistakes(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	bad := write(t, dir, "bad.test.yaml", "now: today\n")
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"none.bot.yaml"}, 1, "no such file"},
		{[]string{clinic, "--http", "none.test.yaml"}, 1, "no such file"},
		{[]string{clinic, "--http", bad}, 1, bad + " has 1 error"},
		{[]string{clinic, "--depth", "0"}, 2, "--depth must be from 1 to 100"},
		{[]string{clinic, "--max-states", "1000000"}, 2, "--max-states must be from 1 to 100000"},
		{[]string{clinic, "--human-within", "-1"}, 2, "--human-within"},
		{[]string{clinic, "--format", "xml"}, 2, "--format"},
	} {
		code, out, errOut := tm.run(t, "", append([]string{"bot", "explore"}, tt.args...)...)
		require.Equal(t, tt.code, code, out+errOut)
		require.Contains(t, errOut, tt.want)
	}
}

func TestExploreReachesAPersonInTheClinic(t *testing.T) {
	tm := newTerminal(t)
	code, out, _ := tm.run(t, "", "bot", "explore", clinic, "--human-within", "1")
	require.Zero(t, code, out)
}
