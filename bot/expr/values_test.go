package expr

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsNotSetIsTheZeroValueOfItsType(t *testing.T) {
	e := env(t, clinic())
	v := &Values{Vars: map[string]json.RawMessage{"pedido": raw(`null`)}}
	for source, want := range map[string]string{
		"vars.pedido == '' && vars.fecha == ''":                      `true`,
		"vars.total == 0.0 && vars.cuantos == 0 && !vars.listo":      `true`,
		"vars.desde == timestamp(0)":                                 `true`,
		"size(vars.horas) == 0 && vars.reserva == {}":                `true`,
		"input.text + input.id + contact.name + bot.env + conv.id":   `""`,
		"size(input.form) + size(input.referral)":                    `0`,
		"vars.horas.map(h, h.id) + vars.horas.filter(h, h.id == '')": `[]`,
	} {
		got, err := compiles(t, e, source, Site{}, Any).Assign(v, Any)
		require.NoError(t, err, source)
		require.Equal(t, want, string(got), source)
	}
	got, err := compiles(t, e, "result.json == null", Site{Scope: ResultScope}, Any).Assign(v, Any)
	require.NoError(t, err)
	require.Equal(t, `true`, string(got))
}

func TestReplacedVariablesAreDecodedAgain(t *testing.T) {
	x := compiles(t, env(t, clinic()), "vars.pedido", Site{}, Any)
	v := chat(t)
	for _, text := range []string{`"uno"`, `"dos"`, `"dos"`} {
		v.Vars = map[string]json.RawMessage{"pedido": raw(text)}
		got, err := x.Assign(v, String)
		require.NoError(t, err)
		require.Equal(t, text, string(got))
	}
}
