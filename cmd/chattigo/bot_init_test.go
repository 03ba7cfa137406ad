package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/schema"
)

func TestANewBotIsGoodAtOnce(t *testing.T) {
	tm := newTerminal(t)
	for _, tt := range []struct {
		args []string
		name string
	}{
		{nil, "clinica"},
		{[]string{"--lang", "en"}, "shop"},
		{[]string{"--name", "clinica-sur"}, "clinica-sur"},
		{[]string{"--name", "123"}, "123"},
		{[]string{"--name", "no"}, "no"},
		{[]string{"--name", "null", "--lang", "en"}, "null"},
	} {
		dir := filepath.Join(t.TempDir(), "below", tt.name)
		code, out, errOut := tm.run(t, "", append([]string{"bot", "init", dir}, tt.args...)...)
		require.Zero(t, code, errOut)
		path, tests := filepath.Join(dir, tt.name+".bot.yaml"), filepath.Join(dir, tt.name+".test.yaml")
		require.Equal(t, path+" and "+tests+" are there. Next:\n\n  chattigo bot test "+path+"\n  chattigo bot sim "+path+"\n", out)

		code, out, errOut = tm.run(t, "", "bot", "check", path, tests)
		require.Zero(t, code, out+errOut)
		require.NotContains(t, out, "warning")
		require.Contains(t, out, path+": good ("+tt.name+"@")
		code, out, errOut = tm.run(t, "", "bot", "test", path, "--cover")
		require.Zero(t, code, out+errOut)
		require.Regexp(t, `states +100 %`, out)
		code, out, errOut = tm.run(t, "", "bot", "explore", path, "--human-within", "3")
		require.Zero(t, code, out+errOut)
	}
}

func TestTheFirstLineOfANewBotNamesTheSchemaBesideIt(t *testing.T) {
	tm, dir := newTerminal(t), filepath.Join(t.TempDir(), "clinica")
	code, _, errOut := tm.run(t, "", "bot", "init", dir)
	require.Zero(t, code, errOut)
	for file, want := range map[string]struct {
		line   string
		schema []byte
	}{
		"clinica.bot.yaml":  {"# yaml-language-server: $schema=bot-v1.schema.json\n", schema.Bot()},
		"clinica.test.yaml": {"# yaml-language-server: $schema=bot-test-v1.schema.json\n", schema.Test()},
	} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		require.Equal(t, want.line, string(text)[:len(want.line)])
		beside, err := os.ReadFile(filepath.Join(dir, want.line[len("# yaml-language-server: $schema="):len(want.line)-1]))
		require.NoError(t, err)
		require.Equal(t, string(want.schema), string(beside))
	}
}

func TestANewBotOverwritesNothing(t *testing.T) {
	tm := newTerminal(t)
	for _, there := range []string{"clinica.bot.yaml", "clinica.test.yaml"} {
		dir := filepath.Join(t.TempDir(), "clinica")
		require.NoError(t, os.Mkdir(dir, 0o700))
		path := write(t, dir, there, "mine")
		code, _, errOut := tm.run(t, "", "bot", "init", dir)
		require.Equal(t, 1, code)
		require.Equal(t, "chattigo: "+path+" is there already, and nothing was written\n", errOut)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 1)
	}
	dir := filepath.Join(t.TempDir(), "clinica")
	require.NoError(t, os.Mkdir(dir, 0o700))
	path := write(t, dir, schemaFile, "{}")
	code, _, errOut := tm.run(t, "", "bot", "init", dir)
	require.Zero(t, code, errOut, "two bots may share the schemas")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "{}", string(text))
}

func TestANewBotWantsAName(t *testing.T) {
	tm := newTerminal(t)
	dir := filepath.Join(t.TempDir(), "Mi Clínica")
	code, _, errOut := tm.run(t, "", "bot", "init", dir)
	require.Equal(t, 2, code)
	require.Equal(t, "chattigo: the folder \"Mi Clínica\" has no name that a bot can have: name it with --name (small letters, digits and -, at most 63)\n", errOut)
	code, _, errOut = tm.run(t, "", "bot", "init", dir, "--name", "Clínica")
	require.Equal(t, 2, code)
	require.Contains(t, errOut, `--name: "Clínica" is no name of a bot`)
	require.NoDirExists(t, dir)

	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("aqui", 0o700))
	t.Chdir("aqui")
	code, out, errOut := tm.run(t, "", "bot", "init")
	require.Zero(t, code, errOut)
	require.Contains(t, out, "aqui.bot.yaml and aqui.test.yaml are there.")
}
