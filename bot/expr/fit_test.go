package expr

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAssignBringsValuesToTheTypeOfTheVariable(t *testing.T) {
	e := env(t, clinic())
	for _, c := range []struct {
		source string
		t      Type
		want   string // "" is an unset variable
	}{
		{"'a'", String, `"a"`},
		{"''", String, `""`},
		{"dyn(2.0)", Int, `2`},
		{"dyn(-9223372036854775808.0)", Int, `-9223372036854775808`},
		{"2", Number, `2`},
		{"2.50", Number, `2.5`},
		{"0.0 * -1.0", Number, `0`},
		{"1e20", Number, `100000000000000000000`},
		{"1e21", Number, `1e+21`},
		{"0.000001", Number, `0.000001`},
		{"0.0000001", Number, `1e-07`},
		{"true", Bool, `true`},
		{"'2028-02-29'", Date, `"2028-02-29"`},
		{"vars.fecha", Date, `"2026-03-10"`},
		{"''", Date, ``},
		{"timestamp('2026-03-10T12:00:00.25-03:00')", Timestamp, `"2026-03-10T15:00:00.25Z"`},
		{"[1, 2.0, 'a', null, [true], now]", List, `[1,2,"a",null,[true],"2026-03-10T13:30:00Z"]`},
		{"{'b': '<&>\\u2028', 'a': '\"\\\\\\n\\t\\u0001'}", Map, `{"a":"\"\\\n\t\u0001","b":"<&>` + "\u2028" + `"}`},
		{"null", String, ``},
		{"null", List, ``},
		{"result.json.vacio", Number, ``},
		{"result.json.horas", Any, `[{"id":"h1","n":2},{"id":"h2","n":2.5}]`},
	} {
		got, err := compiles(t, e, c.source, Site{Scope: ResultScope}, c.t).Assign(chat(t), c.t)
		require.NoError(t, err, c.source)
		require.Equal(t, c.want, string(got), c.source)
	}
}

func TestAssignConvertsNothingElse(t *testing.T) {
	e := env(t, clinic())
	for _, c := range []struct {
		source  string
		t       Type
		message string
	}{
		{"dyn(1)", String, "the value is not a string"},
		{"dyn('1')", Int, "the value is not an int"},
		{"dyn(1.5)", Int, "the value is not an int"},
		{"dyn(9223372036854775808.0)", Int, "the value is not an int"},
		{"dyn('1')", Number, "the value is not a number"},
		{"dyn(1)", Bool, "the value is not a bool"},
		{"dyn('2026-02-29')", Date, "the value is not a date (yyyy-MM-dd)"},
		{"dyn(now)", Date, "the value is not a date (yyyy-MM-dd)"},
		{"dyn('2026-03-10T12:00:00Z')", Timestamp, "the value is not a timestamp"},
		{"dyn({})", List, "the value is not a list"},
		{"dyn([])", Map, "the value is not a map"},
		{"1.0 / 0.0", Number, "the number is infinite or not a number"},
		{"0.0 / 0.0", Number, "the number is infinite or not a number"},
		{"dyn(int)", Any, "the value cannot be written as JSON"},
	} {
		_, err := compiles(t, e, c.source, Site{}, c.t).Assign(chat(t), c.t)
		require.Equal(t, &EvalError{Message: c.message}, err, c.source)
	}
}

func TestConditionsAreTrueOrFalse(t *testing.T) {
	e := env(t, clinic())
	ok, err := compiles(t, e, "dyn(true)", Site{}, Bool).Bool(chat(t))
	require.NoError(t, err)
	require.True(t, ok)
	_, err = compiles(t, e, "dyn(1)", Site{}, Bool).Bool(chat(t))
	require.EqualError(t, err, "the condition is neither true nor false")
	_, problems := e.Compile("null", Site{}, Bool)
	require.NotEmpty(t, problems)
}
