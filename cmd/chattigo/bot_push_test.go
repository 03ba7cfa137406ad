package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const tinyTests = "bot: tiny.bot.yaml\ncases: [{name: says hi, steps: [{user: x}, {bot: hi}, {closed: {reason: done}}]}]\n"

// putTiny and putTinyTests are the answers to a first push of the tiny bot.
const (
	putTiny      = `{"name":"tiny","version":1,"hash":"0123456789abcdef","created":true,"createdAt":"2026-03-10T12:00:00Z","createdBy":"acme","warnings":[]}`
	putTinyTests = `{"cases":1,"warnings":[]}`
)

func TestPushSendsTheBotAndTheTestsBesideIt(t *testing.T) {
	s := newSite(t, map[string]answer{"PUT /bots/tiny": {body: putTiny}, "PUT /bots/tiny/tests?version=1": {body: putTinyTests}})
	dir := t.TempDir()
	path := write(t, dir, "tiny.bot.yaml", tiny)
	tests := write(t, dir, "tiny.test.yaml", tinyTests)
	code, out, errOut := s.terminal(t).run(t, "", "bot", "push", path)
	require.Zero(t, code, errOut)
	require.Equal(t, "tiny version 1 (01234567) is on the server.\nIts tests are 1 case, which every publication has to pass.\n", out)
	require.Equal(t, []string{"PUT /bots/tiny " + strings.TrimSpace(tiny), "PUT /bots/tiny/tests?version=1 " + strings.TrimSpace(tinyTests)}, s.got)

	s.answers["PUT /bots/tiny"] = answer{body: strings.Replace(putTiny, "true", "false", 1)}
	code, out, _ = s.terminal(t).run(t, tiny, "bot", "push", "-")
	require.Zero(t, code)
	require.Equal(t, "tiny version 1 (01234567) was on the server already: the same definition is the same version.\nNo tests were sent.\n", out)
	code, out, _ = s.terminal(t).run(t, tiny, "bot", "push", "-", "--tests", tests)
	require.Zero(t, code)
	require.Contains(t, out, "Its tests are 1 case")
	alone := write(t, t.TempDir(), "tiny.bot.yaml", tiny)
	_, out, _ = s.terminal(t).run(t, "", "bot", "push", alone)
	require.Contains(t, out, "No tests were sent: there is no "+strings.Replace(alone, ".bot.", ".test.", 1)+".\n")
}

func TestPushPrintsTheServersWarnings(t *testing.T) {
	s := newSite(t, map[string]answer{"PUT /bots/tiny": {body: strings.Replace(putTiny, "[]", `[{"level":"warning","code":"quote","message":"put no in \u001b[31mquotes","line":7,"column":13},{"code":"unreachable","message":"y","line":8,"column":1}]`, 1)}})
	path := write(t, t.TempDir(), "tiny.bot.yaml", tiny)
	code, out, errOut := s.terminal(t).run(t, "", "bot", "push", path)
	require.Zero(t, code, errOut)
	require.Contains(t, out, path+":7:13: warning: put no in  [31mquotes [quote]\n"+path+":8:1: warning: y [unreachable]\n")
}

func TestPushSendsNothingThatHasErrors(t *testing.T) {
	s := newSite(t, nil)
	dir := t.TempDir()
	bad := write(t, dir, "bad.bot.yaml", strings.Replace(tiny, "start: a", "start: b", 1))
	good := write(t, dir, "tiny.bot.yaml", tiny)
	broken := write(t, dir, "broken.test.yaml", "cases: [{name: a, steps: [{says: x}]}]\n")
	others := write(t, dir, "others.test.yaml", "cases: [{name: a, steps: [{user: x}, {bot: {state: b}}]}]\n")
	for _, tt := range []struct {
		args      []string
		out, want string
	}{
		{[]string{bad}, bad + `:4:8: error: there is no state "b" [unknown-state]` + "\n", bad + " has 1 error; nothing was sent"},
		{[]string{good, "--tests", broken}, broken + `:1:28: error: a step has no key "says"`, broken + " has 1 error; nothing was sent"},
		{[]string{good, "--tests", others}, others + `:1:52: error: the bot has no state "b" [unknown-state]` + "\n", others + " has 1 error; nothing was sent"},
		{[]string{good, "--tests", "none.test.yaml"}, "", "open none.test.yaml: no such file or directory"},
		{[]string{"none.bot.yaml"}, "", "open none.bot.yaml: no such file or directory"},
	} {
		for _, command := range [][]string{{"bot", "push"}, {"bot", "publish", "--channel", "1"}} {
			code, out, errOut := s.terminal(t).run(t, "", append(command, tt.args...)...)
			require.Equal(t, 1, code)
			require.Contains(t, out, tt.out)
			require.Equal(t, "chattigo: "+tt.want+"\n", errOut)
		}
	}
	require.Empty(t, s.got)
	home(t)
	_, _, errOut := newTerminal(t).run(t, "", "bot", "push", bad)
	require.Equal(t, "chattigo: "+bad+" has 1 error; nothing was sent\n", errOut, "without a login too")
}

const refusedTiny = `{"message":"the definition has 2 errors; the first is at line 3, column 5: no","problems":[{"level":"error","code":"value","message":"no","line":3,"column":5},{"level":"error","code":"type","message":"neither","line":4,"column":1}]}`

func TestPushListsWhatTheServerRefuses(t *testing.T) {
	s := newSite(t, map[string]answer{"PUT /bots/tiny": {422, refusedTiny}})
	dir := t.TempDir()
	path := write(t, dir, "tiny.bot.yaml", tiny)
	tests := write(t, dir, "tiny.test.yaml", tinyTests)
	code, out, errOut := s.terminal(t).run(t, "", "bot", "push", path)
	require.Equal(t, 1, code)
	require.Equal(t, path+":3:5: error: no [value]\n"+path+":4:1: error: neither [type]\n", out)
	require.Equal(t, "chattigo: the definition has 2 errors; the first is at line 3, column 5: no\n", errOut)
	require.Len(t, s.got, 1, "the tests of what is not there are not sent")

	s.answers["PUT /bots/tiny"] = answer{body: putTiny}
	s.answers["PUT /bots/tiny/tests?version=1"] = answer{422, refusedTiny}
	code, out, _ = s.terminal(t).run(t, "", "bot", "push", path)
	require.Equal(t, 1, code)
	require.Contains(t, out, tests+":3:5: error: no [value]\n")
}

func TestPushForTools(t *testing.T) {
	s := newSite(t, map[string]answer{"PUT /bots/tiny": {body: putTiny}, "PUT /bots/tiny/tests?version=1": {body: putTinyTests}})
	dir := t.TempDir()
	path := write(t, dir, "tiny.bot.yaml", tiny)
	write(t, dir, "tiny.test.yaml", tinyTests)
	code, out, errOut := s.terminal(t).run(t, "", "bot", "push", "--json", path)
	require.Zero(t, code, errOut)
	require.JSONEq(t, `{"bot":`+putTiny+`,"tests":`+putTinyTests+`}`, out)

	s.answers["PUT /bots/tiny/tests?version=1"] = answer{422, refusedTiny}
	code, out, errOut = s.terminal(t).run(t, "", "bot", "push", "--json", path)
	require.Equal(t, 1, code)
	require.JSONEq(t, `{"bot":`+putTiny+`,"refused":`+refusedTiny+`}`, out)
	require.Contains(t, errOut, "the definition has 2 errors")

	code, out, _ = s.terminal(t).run(t, strings.Replace(tiny, "start: a", "start: b", 1), "bot", "push", "--json", "-")
	require.Equal(t, 1, code)
	require.JSONEq(t, `{"refused":{"message":"stdin cannot be used","problems":[
		{"file":"stdin","line":4,"column":8,"level":"error","code":"unknown-state","message":"there is no state \"b\""}]}}`, out)

	s.answers["PUT /bots/tiny"] = answer{502, "<html>"}
	code, out, _ = s.terminal(t).run(t, tiny, "bot", "push", "--json", "-")
	require.Equal(t, 1, code)
	require.True(t, json.Valid([]byte(out)))
}

func TestTheMediaTypeOfADefinition(t *testing.T) {
	for _, tt := range []struct{ path, text, want string }{
		{"a.bot.yaml", tiny, "application/yaml"},
		{"a.bot.yml", "{}", "application/yaml"},
		{"a.bot.json", "{}", "application/json"},
		{"-", tiny, "application/yaml"},
		{"-", "\n{\"bot\": \"v1\"}\n", "application/json"},
	} {
		require.Equal(t, tt.want, mediaType(tt.path, []byte(tt.text)), tt)
	}
}
