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
		{"bot: none.bot.yaml\n" + cases, 1, []string{":1:6: error: the bot none.bot.yaml cannot be used: there is no such file; did you mean \"tiny.bot.yaml\"? [bot]"}},
		{"bot: .\n" + cases, 1, []string{":1:6: error: the bot . cannot be used: the file cannot be read [bot]"}},
		{cases + "bot: bad.bot.yaml\n", 1, []string{
			`:1:62: error: the bot has no state "b" [unknown-state]`,
			`:2:6: error: the bot bad.bot.yaml cannot be used: the bot has a problem at 4:8: there is no state "b" [unknown-state] [bot]`,
		}},
		{"bot: tiny.bot.yaml\n" + strings.Replace(cases, "{user: x}", "{says: x}", 1), 1, []string{
			`:2:28: error: a step has no key "says"; it may have bot, call, close, closed, echo, error, handoff, json, kept, none, resume, state, tap, user, vars, wait [unknown-key]`,
			`:2:44: error: the bot has no button or row "z" [unknown-choice]`, `:2:62: error: the bot has no state "b" [unknown-state]`,
		}},
		{cases, 0, []string{": good (1 case)"}},
	} {
		path := write(t, dir, "tiny.test.yaml", tt.src)
		code, out, _ := tm.run(t, "", "bot", "check", path)
		require.Equal(t, tt.code, code, out)
		require.Equal(t, path+strings.Join(tt.want, "\n"+path)+"\n", out)
	}
}

// TestCheckOfATestFileChecksAllOfIt is about a test whose every line is a slip.
func TestCheckOfATestFileChecksAllOfIt(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	write(t, dir, "caja.bot.yaml", `bot: v1
name: caja
start: a
vars: {pedido: {type: string}}
states:
  a:
    say: [{interactive: {type: button, body: {text: x}, action: {buttons: [{type: reply, reply: {id: si, title: Sí}}]}}}]
    ask: {choices: {si: b}}
  b: {call: {http: {get: "https://api.example.com/pedidos/${vars.pedido}", query: {x: "1"}}, on_error: h}, goto: h}
  h: {handoff: {to: ventas, timeout: 1h, on_timeout: f}}
  f: {close: {reason: done}}
`)
	const steps = `vars: {zzz: 1, pedidos: x}
http:
  - {match: "GET https://api.example.com/pedidos/*", json: {}}
  - {match: "POST https://api.example.com/pedidos/*", json: {}}
cases:
  - name: a
    steps:
      - user: hola
      - bot: {state: zz, choices: [si]}
      - tap: nope
      - handoff: {to: venta}
      - vars: {kkk: 1}
      - state: zz
      - call: GET https://api.example.com/pedido/7
      - call: GET https://api.example.com/pedidos/7?x=1
      - closed: {reason: dones}
`
	path := write(t, dir, "caja.test.yaml", "bot: caja.bot.yaml\n"+steps)
	code, out, _ := tm.run(t, "", "bot", "check", path)
	require.Equal(t, 1, code)
	require.Equal(t, []string{
		`:2:8: error: the bot declares no variable "zzz" [unknown-var]`,
		`:2:16: error: the bot declares no variable "pedidos"; did you mean "pedido"? [unknown-var]`,
		`:5:13: warning: the bot makes no call such as POST https://api.example.com/pedidos/*; it calls GET https://api.example.com/pedidos/* [unknown-call]`,
		`:10:22: error: the bot has no state "zz" (also at 14:16) [unknown-state]`,
		`:11:14: error: the bot has no button or row "nope" [unknown-choice]`,
		`:12:23: error: the bot never hands off to "venta"; did you mean "ventas"? [unknown-desk]`,
		`:13:16: error: the bot declares no variable "kkk" [unknown-var]`,
		`:15:15: error: the bot makes no call such as GET https://api.example.com/pedido/7; it calls GET https://api.example.com/pedidos/* [unknown-call]`,
		`:17:26: error: no chat ends for the reason "dones"; did you mean "done"? [unknown-reason]`,
	}, strings.Split(strings.ReplaceAll(strings.TrimSpace(out), path, ""), "\n"))

	path = write(t, dir, "otro.test.yaml", "bot: cja.bot.yaml\n"+steps)
	code, out, _ = tm.run(t, "", "bot", "check", path)
	require.Equal(t, 1, code)
	require.Equal(t, path+`:1:6: error: the bot cja.bot.yaml cannot be used: there is no such file; did you mean "caja.bot.yaml"? [bot]`+"\n", out)
}
