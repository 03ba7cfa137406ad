package hint_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/hint"
)

func TestNameFindsWhatWasMeant(t *testing.T) {
	for _, tt := range []struct {
		unknown string
		known   []string
		want    string
	}{
		{"chioces", []string{"choices", "as"}, "choices"},  // two letters swapped
		{"peddo", []string{"pedido", "pedidos"}, "pedido"}, // one is missing
		{"Menú", []string{"mesa", "menu"}, "menu"},         // accents and capitals
		{"on-error", []string{"on_error", "on_status"}, "on_error"},
		{"menu_principal", []string{"menu", "salida"}, "menu"}, // without its last words
		{"menu", []string{"menu_principal", "salida"}, "menu_principal"},
		{"menu", []string{"menu_uno", "menu_dos"}, ""}, // which one?
		{"next", []string{"goto", "say"}, "goto"},      // of other tools
		{"next", []string{"to", "if"}, "to"},
		{"opciones", []string{"choices", "as"}, "choices"},
		{"length", []string{"size", "string"}, "size"},
		{"string", []string{"text", "int"}, "text"},
		{"casa", []string{"mesa", "cama", "capa"}, "cama"}, // the first of those that are equally near
		{"x", []string{"i", "y"}, ""},                      // short names are all alike
		{"si", []string{"no"}, ""},
		{"especialidad", []string{"direccion", "telefono"}, ""},
		{"menu", []string{"menu"}, ""}, // it is there: something else is wrong
		{"", []string{"a"}, ""},
		{"👍", []string{"a", ""}, ""},
		{strings.Repeat("a", 500), []string{strings.Repeat("a", 501)}, ""},
	} {
		require.Equal(t, tt.want, hint.Name(tt.unknown, tt.known), tt.unknown)
	}
	require.Equal(t, `; did you mean "menu"?`, hint.DidYouMean("mneu", []string{"menu"}))
	require.Empty(t, hint.DidYouMean("mneu", nil))
}

// plainDistance is the distance of Damerau and Levenshtein, without swaps over other changes, filled in
// as the textbook has it.
func plainDistance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// TestTheNearestNameIsTheNearest holds the distance, which fills only a part of the table, against the
// whole one.
func TestTheNearestNameIsTheNearest(t *testing.T) {
	names := rapid.StringMatching(`[abc]{10,14}`)
	rapid.Check(t, func(t *rapid.T) {
		unknown, known := names.Draw(t, "unknown"), names.Draw(t, "known")
		near := unknown != known && plainDistance(unknown, known) <= 3
		require.Equal(t, near, hint.Name(unknown, []string{known}) == known, "%s %s", unknown, known)
	})
}

func TestTheOrderOfNamesMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known := rapid.SliceOfDistinct(rapid.StringMatching(`[ab_]{1,6}`), rapid.ID).Draw(t, "known")
		unknown := rapid.StringMatching(`[ab_]{1,6}`).Draw(t, "unknown")
		require.Equal(t, hint.Name(unknown, known), hint.Name(unknown, rapid.Permutation(known).Draw(t, "shuffled")))
	})
}

func TestNamesAreSearchedAtMostSoOften(t *testing.T) {
	names := hint.NewNames([]string{"menu"})
	for range 1000 {
		require.Equal(t, "menu", names.Meant("mneu"), "what was found is not searched again")
	}
	for i := range 1000 {
		names.Meant(strconv.Itoa(i))
	}
	require.Empty(t, names.Meant("menuu"))
}

func TestDurationKnowsTimesInOtherWords(t *testing.T) {
	for text, want := range map[string]string{
		"30min": "30m", "30 min.": "30m", "5 minutes": "5m", "5 minutos": "5m", "5M": "5m", "1d": "1d", "1 día": "1d", "2 semanas": "14d",
		"1h30m": "90m", "1h 30min": "90m", "1 hora y 30 minutos": "90m", "0.5h": "30m", "1,5 h": "90m", "90 segundos": "90s", "120s": "2m",
		"PT5M": "5m", "P1DT12H": "36h", "00:05:00": "5m", "1:30:00": "90m", "24h": "1d", "10 secs": "10s", "3 hrs": "3h",
		"5": "", "media hora": "", "500ms": "", "0s": "", "0.5s": "", "": "", "m": "", "5x": "", "-5m": "", "99999999999m": "", "5m!5": "",
	} {
		require.Equal(t, want, hint.Duration(text), text)
	}
	rapid.Check(t, func(t *rapid.T) {
		written := hint.Duration(rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9]{1,9} ?(s|m|h|d|w)[0-9.,]{0,4}(min|h)?`)).Draw(t, "text"))
		require.Regexp(t, `^([1-9][0-9]*[smhd])?$`, written)
		if written != "" {
			require.Equal(t, written, hint.Duration(written), "what it writes it reads")
		}
	})
}

func TestRegexpSaysWhatToDo(t *testing.T) {
	for pattern, want := range map[string]string{
		"(?=x)":   "(?=…) looks ahead or behind, which is not possible here; write what has to match, and use a second condition for what must not",
		"(?<!x)y": "(?<…) looks ahead or behind, which is not possible here; write what has to match, and use a second condition for what must not",
		"(x":      `a ) is missing; write \( for a parenthesis that is part of the text`,
		"x)":      `a ) has no ( before it; write \) for a parenthesis that is part of the text`,
		"[a":      `a ] is missing behind [a; write \[ for a bracket that is part of the text`,
		"*x":      `* repeats what stands before it, and nothing does; write \* for the character itself`,
		"x**":     "**: one repetition cannot follow another; leave one out",
		"x{1001}": "{1001} is too large; use fewer or smaller repetitions",
		"[z-a]":   "there is no range or class of characters z-a; a range begins with the smaller character, as in a-z",
		`(a)\1`:   `\1 refers to an earlier group, which is not possible here`,
		`\y`:      `\y means nothing here; write the character without \, or \\ for a backslash`,
		`x\`:      `a \ at the end means nothing; write \\ for a backslash`,
		"(?P<>x)": "(?P<> is not possible in a regular expression here (RE2)",
	} {
		_, err := regexp.Compile(pattern)
		require.Error(t, err, pattern)
		require.Equal(t, want, hint.Regexp(err), pattern)
	}
}

func TestPlainMakesANameOfAText(t *testing.T) {
	for text, want := range map[string]string{"Menú principal": "menu_principal", "¡Sí!": "si", "2 pasos": "", "日本": "", "": ""} {
		require.Equal(t, want, hint.Plain(text, "_"), text)
	}
}
