package fold_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/fold"
)

func TestTextFolds(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"plain", "menu", "menu"},
		{"case, accent and punctuation", "¡Menú!", "menu"},
		{"composed and decomposed are one", "adio\u0301s", "adios"},
		{"ñ loses its tilde", "Mañana", "manana"},
		{"space collapses", "  hasta \t\n luego  ", "hasta luego"},
		{"no-break space is space", "hasta\u00a0luego", "hasta luego"},
		{"emoji at the ends", "👋 hola 🙂", "hola"},
		{"emoji with joiner and skin tone", "👩🏽‍💻 hola", "hola"},
		{"flag", "Chile 🇨🇱", "chile"},
		{"inner punctuation stays", "9:00 a 18:00", "9:00 a 18:00"},
		{"ordinal with a dot", "2.", "2"},
		{"ordinal in parentheses", "(2)", "2"},
		{"keycap", "1️⃣", "1"},
		{"superscript", "n²", "n2"},
		{"full width", "ＭＥＮＵ", "menu"},
		{"ligature", "ﬁn", "fin"},
		{"sharp s", "STRASSE ß", "strasse ss"},
		{"dotted capital i", "İstanbul", "istanbul"},
		{"greek final sigma", "ΟΔΟΣ", "οδοσ"},
		{"zero width characters", "me\u200bnu\ufeff", "menu"},
		{"nothing but punctuation", "¿?!…", ""},
		{"nothing but emoji", "👍👍", "👍👍"},
		{"emoji with punctuation and space", " 👍 👍! ", "👍👍"},
		{"emoji with a skin tone", "👍🏽", "👍"},
		{"emoji with a variation selector", "❤️", "❤"},
		{"emoji of joined parts", "👩🏽‍💻", "👩‍💻"},
		{"emoji of joined parts and selectors", "❤️‍🔥", "❤‍🔥"},
		{"flag alone", "🇨🇱", "🇨🇱"},
		{"flag of a part of a country", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"},
		{"keycap without a digit", "#️⃣", "#⃣"},
		{"keycap without a digit, and without selector", "*⃣", "*⃣"},
		{"keycap without selector", "2⃣", "2"},
		{"information is no letter", "ℹ️", "ℹ"},
		{"information before a word", "ℹ️ Información", "informacion"},
		{"trade mark behind a word", "Marca™️", "marca"},
		{"metro", "Ⓜ️ Metro", "metro"},
		{"metro alone, without selector", "Ⓜ", "Ⓜ"},
		{"emoji that are punctuation", "‼️", "‼"},
		{"emoji that is an arrow", "↔️", "↔"},
		{"emoji with a Japanese sign", "㊗️", "㊗"},
		{"emoji of a newer Unicode", "\U0001FAE9", "\U0001FAE9"},
		{"stars that are no emoji", "★★☆", "★★☆"},
		{"a sign", "+", "+"},
		{"a face of punctuation", ":-)", ""},
		{"a skin tone alone", "🏽", ""},
		{"joiner and selector alone", "\u200d\ufe0f", ""},
		{"tags alone", "\U000E0067\U000E007F", ""},
		{"blank Braille and object replacement", "\u2800\ufffc", ""},
		{"Thai keeps its vowels and tones", "ใช่!", "ใช่"},
		{"Hindi keeps its vowels", "हाँ।", "हाँ"},
		{"Japanese keeps its voicing", "がっこう", "がっこう"},
		{"half-width Japanese", "ﾊﾞｽ", "バス"},
		{"Korean in letters", "\u110b\u1168", "예"},
		{"Russian й is no и, ё is е", "Мой ещё", "мой еще"},
		{"stress marks in Russian", "до́ма", "дома"},
		{"Ukrainian ї is no і", "Її", "її"},
		{"Greek without its accent", "Ναί", "ναι"},
		{"Arabic without its vowels", "نَعَم", "نعم"},
		{"Hebrew without its points", "כֵּן", "כן"},
		{"Vietnamese without its tones", "Không", "khong"},
		{"marks in a heap", "h\u0301\u0302\u0303\u0308ola", "hola"},
		{"empty", "", ""},
		{"invalid UTF-8", "hola\xff", "hola"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, fold.Text(tt.text))
		})
	}
}

func TestTokensAreWordsAndSymbols(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"Gracias 👍🏽!", []string{"gracias", "👍"}},
		{"👍👎", []string{"👍", "👎"}},
		{"🇨🇱🇦🇷", []string{"🇨🇱", "🇦🇷"}},
		{"soy 👩🏽‍💻 y ya", []string{"soy", "👩‍💻", "y", "ya"}},
		{"marca #️⃣ o 2️⃣", []string{"marca", "#⃣", "o", "2"}},
		{"¿sin símbolos?", nil},
		{"", nil},
	} {
		require.Equal(t, tt.want, fold.Tokens(tt.text), tt.text)
	}
}

func TestWordsOfScriptsWithoutSpaces(t *testing.T) {
	for text, want := range map[string][]string{
		"no gracias, ¡no!": {"no", "gracias", "no"},
		"你好":               {"你", "好"},
		"我要pay 2次":         {"我", "要", "pay", "2", "次"},
		"コーヒー":             {"コ", "ー", "ヒ", "ー"},
		"ใช่ ครับ":         {"ใ", "ช่", "ค", "รั", "บ"},
		"예 아니요":            {"예", "아니요"},
		"हाँ जी":           {"हाँ", "जी"},
		"año":              {"ano"},
	} {
		require.Equal(t, want, fold.Words(fold.Text(text)), text)
	}
}

func TestATextConsistsOfWordsWhateverStandsBetween(t *testing.T) {
	for text, words := range map[string]string{"no, gracias": "no gracias", "no/gracias": "no gracias", "no": "no", "你好": "你 好"} {
		require.True(t, fold.Consists(text, strings.Fields(words)), text)
	}
	require.False(t, fold.Consists("no, gracias", []string{"no"}))
	require.False(t, fold.Consists("nogracias", []string{"no", "gracias"}))
	require.False(t, fold.Consists("", nil))
	require.False(t, fold.Consists("👍", nil))
}

func TestFoldLooksAtABoundedPartOfTheText(t *testing.T) {
	require.Len(t, fold.Text(strings.Repeat("a", 1<<20)), 4096)
}

func TestFoldIsIdempotentAndValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := fold.Text(rapid.String().Draw(t, "text"))
		require.True(t, utf8.ValidString(once))
		require.Equal(t, once, fold.Text(once))
		if words := fold.Words(once); len(words) > 0 {
			require.True(t, fold.Consists(once, words), "a folded text begins with its first word")
		}
	})
}
