package expr

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// shuffled writes a value as JSON with the keys of its maps in any order, and spaces anywhere.
func shuffled(t *rapid.T, val any) string {
	space := rapid.SampledFrom([]string{"", " ", "\n\t"})
	switch val := val.(type) {
	case []any:
		parts := make([]string, len(val))
		for i, elem := range val {
			parts[i] = shuffled(t, elem)
		}
		return "[" + space.Draw(t, "space") + strings.Join(parts, space.Draw(t, "space")+",") + "]"
	case map[string]any:
		keys := make([]string, 0, len(val))
		for key := range val {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		parts := make([]string, len(keys))
		for i, key := range rapid.Permutation(keys).Draw(t, "order") {
			name, _ := json.Marshal(key)
			parts[i] = string(name) + space.Draw(t, "space") + ":" + shuffled(t, val[key])
		}
		return "{" + strings.Join(parts, space.Draw(t, "space")+",") + "}"
	}
	text, _ := json.Marshal(val)
	return string(text)
}

// TestTheOrderOfKeysNeverShows evaluates everything that can walk a map with its keys in two orders.
func TestTheOrderOfKeysNeverShows(t *testing.T) {
	e := env(t, Names{Vars: map[string]Type{"m": Map, "l": List}})
	var all []*Expr
	for _, source := range []string{
		"vars.m", "[vars.m, {'b': 1, 'a': vars.m}]", "result.json", "dyn(vars.m).map(k, k)", "dyn(vars.m).filter(k, k != 'a')",
		"dyn(vars.m).exists_one(k, k > 'b')", "result.json.map(k, {k: result.json[k]})", "vars.l.map(x, x)", "vars.m == result.json",
		"vars.l == [result.json] || vars.m in vars.l", "dyn(result.json).all(k, k < 'zz')", "size(vars.m)", "dyn(vars.m).map(k, [k, result.json[k]])",
		"dyn(vars.m).exists(k, 1 / size(k) > 9)",
	} {
		all = append(all, compiles(t, e, source, Site{Scope: ResultScope}, Any))
	}
	printed, problems := e.Template("${vars.m} ${vars.l} ${result.json}", Site{Scope: ResultScope})
	require.Empty(t, problems)
	rapid.Check(t, func(t *rapid.T) {
		m := map[string]any{}
		for range rapid.IntRange(0, 6).Draw(t, "entries") {
			m[rapid.StringN(0, 5, -1).Draw(t, "key")] = tree(t, 2)
		}
		values := func() *Values {
			return &Values{
				Vars:   map[string]json.RawMessage{"m": raw(shuffled(t, m)), "l": raw("[" + shuffled(t, m) + "]")},
				Result: Result{JSON: raw(shuffled(t, m))},
			}
		}
		for _, x := range all {
			one, err := x.Assign(values(), Any)
			two, again := x.Assign(values(), Any)
			require.Equal(t, string(one), string(two))
			require.Equal(t, err, again)
		}
		one, err := printed.Text(values())
		two, again := printed.Text(values())
		require.Equal(t, one, two)
		require.Equal(t, err, again)
	})
}

// TestEqualityIsThatOfJSON compares two trees as CEL does and by their normal form: values are
// equal when they are written the same, but for numbers that two types can hold.
func TestEqualityIsThatOfJSON(t *testing.T) {
	e := env(t, Names{Vars: map[string]Type{"l": List}})
	same := compiles(t, e, "vars.l[0] == vars.l[1]", Site{}, Bool)
	different := compiles(t, e, "vars.l[0] != vars.l[1]", Site{}, Bool)
	within := compiles(t, e, "vars.l[0] in [vars.l[1]]", Site{}, Bool)
	parts := compiles(t, e, "[vars.l[0], vars.l[1]]", Site{}, List)
	rapid.Check(t, func(t *rapid.T) {
		one := tree(t, 2)
		two := one
		if rapid.Bool().Draw(t, "other") {
			two = tree(t, 2)
		}
		v := &Values{Vars: map[string]json.RawMessage{"l": raw("[" + shuffled(t, one) + "," + shuffled(t, two) + "]")}}
		written, err := parts.Assign(v, List)
		require.NoError(t, err)
		var both []json.RawMessage
		require.NoError(t, json.Unmarshal(written, &both))
		equal, err := same.Bool(v)
		require.NoError(t, err)
		require.Equal(t, string(both[0]) == string(both[1]), equal, string(written))
		not, err := different.Bool(v)
		require.NoError(t, err)
		require.NotEqual(t, equal, not)
		in, err := within.Bool(v)
		require.NoError(t, err)
		require.Equal(t, equal, in)
	})
}

// TestReadingJSONAgreesWithTheStandardLibrary holds our reader to encoding/json.
func TestReadingJSONAgreesWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := shuffled(t, tree(t, 3))
		if rapid.Bool().Draw(t, "broken") {
			i := rapid.IntRange(0, len(text)).Draw(t, "at")
			text = text[:i] + rapid.StringMatching(`[\[\]{}",:0-9eE.+\\u -]{0,3}`).Draw(t, "insert") + text[i:]
		}
		val, err := decode(raw(text), Any)
		var expected any
		require.Equal(t, json.Unmarshal([]byte(text), &expected) == nil, err == nil, text)
		if err != nil {
			return
		}
		w := writer{}
		require.NoError(t, w.writeValue(val, 0))
		var got any
		require.NoError(t, json.Unmarshal(w.out, &got), string(w.out))
		require.Equal(t, expected, got, text)
	})
}

// TestScanFindsWhatCELReads writes expressions of quotes and braces, which CEL reads, into a
// text and finds them again.
func TestScanFindsWhatCELReads(t *testing.T) {
	e := env(t, Names{})
	quoted := rapid.Custom(func(t *rapid.T) string {
		inner := rapid.StringMatching(`([{}"'$/ a-z]|\\\\|\\'|\\")*`).Draw(t, "inner")
		quote := rapid.SampledFrom([]string{"'", `"`, "'''", `"""`}).Draw(t, "quote")
		prefix := rapid.SampledFrom([]string{"", "r", "R"}).Draw(t, "prefix")
		return prefix + quote + inner + quote
	})
	expression := rapid.Custom(func(t *rapid.T) string {
		source := quoted.Draw(t, "text")
		if rapid.Bool().Draw(t, "map") {
			source = fmt.Sprintf("{%s: {'a': %s}}", source, quoted.Draw(t, "value"))
		}
		return source
	}).Filter(func(source string) bool {
		x, _ := e.Compile(source, Site{}, Any)
		return x != nil
	})
	rapid.Check(t, func(t *rapid.T) {
		source := expression.Draw(t, "source")
		pieces, problem := scan("a${" + source + "}b")
		require.Nil(t, problem, source)
		require.Equal(t, []piece{{text: "a"}, {text: source, isExpr: true, offset: 3}, {text: "b"}}, pieces)
	})
}
