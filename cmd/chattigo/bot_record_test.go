package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const recordedTest = "# A real conversation.\nbot: tiny.bot.yaml\ncases:\n  - name: recorded\n    steps:\n      - user: hola\n"

func TestRecordPrintsTheTest(t *testing.T) {
	s := newSite(t, map[string]answer{
		"GET /conversations/cnv_1/record":                                         {body: recordedTest},
		"GET /conversations/cnv_1/record?bot=bots%2Ftiny.yaml&name=uno+dos":       {body: recordedTest},
		"GET /conversations/cnv_2/record":                                         {409, `{"message":"the conversation is still open; it can be recorded once it is closed"}`},
		"GET /conversations/cnv_3/record":                                         {body: "<html>"},
		"GET /conversations/cnv_1%2F..%2Fx/record":                                {body: recordedTest},
		"GET /conversations/cnv_1/record?bot=..%2Ftiny.bot.yaml&name=recorded+it": {body: recordedTest},
	})
	code, out, errOut := s.terminal(t).run(t, "", "bot", "record", "cnv_1")
	require.Zero(t, code, errOut)
	require.Equal(t, recordedTest, out)
	code, out, errOut = s.terminal(t).run(t, "", "bot", "record", "cnv_1", "--bot", "bots/tiny.yaml", "--name", "uno dos")
	require.Zero(t, code, errOut)
	require.Equal(t, recordedTest, out)
	code, _, errOut = s.terminal(t).run(t, "", "bot", "record", "cnv_1/../x")
	require.Zero(t, code, errOut)

	for conversation, want := range map[string]string{
		"cnv_2": "chattigo: the conversation is still open; it can be recorded once it is closed\n",
		"cnv_3": "chattigo: the server answered something that is no test: the test file has a problem at 1:1: the test file must be an object, with the keys bot, cases, contact, http, kept, loop_guard, now, opted_out, vars: each as key: value [type]\n",
		"cnv_4": "chattigo: unsupported get request. Object with ID 'x' does not exist\n",
	} {
		code, out, errOut = s.terminal(t).run(t, "", "bot", "record", conversation)
		require.Equal(t, 1, code)
		require.Empty(t, out)
		require.Equal(t, want, errOut)
	}
}

func TestRecordWritesAFileAndNeverOverAnother(t *testing.T) {
	s := newSite(t, map[string]answer{"GET /conversations/cnv_1/record?bot=..%2Ftiny.bot.yaml": {body: recordedTest}})
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "tests"), 0o755))
	file, bot := filepath.Join(dir, "tests", "x.test.yaml"), filepath.Join(dir, "tiny.bot.yaml")

	code, out, errOut := s.terminal(t).run(t, "", "bot", "record", "cnv_1", "-o", file, "--bot", bot)
	require.Zero(t, code, errOut)
	require.Equal(t, "Recorded in "+file+". Read it, then play it with: chattigo bot test "+file+"\n", out)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, recordedTest, string(text))

	code, _, errOut = s.terminal(t).run(t, "", "bot", "record", "cnv_1", "-o", file, "--bot", bot)
	require.Equal(t, 1, code)
	require.Equal(t, "chattigo: "+file+" is there already, and nothing was written\n", errOut)
	require.Len(t, s.got, 1, "the server is not asked for what cannot be written")
}

func TestARecordedTestThatControlsTheTerminalIsRefused(t *testing.T) {
	for name, evil := range map[string]string{
		"a title":          "# \x1b]0;x\x07\n",
		"in the last line": "# x\x1b[2J",
		"DEL":              "# \x7f\n",
		"C1":               "# \u009b2J\n",
		"C1 of eight bits": "# \x9b2J\n",
		"a carriage":       "# harmless\rharmful\n",
		"right to left":    "# \u202e\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, map[string]answer{"GET /conversations/cnv_1/record": {body: recordedTest + evil}})
			file := filepath.Join(t.TempDir(), "x.test.yaml")
			for _, more := range [][]string{nil, {"-o", file}} {
				code, out, errOut := s.terminal(t).run(t, "", append([]string{"bot", "record", "cnv_1"}, more...)...)
				require.Equal(t, 1, code)
				require.Empty(t, out)
				require.Regexp(t, "^chattigo: the server answered [^[:cntrl:]]+\n$", errOut)
				require.NoFileExists(t, file)
			}
		})
	}
}
