package outbound_test

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		limit      int
		want       string
	}{
		{"fits", "hola", 4, "hola"},
		{"fits in code points of two bytes", "ñandú", 5, "ñandú"},
		{"is cut", "hola, mundo", 5, "hola…"},
		{"no space before the ellipsis", "hola   mundo", 7, "hola…"},
		{"surrogate pair", "ab😀cd", 4, "ab…"},
		{"surrogate pair that just fits", "ab😀cd", 5, "ab😀…"},
		{"family joined by ZWJ", "a👨‍👩‍👧‍👦b", 8, "a…"},
		{"family that just fits", "👨‍👩‍👧‍👦bc", 12, "👨‍👩‍👧‍👦…"},
		{"skin tone", "a👍🏽b", 4, "a…"},
		{"combining marks", "ae\u0301\u0302bc", 4, "a…"},
		{"variation selector", "a❤️b", 3, "a❤️b"[:1] + "…"},
		{"keycap", "a1️⃣bc", 4, "a…"},
		{"flag", "a🇨🇱b", 4, "a…"},
		{"two flags are cut between them", "🇨🇱🇦🇷🇵🇪", 9, "🇨🇱🇦🇷…"},
		{"flag of tags", "🏴󠁧󠁢󠁳󠁣󠁴󠁿abc", 6, "…"},
		{"conjunct", "क्षमा", 2, "…"},
		{"Hangul letters", "\u1100\u1161\u11a8\u1102\u1161", 3, "…"},
		{"carriage return", "ab\r\ncd", 4, "ab…"},
		{"nothing fits", "hola", 0, ""},
		{"only the ellipsis fits", "hola", 1, "…"},
		{"below nothing", "hola", -1, ""},
		{"a letter with too many accents", "e" + strings.Repeat("\u0301", 100), 20, "…"},
		{"not UTF-8", "a\xffb", 3, "a\uFFFDb"},
		{"empty", "", 3, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, outbound.Cut(tt.text, tt.limit))
		})
	}
}

func TestCutFitsAndKeepsCharactersWhole(t *testing.T) {
	pieces := []string{
		"a", "ñ", "é", "e\u0301", "🇨🇱", "👨‍👩‍👧‍👦", "👍🏽", "❤️", "1️⃣", "क्षि", "\uac01", "\u1100\u1161\u11a8", "😀", "\r\n", "𝒜", "漢", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "x\u0300\u0301\u0302",
	}
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, "parts")
		limit := rapid.IntRange(0, 60).Draw(t, "limit")
		text := strings.Join(parts, "")
		got := outbound.Cut(text, limit)
		if n := len(utf16.Encode([]rune(got))); n > limit {
			t.Fatalf("%d units, at most %d", n, limit)
		}
		if got == text {
			return
		}
		kept := strings.TrimSuffix(got, "…")
		whole, rest := "", kept
		for _, part := range parts {
			if !strings.HasPrefix(rest, part) {
				break
			}
			whole, rest = whole+part, rest[len(part):]
		}
		if whole != kept {
			t.Fatalf("%q is not made of whole characters of %q", kept, text)
		}
	})
}

func FuzzCut(f *testing.F) {
	f.Add("hola 👨‍👩‍👧‍👦 mundo", 8)
	f.Add("e\u0301🇨🇱🇦🇷", 3)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		got := outbound.Cut(text, limit)
		require.True(t, utf8.ValidString(got))
		require.LessOrEqual(t, len(utf16.Encode([]rune(got))), max(limit, 0))
	})
}
