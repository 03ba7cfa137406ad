package expr

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

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
