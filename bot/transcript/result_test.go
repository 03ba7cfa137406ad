package transcript_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/transcript"
)

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

func read(t testing.TB, path string) []byte {
	t.Helper()
	src, err := os.ReadFile(path)
	require.NoError(t, err)
	return src
}

// play plays all cases of a file.
func play(b *definition.Bot, f *script.File) []*script.Result {
	var results []*script.Result
	for i := range f.Cases {
		c := &f.Cases[i]
		results = append(results, c.Play(script.NewPlayer(b, c.Setup, nil)))
	}
	return results
}

func TestOnlyATerminalGetsColours(t *testing.T) {
	b, f := loadBot(t, "../script/testdata/tienda.bot.yaml"), load(t, read(t, "../script/testdata/failures.test.yaml"))
	failed := play(b, f)[0]
	var plain, coloured bytes.Buffer
	transcript.WriteResult(&plain, failed, 80, false)
	transcript.WriteResult(&coloured, failed, 80, true)
	require.NotContains(t, plain.String(), "\x1b")
	require.Contains(t, coloured.String(), "\x1b[31m✗ line")
}
