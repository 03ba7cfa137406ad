package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// TestTheExamplesAreGood keeps what authors copy from: definitions and tests without a warning, and
// tests that pass and go through every state.
func TestTheExamplesAreGood(t *testing.T) {
	bots, err := filepath.Glob("../../examples/bots/*.bot.yaml")
	require.NoError(t, err)
	require.Len(t, bots, 6)
	for _, path := range bots {
		tests := strings.Replace(path, ".bot.yaml", ".test.yaml", 1)
		t.Run(strings.TrimSuffix(filepath.Base(path), ".bot.yaml"), func(t *testing.T) {
			tm := newTerminal(t)
			for _, args := range [][]string{{"check", path, tests}, {"test", path}} {
				code, out, errOut := tm.run(t, "", append([]string{"bot"}, args...)...)
				require.Zero(t, code, out+errOut)
				require.NotContains(t, out, "warning")
			}
			b, file := example(t, path, tests)
			require.Equal(t, filepath.Base(path), b.Name+".bot.yaml", "a bot has the name of its file")
			require.Equal(t, filepath.Base(path), file.Bot)
			cover := script.NewCoverage(b)
			for i := range file.Cases {
				cover.Add(file.Cases[i].Play(script.NewPlayer(b, file.Cases[i].Setup, nil)).Entries)
			}
			missed, _ := cover.States()
			require.Empty(t, missed, "no case goes through these states")
		})
	}
}

func example(t *testing.T, path, tests string) (*definition.Bot, *script.File) {
	t.Helper()
	src, err := os.ReadFile(path)
	require.NoError(t, err)
	b, err := definition.Load(src)
	require.NoError(t, err)
	src, err = os.ReadFile(tests)
	require.NoError(t, err)
	file, err := script.Load(src)
	require.NoError(t, err)
	return b, file
}

// The pages on testing show what the commands print for the clinic; its label tells when they were
// forgotten.
func TestThePagesOnTestingShowTheClinicAsItIs(t *testing.T) {
	b, file := example(t, "../../examples/bots/clinica.bot.yaml", "../../examples/bots/clinica.test.yaml")
	good := fmt.Sprintf("clinica.bot.yaml: good (%s, %d states)\nclinica.test.yaml: good (%d cases)\n", b.Label(), len(b.States()), len(file.Cases))
	for _, page := range []string{"testing-bots.md", "probar-bots.md"} {
		text, err := os.ReadFile("../../docs/" + page)
		require.NoError(t, err)
		require.Contains(t, string(text), good, page)
		for _, label := range regexp.MustCompile(`clinica@[0-9a-f]{8}`).FindAllString(string(text), -1) {
			require.Equal(t, b.Label(), label, page)
		}
	}
}
