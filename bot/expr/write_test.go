package expr

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTheNormalFormOfAValueIsStable(t *testing.T) {
	x := compiles(t, env(t, Names{Vars: map[string]Type{"m": Map}}), "vars.m.x", Site{}, Any)
	e, text := env(t, Names{Vars: map[string]Type{"m": Map}}), "${vars.m.x}!"
	printed, problems := e.Template(text, Site{})
	require.Empty(t, problems)
	rapid.Check(t, func(t *rapid.T) {
		value := func(in json.RawMessage) *Values {
			return &Values{Vars: map[string]json.RawMessage{"m": append(append(raw(`{"x":`), in...), '}')}}
		}
		first, err := json.Marshal(tree(t, 3))
		require.NoError(t, err)
		normal, err := x.Assign(value(first), Any)
		require.NoError(t, err)
		if normal == nil {
			normal = raw("null")
		}
		again, err := x.Assign(value(normal), Any)
		require.NoError(t, err)
		if again == nil {
			again = raw("null")
		}
		require.Equal(t, string(normal), string(again))
		one, err := printed.Text(value(first))
		require.NoError(t, err)
		two, err := printed.Text(value(normal))
		require.NoError(t, err)
		require.Equal(t, one, two)
	})
}
