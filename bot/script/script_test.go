package script_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/transcript"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update to write it")
	require.Equal(t, string(want), got)
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	src, err := os.ReadFile(path)
	require.NoError(t, err)
	return src
}

func loadBot(t testing.TB, path string) *definition.Bot {
	t.Helper()
	b, err := definition.Load(read(t, path))
	require.NoError(t, err)
	return b
}

func load(t testing.TB, src []byte) *script.File {
	t.Helper()
	f, err := script.Load(src)
	require.NoError(t, err)
	return f
}

// play plays all cases and writes what came of them.
func play(b *definition.Bot, f *script.File, file string, width int) (results []*script.Result, text string) {
	var out bytes.Buffer
	for i := range f.Cases {
		c := &f.Cases[i]
		r := c.Play(script.NewPlayer(b, c.Setup, nil))
		results = append(results, r)
		out.WriteString(transcript.Headline(r, file) + "\n")
		transcript.WriteResult(&out, r, width, false)
		out.WriteString("\n")
	}
	return results, out.String()
}

func TestTranscripts(t *testing.T) {
	for _, tt := range []struct{ name, bot string }{
		{"starter", "../definition/starter.bot.yaml"},
		{"tienda", "testdata/tienda.bot.yaml"},
		{"recado", "testdata/recado.bot.yaml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, f := loadBot(t, tt.bot), load(t, read(t, "testdata/"+tt.name+".test.yaml"))
			require.Empty(t, f.Check(b))
			results, text := play(b, f, tt.name+".test.yaml", 80)
			for _, r := range results {
				require.True(t, r.Passed(), text)
			}
			golden(t, tt.name+".txt", text)
		})
	}
}

// TestConversationsOfPeople plays what people did with bots and what became of it, right or wrong, where
// it has to be right from then on. Each bot has its own test file, which says what it is about.
func TestConversationsOfPeople(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.test.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f := load(t, read(t, path))
			b := loadBot(t, filepath.Join("testdata/cases", f.Bot))
			require.Empty(t, f.Check(b))
			results, text := play(b, f, filepath.Base(path), 80)
			for _, r := range results {
				require.True(t, r.Passed(), text)
			}
		})
	}
}

func TestEveryFailureSaysWhatCameInstead(t *testing.T) {
	b, f := loadBot(t, "testdata/tienda.bot.yaml"), load(t, read(t, "testdata/failures.test.yaml"))
	results, text := play(b, f, "failures.test.yaml", 80)
	for _, r := range results {
		require.False(t, r.Passed(), r.Case.Name)
	}
	golden(t, "failures.txt", text)
}

func TestAnUnmockedCallShowsTheMockToWrite(t *testing.T) {
	b := loadBot(t, "testdata/tienda.bot.yaml")
	src := string(read(t, "testdata/tienda.test.yaml"))
	const mocks = "http:\n  - match: POST https://api.tienda.example/pedidos\n    json: {estado: en camino}\n"
	require.Contains(t, src, mocks)
	f := load(t, []byte(strings.Replace(src, mocks, "", 1)))
	c := &f.Cases[0]
	failure := c.Play(script.NewPlayer(b, c.Setup, nil)).Failure
	require.NotNil(t, failure)
	require.Equal(t, `user: "42"`, failure.Step)
	require.Equal(t, "the bot calls POST https://api.tienda.example/pedidos, and no mock answers it; put this under http:\n"+
		`  - {match: "POST https://api.tienda.example/pedidos", json: {}}`, failure.Problem)

	_, mock, _ := strings.Cut(failure.Problem, "http:\n")
	f = load(t, []byte(strings.Replace(src, mocks, "http:\n"+mock+"\n", 1)))
	c = &f.Cases[0]
	failure = c.Play(script.NewPlayer(b, c.Setup, nil)).Failure
	require.NotNil(t, failure, "the mock as it was shown has no state of the order")
	require.NotContains(t, failure.Problem, "no mock")
}

func TestTheSameFileGivesTheSameBytes(t *testing.T) {
	b, src := loadBot(t, "testdata/tienda.bot.yaml"), read(t, "testdata/failures.test.yaml")
	_, first := play(b, load(t, src), "f", 100)
	for range 5 {
		_, again := play(b, load(t, src), "f", 100)
		require.Equal(t, first, again)
	}
}
