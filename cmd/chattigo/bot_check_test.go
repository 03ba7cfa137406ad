package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckListsProblemsLikeACompiler(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	good := write(t, dir, "good.bot.yaml", tiny)
	odd := write(t, dir, "odd.bot.yaml", tiny+"  b: {say: [no], goto: a}\n")
	bad := write(t, dir, "bad.bot.yaml", strings.Replace(tiny, "start: a", "start: b", 1))
	tests := write(t, dir, "bad.test.yaml", "cases: [{name: a, steps: [{says: x}]}]\n")
	warning := odd + `:7:13: warning: put no in quotes: other YAML tools read it as a boolean [quote]` + "\n" +
		odd + `:7:3: warning: nothing leads to the state "b" [unreachable]` + "\n"

	code, out, errOut := tm.run(t, "", "bot", "check", good)
	require.Zero(t, code, errOut)
	require.Regexp(t, `^`+good+`: good \(tiny@[0-9a-f]{8}, 1 state\)\n$`, out)

	code, out, _ = tm.run(t, "", "bot", "check", odd)
	require.Zero(t, code, "warnings do not stop anybody")
	require.Equal(t, sorted(warning), sorted(strings.Split(out, odd+": good")[0]))
	require.Contains(t, out, "good, with 2 warnings (")

	code, out, errOut = tm.run(t, "", "bot", "check", good, bad, tests)
	require.Equal(t, 1, code)
	require.Contains(t, out, bad+`:4:8: error: there is no state "b" [unknown-state]`+"\n")
	require.Contains(t, out, tests+`:1:28: error: a step has no key "says"`)
	require.Equal(t, "chattigo: 2 of 3 files cannot be used\n", errOut)
}

func sorted(lines string) []string {
	all := strings.Split(strings.TrimSpace(lines), "\n")
	if len(all) == 2 && all[0] > all[1] {
		all[0], all[1] = all[1], all[0]
	}
	return all
}

func TestCheckForTools(t *testing.T) {
	tm := newTerminal(t)
	code, out, _ := tm.run(t, strings.Replace(tiny, "start: a", "start: b", 1), "bot", "check", "--format", "json", "-")
	require.Equal(t, 1, code)
	var problems []fileProblem
	require.NoError(t, json.Unmarshal([]byte(out), &problems))
	require.Equal(t, fileProblem{"stdin", 4, 8, "error", "unknown-state", `there is no state "b"`}, problems[0])

	code, out, _ = tm.run(t, tiny, "bot", "check", "--format", "json", "-")
	require.Zero(t, code)
	require.Equal(t, "[]\n", out)
}

func TestCheckAgainstAVersion(t *testing.T) {
	tm := newTerminal(t)
	flow := strings.Replace(tiny, "say: [hi]", `say: [{interactive: {type: flow, body: {text: x}, action: {name: flow, parameters: {flow_message_version: "3", flow_id: "1", flow_cta: Go}}}}]`, 1)
	code, out, errOut := tm.run(t, flow, "bot", "check", "-")
	require.Zero(t, code, out+errOut)
	code, out, _ = tm.run(t, flow, "bot", "check", "--version-profile", "v14.0", "-")
	require.Equal(t, 1, code)
	require.Contains(t, out, "error: v14.0 of the Graph API does not have: interactive flow [version]")

	code, _, errOut = tm.run(t, flow, "bot", "check", "--version-profile", "v1", "-")
	require.Equal(t, 2, code)
	require.Contains(t, errOut, "--version-profile: v1 is not a version of the Graph API that is known here")
}

func TestCheckHoldsTestsAgainstTheirBot(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	write(t, dir, "tiny.bot.yaml", tiny)
	write(t, dir, "bad.bot.yaml", strings.Replace(tiny, "start: a", "start: b", 1))
	const cases = "cases: [{name: a, steps: [{user: x}, {tap: z}, {bot: {state: b}}]}]\n"
	for _, tt := range []struct {
		src  string
		code int
		want []string
	}{
		{"bot: tiny.bot.yaml\n" + cases, 1, []string{`:2:44: error: the bot has no button or row "z" [unknown-choice]`, `:2:62: error: the bot has no state "b" [unknown-state]`}},
		{"bot: none.bot.yaml\n" + cases, 1, []string{":1:6: error: the bot none.bot.yaml cannot be used: there is no such file [bot]"}},
		{"bot: .\n" + cases, 1, []string{":1:6: error: the bot . cannot be used: the file cannot be read [bot]"}},
		{cases + "bot: bad.bot.yaml\n", 1, []string{`:2:6: error: the bot bad.bot.yaml cannot be used: the bot has a problem at 4:8: there is no state "b" [unknown-state] [bot]`}},
		{cases, 0, []string{": good (1 case)"}},
	} {
		path := write(t, dir, "tiny.test.yaml", tt.src)
		code, out, _ := tm.run(t, "", "bot", "check", path)
		require.Equal(t, tt.code, code, out)
		require.Equal(t, path+strings.Join(tt.want, "\n"+path)+"\n", out)
	}
}
