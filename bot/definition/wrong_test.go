package definition_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

var update = flag.Bool("update", false, "write the golden files anew")

// wrongBots are the bots of testdata/wrong: each has mistakes of one kind.
func wrongBots(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/wrong/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	return paths
}

// TestWrongBotsAreExplained holds what an author is told of a mistake: where it is, and what to do.
func TestWrongBotsAreExplained(t *testing.T) {
	for _, path := range wrongBots(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(path)
			require.NoError(t, err)
			_, problems := definition.Read(src)
			golden := filepath.Join("testdata/wrong", name+".txt")
			got := definition.Problems(problems).List()
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

// internals are words of the libraries below, which no author knows.
var internals = regexp.MustCompile(`\b(cel|CEL|dyn|overload|protobuf|null_type|interface|token|EOF|syntax error|identifier|literal|scalar|scanning|error parsing)\b|map\[|%!|\[\^?[a-z]-[a-z0-9]|\w+\.go:`)

func TestNoProblemSpeaksOfWhatAuthorsDoNotKnow(t *testing.T) {
	for _, path := range wrongBots(t) {
		src, err := os.ReadFile(path)
		require.NoError(t, err)
		_, problems := definition.Read(src)
		require.NotEmpty(t, problems, path)
		for _, p := range problems {
			require.NotRegexp(t, internals, p.Message, "%s: %s", path, p)
		}
	}
}

// TestABotWithErrorsHasItsNames holds what Read promises beside the problems.
func TestABotWithErrorsHasItsNames(t *testing.T) {
	b, problems := definition.Read([]byte("bot: v1\nname: x\nstart: nowhere\nvars: {a: {type: int}, b: text}\nstates: {s: {goto: t}, t: 1}\n"))
	require.NotEmpty(t, problems)
	require.False(t, b.Whole())
	require.Len(t, b.States(), 2)
	require.Contains(t, b.Vars, "a")
	require.Contains(t, b.Vars, "b")

	b, problems = definition.Read([]byte("bot: [v1"))
	require.Nil(t, b)
	require.Len(t, problems, 1)
	require.True(t, load(t, string(definition.Starter())).Whole())
}
