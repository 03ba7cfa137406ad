package expr

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExpressionsGiveValues(t *testing.T) {
	answers, results := Site{Scope: AnswerScope, Answer: String}, Site{Scope: ResultScope}
	e := env(t, clinic())
	for _, c := range []struct {
		source string
		at     Site
		want   string
	}{
		// What the names stand for.
		{"vars.pedido", Site{}, `"Pan, ñandú"`},
		{"vars.total", Site{}, `1990`},
		{"type(vars.total) == double", Site{}, `true`},
		{"vars.cuantos + 1", Site{}, `4`},
		{"vars.listo && !false", Site{}, `true`},
		{"vars.fecha < '2026-03-11'", Site{}, `true`},
		{"vars.desde", Site{}, `"2026-03-10T15:00:00Z"`},
		{"vars.horas[1].title", Site{}, `"jue 12"`},
		{"vars.reserva", Site{}, `{"a":1.5,"b":2,"codigo":"A_1","cuando":null}`},
		{"[contact.key, contact.wa_id, contact.user_id, contact.name]", Site{}, `["k1","56911112222","u1","Ana"]`},
		{"input.latitude", Site{}, `-33.5`},
		{"input.form.edad", Site{}, `7`},
		{"input.referral", Site{}, `{}`},
		{"[conv.id, string(conv.turns), string(conv.started)]", Site{}, `["cnv_1","4","2026-02-02T02:40:00Z"]`},
		{"[bot.name, bot.version, bot.env]", Site{}, `["clinica","v1","test"]`},
		{"now", Site{}, `"2026-03-10T13:30:00Z"`},
		{"answer.value + answer.title", answers, `"12345678-5"`},
		{"size(answer.form)", answers, `0`},
		{"result.status == 200 && result.text == ''", results, `true`},
		{"result.json.horas.map(h, h.n)", results, `[2,2.5]`},
		{"result.json.vacio", results, `null`},
		// CEL.
		{"now - duration('30m') > vars.desde", Site{}, `false`},
		{"now.getHours() == 13 && now.getDayOfWeek() == 2", Site{}, `true`},
		{"duration('90m')", Site{}, `"5400s"`},
		{"vars.horas.filter(h, h.id != 'h1').map(h, {'title': h.title, 'id': h.id})", Site{}, `[{"id":"h2","title":"jue 12"}]`},
		{"vars.horas.all(h, has(h.id)) && vars.horas.exists_one(h, h.id == 'h2')", Site{}, `true`},
		{"has(vars.reserva.codigo) && !has(vars.reserva.nada)", Site{}, `true`},
		{"'codigo' in vars.reserva && !('nada' in vars.reserva) && 2 in [1, 2.0]", Site{}, `true`},
		{"vars.reserva == {'b': 2.0, 'a': 1.5, 'cuando': null, 'codigo': 'A_1'}", Site{}, `true`},
		{"[1, [2, {'a': 'b'}]] == [1.0, [2, {'a': 'b'}]] && [1] != [1, 2] && [1] != [dyn('1')]", Site{}, `true`},
		{"result.json.horas.exists(h, h.n == 2) && dyn(1) != dyn('1')", results, `true`},
		{"vars.pedido.matches('^Pan') && vars.pedido.contains('ñ') && vars.pedido.startsWith('P')", Site{}, `true`},
		{"size('ñandú') + size([1]) + size({'a': 1})", Site{}, `7`},
		{"{'b': 1, 'a': 2, 'b': 3}", Site{}, `{"a":2,"b":3}`},
		{"1 / 2", Site{}, `0`},
		{"int('7') + int(2.9)", Site{}, `9`},
		// Texts, as in CEL's strings extension.
		{"'a, b ,c'.split(',').map(x, x.trim())", Site{}, `["a","b","c"]`},
		{"['a-b-c'.split('-', 2), 'a-b'.split('-', 0), 'año'.split('')]", Site{}, `[["a","b-c"],[],["a","ñ","o"]]`},
		{"['a', 'b'].join() + ['a', 'b'].join(', ') + [].join('x')", Site{}, `"aba, b"`},
		// Ours.
		{"fold(' ¡Menú! ')", Site{}, `"menu"`},
		{"digits('12.345.678-K')", Site{}, `"12345678"`},
		{"plain('*hola* _a_ ~b~ `c` ana_soto@x.cl 2*3')", Site{}, `"∗hola∗ ˍaˍ ∼b∼ ˋcˋ ana_soto@x.cl 2*3"`},
		{"first(vars.horas, 1) + [{'id': 'otra'}]", Site{}, `[{"id":"h1","title":"mié 11"},{"id":"otra"}]`},
		{"[size(first([1, 2], 0)), size(first([1, 2], 9))]", Site{}, `[0,2]`},
		{"t('hola')", Site{}, `"¡Hola! ${now}"`},
		{"[bucket('a', 1), bucket('color', 100), bucket('color', 100)]", Site{}, `[0,90,90]`},
		// Unknown text of a contact stays text.
		{"input.text", Site{}, `"  Hola ${now} "`},
	} {
		got, err := compiles(t, e, c.source, c.at, Any).Assign(chat(t), Any)
		require.NoError(t, err, c.source)
		if got == nil {
			got = raw("null")
		}
		require.Equal(t, c.want, string(got), c.source)
	}
}

func TestFailuresShowNothingThatAUserWrote(t *testing.T) {
	e := env(t, clinic())
	names := Site{Scope: ResultScope}
	for source, message := range map[string]string{
		"vars.reserva[vars.pedido]":             "there is no such key",
		"result.json.nada":                      `there is no such key: "nada"`,
		"vars.horas[7]":                         "an index lies outside of the list",
		"vars.horas[vars.cuantos]":              "an index lies outside of the list",
		"int(vars.pedido)":                      "a value cannot be converted or used there",
		"double(vars.pedido)":                   "a value cannot be converted or used there",
		"timestamp(vars.pedido)":                "a value cannot be converted or used there",
		"duration(vars.pedido)":                 "a value cannot be converted or used there",
		"1 / (vars.cuantos - 3)":                "division by zero",
		"1 % (vars.cuantos - 3)":                "division by zero",
		"9223372036854775807 + vars.cuantos":    "a number is too large",
		"result.json + 1":                       "a value has a type that does not fit there",
		"-result.json":                          "a value has a type that does not fit there",
		"fold(result.json.horas)":               "a value has a type that does not fit there",
		"first(result.json, 1)":                 "a value has a type that does not fit there",
		"result.json.horas[0] in 'abc'":         "",
		"{result.status > 0 ? dyn(1) : 'a': 1}": "the keys of a map are strings",
		"first([1], vars.cuantos - 4)":          "first: the number of elements is at least 0",
		"t(vars.pedido)":                        "t: there is no text of that key",
		"open(vars.pedido)":                     "open: there are no hours of that name",
		"next_open(vars.pedido)":                "next_open: there are no hours of that name",
		"bucket('a', vars.cuantos - 3)":         "bucket: the number of groups is at least 1",
		"[dyn('a'), dyn(1)].join()":             "join: an element of the list is not a string",

		"timestamp('9999-12-31T00:00:00Z') + (now - conv.started)": "a time lies too far away",
	} {
		x, problems := e.Compile(source, names, Any)
		if message == "" {
			require.NotEmpty(t, problems, source)
			continue
		}
		require.Empty(t, problems, source)
		_, err := x.Eval(chat(t))
		var failed *EvalError
		require.ErrorAs(t, err, &failed, source)
		require.EqualError(t, err, message, source)
	}
}

// TestCompiledExpressionsAreShared evaluates the same expressions in many goroutines; the race
// detector looks on. It includes the errors that CEL keeps in variables of its own.
func TestCompiledExpressionsAreShared(t *testing.T) {
	e := env(t, clinic())
	var all []*Expr
	for _, source := range []string{
		"vars.horas.map(h, {'id': h.id + 'x'}) == [] || vars.pedido.matches('^P')", "result.json + 1", "timestamp('9999-12-31T00:00:00Z') + (now - conv.started)",
		"fold(vars.pedido) == t('hola')", "[1, 2, 3].exists(x, x == vars.cuantos)", "{'a': vars.cuantos}.b",
	} {
		all = append(all, compiles(t, e, source, Site{Scope: ResultScope}, Any))
	}
	want := make([]string, len(all))
	run := func(v *Values, x *Expr) string {
		out, err := x.Assign(v, Any)
		if err != nil {
			return err.Error()
		}
		return string(out)
	}
	for i, x := range all {
		want[i] = run(chat(t), x)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			v := chat(t)
			for range 50 {
				v.spent = 0
				for i, x := range all {
					if got := run(v, x); got != want[i] {
						t.Errorf("%q is not %q", got, want[i])
					}
				}
			}
		})
	}
	group.Wait()
	require.NotEmpty(t, want)
}
