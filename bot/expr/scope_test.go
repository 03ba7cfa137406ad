package expr

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheAnswerHasTheTypeOfItsQuestion(t *testing.T) {
	e := env(t, clinic())
	for _, c := range []struct {
		t          Type
		json       string
		kind, none string
	}{
		{String, `"a"`, "string", `""`},
		{Int, `7`, "int", `0`},
		{Number, `7`, "double", `0`},
		{Bool, `true`, "bool", `false`},
		{Date, `"2026-03-10"`, "string", `""`},
		{Timestamp, `"2026-03-10T00:00:00Z"`, "timestamp", `"1970-01-01T00:00:00Z"`},
		{List, `[1]`, "list", `[]`},
		{Map, `{"a":1}`, "map", `{}`},
		{Any, `[1]`, "dyn", ``},
	} {
		x := compiles(t, e, "answer.value", Site{Scope: AnswerScope, Answer: c.t}, Any)
		require.Equal(t, c.kind, x.kind)
		for _, answer := range []struct{ json, want string }{{c.json, c.json}, {"", c.none}, {"null", c.none}} {
			got, err := x.Assign(&Values{Answer: Answer{Value: raw(answer.json)}}, Any)
			require.NoError(t, err)
			require.Equal(t, answer.want, string(got))
		}
	}
}
