package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
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

func TestFilesThatAreNotThere(t *testing.T) {
	tm := newTerminal(t)
	for _, args := range [][]string{
		{"bot", "check", "none.bot.yaml"},
		{"bot", "test", "none.test.yaml"},
		{"bot", "test", "none.bot.yaml"},
		{"bot", "graph", "none.bot.yaml"},
		{"bot", "sim", "none.bot.yaml"},
		{"bot", "explore", "none.bot.yaml"},
		{"bot", "sim", starter, "--http", "none.test.yaml"},
	} {
		code, _, errOut := tm.run(t, "", args...)
		require.Equal(t, 1, code, args)
		require.Contains(t, errOut, "no such file", args)
	}
}

func TestBotsHelpTeaches(t *testing.T) {
	tm := newTerminal(t)
	for _, command := range []string{"init", "check", "test", "sim", "graph", "explore", "diff", "push", "publish", "rollback", "versions", "list", "channels"} {
		code, out, errOut := tm.run(t, "", "bot", command, "--help")
		require.Zero(t, code, errOut)
		require.Contains(t, out, "chattigo bot "+command, "with an example")
	}
	_, out, _ := tm.run(t, "", "login", "--help")
	require.Contains(t, out, "chattigo login --url")
	require.NoDirExists(t, tm.dir, "files are all that is needed")
}
