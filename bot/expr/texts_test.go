package expr_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/expr"
)

func TestANumberIsTheSameTextEverywhere(t *testing.T) {
	env, err := expr.New(expr.Names{Vars: map[string]expr.Type{"p": expr.Number, "r": expr.Map}})
	require.NoError(t, err)
	vars := map[string]json.RawMessage{"p": json.RawMessage("1500000"), "r": json.RawMessage(`{"precio":1500000.5}`)}
	for text, want := range map[string]string{
		"${vars.p}":                                 "1500000",
		"${'$' + string(vars.p)}":                   "$1500000",
		"${'$' + string(vars.r.precio)}":            "$1500000.5",
		"${string(0.1) + string(2) + string(-0.0)}": "0.120",
	} {
		t.Run(text, func(t *testing.T) {
			tpl, problems := env.Template(text, expr.Site{})
			require.Empty(t, problems)
			got, err := tpl.Text(&expr.Values{Vars: vars})
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}
