package main

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

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

func TestTheBotOfATestFileMayNotBeThere(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	write(t, dir, "caja.bot.yaml", tiny)
	path := write(t, dir, "a.test.yaml", "bot: cja.bot.yaml\ncases: [{name: a, steps: [{user: x}]}]\n")
	code, out, errOut := tm.run(t, "", "bot", "test", path)
	require.Equal(t, 1, code)
	require.Equal(t, path+`:1:6: error: the bot cja.bot.yaml cannot be used: there is no such file; did you mean "caja.bot.yaml"? [bot]`+"\n", out)
	require.Equal(t, "chattigo: "+path+" has 1 error\n", errOut)
}
