package main

import (
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with a file of testdata; durations are different each time.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = regexp.MustCompile(`\([0-9.]+(µs|ms|s)\)`).ReplaceAllString(got, "(TIME)")
	path := "testdata/" + name
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update to write it")
	require.Equal(t, string(want), got)
}

const (
	shop      = "../../bot/script/testdata/tienda.bot.yaml"
	shopTests = "../../bot/script/testdata/tienda.test.yaml"
	starter   = "../../bot/definition/starter.bot.yaml"
	tiny      = `bot: v1
name: tiny
languages: [en]
start: a
states:
  a: {say: [hi], close: {reason: done}}
`
)

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

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

func TestFilesThatAreNotThere(t *testing.T) {
	tm := newTerminal(t)
	for _, args := range [][]string{
		{"bot", "check", "none.bot.yaml"},
		{"bot", "test", "none.test.yaml"},
		{"bot", "test", "none.bot.yaml"},
		{"bot", "graph", "none.bot.yaml"},
		{"bot", "sim", "none.bot.yaml"},
		{"bot", "sim", starter, "--http", "none.test.yaml"},
	} {
		code, _, errOut := tm.run(t, "", args...)
		require.Equal(t, 1, code, args)
		require.Contains(t, errOut, "no such file", args)
	}
}

func TestTestPlaysFiles(t *testing.T) {
	tm := newTerminal(t)
	for _, args := range [][]string{
		{"bot", "test", shopTests, "../../bot/script/testdata/starter.test.yaml"},
		{"bot", "test", shop}, // its tests lie beside it
	} {
		code, out, errOut := tm.run(t, "", args...)
		require.Zero(t, code, out+errOut)
		require.Contains(t, out, "ok    el silencio recuerda y cierra\n")
		require.Regexp(t, `\d+ cases passed \(\S+\)\.\n$`, out)
	}
	code, out, _ := tm.run(t, "", "bot", "test", shop, "--run", "^un operador", "--verbose", "--cover")
	require.Zero(t, code)
	golden(t, "bot_test.txt", out)
}

func TestTestFails(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	tests := "cases:\n  - name: a\n    steps: [{user: x}, {bot: hi}]\n  - name: b\n    steps: [{user: x}, {bot: bye}]\n"
	named := write(t, dir, "a.test.yaml", "bot: tiny.bot.yaml\n"+tests)
	unnamed := write(t, dir, "b.test.yaml", tests)
	path := write(t, dir, "tiny.bot.yaml", tiny)
	report := filepath.Join(dir, "report.xml")

	code, out, errOut := tm.run(t, "", "bot", "test", named, "--junit", report)
	require.Equal(t, 1, code)
	require.Contains(t, out, "ok    a\nFAIL  b ("+named+":6)\n")
	require.Contains(t, out, "✗ line 6: bot: bye\n  the text is \"hi\", not \"bye\"\n")
	require.Regexp(t, `^chattigo: 1 of 2 cases failed \(\S+\)\n$`, errOut)
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
	}
	text, err := os.ReadFile(report)
	require.NoError(t, err)
	require.NoError(t, xml.Unmarshal(text, &suites))
	require.Equal(t, 2, suites.Tests)
	require.Equal(t, 1, suites.Failures)

	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{unnamed}, "names no bot; name it with --bot"},
		{[]string{unnamed, "--bot", path, "--run", "c"}, "no case has a name that --run matches"},
		{[]string{unnamed, "--bot", unnamed}, unnamed + " has "},
	} {
		code, _, errOut := tm.run(t, "", append([]string{"bot", "test"}, tt.args...)...)
		require.Equal(t, 1, code)
		require.Contains(t, errOut, tt.want)
	}
	code, _, errOut = tm.run(t, "", "bot", "test", named, "--run", "(")
	require.Equal(t, 2, code)
	require.Contains(t, errOut, "--run: error parsing regexp")
	code, out, _ = tm.run(t, tests, "bot", "test", "-", "--bot", path, "--run", "a", "--junit", "-")
	require.Zero(t, code)
	require.Contains(t, out, `<testsuites tests="1" failures="0"`)
}

func TestTestRefusesNamesThatTheBotDoesNotHave(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	write(t, dir, "tiny.bot.yaml", tiny)
	path := write(t, dir, "tiny.test.yaml", "bot: tiny.bot.yaml\ncases: [{name: a, steps: [{user: x}, {bot: {state: b}}]}]\n")
	code, out, errOut := tm.run(t, "", "bot", "test", path)
	require.Equal(t, 1, code)
	require.Equal(t, path+":2:52: error: the bot has no state \"b\" [unknown-state]\n", out)
	require.Equal(t, "chattigo: "+path+" has 1 error\n", errOut)
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

func TestGraphDraws(t *testing.T) {
	code, out, errOut := newTerminal(t).run(t, tiny, "bot", "graph", "-")
	require.Zero(t, code, errOut)
	require.Contains(t, out, "flowchart TD\n  start((\"tiny\"))\n  s1([\"a<br/>■ done\"]):::ends\n  start --> s1\n")
}

func TestBotsHelpTeaches(t *testing.T) {
	tm := newTerminal(t)
	for _, command := range []string{"check", "test", "sim", "graph"} {
		code, out, errOut := tm.run(t, "", "bot", command, "--help")
		require.Zero(t, code, errOut)
		require.Contains(t, out, "chattigo bot "+command, "with an example")
	}
	require.NoDirExists(t, tm.dir, "files are all that is needed")
}
