package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// sized is a bot with constants, and with a list that has at most two elements.
const sized = `
start: a
vars: {l: {type: list, max: 2}, s: {type: string, max: 3}, m: {type: map, max: 1}, r: {type: map}}
defaults: {error: sorry}
data: {menu: [{id: a, price: 85}, {id: b, price: 120}]}
states:
  a: {say: ["hi"], ask: {as: text, save: {SAVE}, to: b}}
  b: {say: ["${vars.l} ${vars.s} ${vars.m} ${data.menu[0].price + data.menu[1].price}"], close: {reason: done}}
  sorry: {say: [sorry], close: {reason: failed}}
`

func TestAVariableHoldsWhatItsDeclarationSays(t *testing.T) {
	for save, want := range map[string]string{
		"l: '[1, 2]'":                   `[1,2]  {} 205`,
		"s: \"'año'\"":                  `[] año {} 205`,
		"m: \"{'a': 1}\"":               `[]  {"a":1} 205`,
		`l: "[1, 2, answer.text]"`:      "l: the value has 3 elements, and its variable at most 2 (max) (line 9: [1, 2, answer.text])",
		`s: "'año' + answer.text"`:      "s: the value has 4 characters, and its variable at most 3 (max) (line 9: 'año' + answer.text)",
		`m: "{'a': 1, answer.text: 2}"`: "m: the value has 2 keys, and its variable at most 1 (max) (line 9: {'a': 1, answer.text: 2})",
		"l: 'null'":                     `[]  {} 205`,
	} {
		c := talkTo(t, strings.Replace(sized, "SAVE", save, 1))
		c.says("hola")
		c.says("x")
		if strings.Contains(want, "max") {
			require.Equal(t, []string{"sorry"}, c.texts(), save)
			require.Contains(t, strings.Join(c.traces(), "\n"), want, save)
			continue
		}
		require.Equal(t, []string{want}, c.texts(), save)
	}
}

func TestConstantsAreNoPartOfTheState(t *testing.T) {
	c := talkTo(t, strings.Replace(sized, "SAVE", "s: \"'x'\"", 1))
	c.says("hola")
	state, err := json.Marshal(c.state)
	require.NoError(t, err)
	require.NotContains(t, string(state), "price")
}

func TestMissingKeysAreTracedUpToABound(t *testing.T) {
	c := talkTo(t, strings.NewReplacer("SAVE", "s: \"'x'\"", "hi", strings.Repeat("${vars.r.x}", 50)+"!").Replace(sized))
	c.says("hola")
	require.Equal(t, []string{"!"}, c.texts())
	missing := 0
	for _, trace := range c.traces() {
		if strings.HasPrefix(trace, "left empty: ") {
			require.Equal(t, `left empty: there is no such key: "x" (line 9: vars.r.x)`, trace)
			missing++
		}
	}
	require.Equal(t, 20, missing)
}

// The largest constants, with expressions that name them as often as they can: what they are takes part in
// what is checked of each.
func TestTheLargestConstantsLoadInTime(t *testing.T) {
	for name, expression := range map[string]string{
		"joined":            "[" + strings.Repeat("data.a, data.b, ", 55) + "[]] == []",
		"too costly":        "data.a.map(x, data.b.map(y, unique(data.a) == sort_by(data.b, 'k1')))",
		"a key that is not": "data.a[0].nothing == 1 || data.b[0].k0 == data.a[1].none",
		"evaluated":         "sum(data.a.map(x, 1)) > 1 || unique(data.a) == unique(data.b) && size(data.a + data.b) > 2",
	} {
		t.Run(name, func(t *testing.T) {
			var src strings.Builder
			src.WriteString("bot: v1\nname: big\nstart: s0\ndata:\n")
			for _, part := range []string{"a", "b"} {
				fmt.Fprintf(&src, "  %s:\n", part)
				for i := range 1500 {
					fmt.Fprintf(&src, "    - {k%d: {x: %d}, id: p%d, title: Producto %d, tags: [x, y]}\n", i%70, i, i, i)
				}
			}
			src.WriteString("states:\n")
			for i := 0; src.Len() < 250<<10; i++ {
				fmt.Fprintf(&src, "  s%d: {goto: [{if: \"%s\", to: s0}, {to: s%d}]}\n", i, expression, i+1)
			}
			began := time.Now()
			_, err := definition.Load([]byte(src.String()))
			require.Less(t, time.Since(began), 20*time.Second, "a definition takes its time only")
			requireProblems(t, err)
		})
	}
}
