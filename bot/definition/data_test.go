package definition_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// withData is a definition with constants and sizes; tests break it by replacing a piece.
const withData = `bot: v1
name: shop
start: a
vars: {cart: {type: list, max: 20}, note: {type: string, max: 200}, opts: {type: map, max: 5}, num: {type: int}}
data:
  tax: 0.19
  open: true
  since: 2026-03-10
  none: []
  plates: [{id: a, price: 85}, {id: b, price: 120, tags: [x, null]}]
triggers: [{text: {any: [person]}, interrupt: true, to: h}]
states:
  a: {say: ["${data.plates[1].price * data.tax} ${data.since} ${size(data.none)} ${data.open}"], ask: {as: text, to: h}}
  h: {handoff: {to: desk}}
`

func TestDataAreConstantsOfTheDefinition(t *testing.T) {
	b := load(t, withData)
	require.Equal(t, map[string]int{"cart": 20, "note": 200, "opts": 5}, b.Most)
	require.Equal(t, b.Hash, load(t, strings.Replace(withData, "0.19", "0.190", 1)).Hash, "one spelling of a number")
	require.NotEqual(t, b.Hash, load(t, strings.Replace(withData, "0.19", "0.2", 1)).Hash, "data mean something")
	require.NotEqual(t, b.Hash, load(t, strings.Replace(withData, "max: 20", "max: 21", 1)).Hash)
}

func TestProblemsOfDataAndSizes(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new string
		want     []string
	}{
		{"an unknown name", "data.since", "data.sinec", []string{`13:51: there is no "sinec" under data; did you mean "since"? [expression]`}},
		{"a key that is not there", "price * ", "prise * ", []string{`13:30: this can only fail: there is no such key: "prise"; did you mean "price"? [expression]`}},
		{"a name of another form", "tax: 0.19", "Tax: 0.19\n  tax: 1", []string{`6:3: the name of a constant must be at most 40 small letters, digits and _, a letter first, such as "tax" [value]`}},

		{"too long a key", "{id: a, price: 85}", `{"` + strings.Repeat("k", 513) + `": 1}`, []string{"10:13: a key may have at most 512 bytes [too-large]"}},
		{"too long a list", "none: []", "none: [" + strings.Repeat("1, ", 10_000) + "1]", []string{"9:9: a list may have at most 10000 items [too-large]"}},
		{"more than 200 KiB", "none: []", "none: " + strings.Repeat("x", 200<<10), []string{"6:3: data may have at most 200 KiB; as JSON they have 200 [too-large]"}},
		{"too many names", "none: []", "none: []\n" + names(100), []string{"6:3: data may have at most 100 names; put constants that belong together into one map [too-large]"}},
		{"a size of what has none", "num: {type: int}", "num: {type: int, max: 3}", []string{"4:118: only a string, a list and a map have a size; leave max out [value]"}},
		{"no size", "max: 20", "max: 0", []string{"4:32: max must be from 1 to 24576 [value]"}},
		{"a size in words", "max: 20", "max: many", []string{"4:32: max must be a whole number [type]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, withData, tt.old)
			found := problems(t, strings.Replace(withData, tt.old, tt.new, 1))
			require.Equal(t, tt.want, problemsOf(found))
		})
	}
}

func names(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  name%d: %d\n", i, i)
	}
	return b.String()
}
