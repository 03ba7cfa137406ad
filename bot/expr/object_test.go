package expr

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

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
