package transcript

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"":             0,
		"año":          3,
		"an\u0303o":    3, // the accent on its own
		"👋":            2,
		"👋🏽":           2, // with a tone of skin
		"👩\u200d🔬":     2, // two that are joined
		"❤":            1,
		"❤\ufe0f":      2,
		"日本":           4,
		"🇨🇱":           2,
		"Sí, reservar": 12,
	} {
		require.Equal(t, want, columns(text), text)
	}
}

func TestHarmlessReplacesControlCharacters(t *testing.T) {
	require.Equal(t, "a\ufffd[2J\nb    c\ufffd", Harmless("a\x1b[2J\r\nb\tc\u202e"))
}

func TestWrap(t *testing.T) {
	require.Equal(t, []string{"uno dos", "tres", "", "https://a", ".example/", "x"}, wrap("uno dos tres\n\nhttps://a.example/x", 9))
}

func TestWrappedLinesFitAndLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab ñ👋日\u0303\u200d\n"))).Draw(t, "text")
		limit := rapid.IntRange(2, 10).Draw(t, "limit")
		var whole strings.Builder
		for _, line := range wrap(text, limit) {
			require.LessOrEqual(t, columns(line), limit)
			require.True(t, utf8.ValidString(line))
			whole.WriteString(line)
		}
		blank := strings.NewReplacer(" ", "", "\n", "")
		require.Equal(t, blank.Replace(text), blank.Replace(whole.String()))
	})
}

func BenchmarkWrap(b *testing.B) {
	text := strings.Repeat("¡Hola! ¿Qué día le acomoda más? Mañana está todo lleno… 👋🏽 https://agenda.example/una/direccion/muy/larga/que/no/cabe/en/una/linea ", 10)
	b.ReportAllocs()
	for b.Loop() {
		wrap(text, 50)
	}
}
