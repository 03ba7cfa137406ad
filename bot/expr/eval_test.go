package expr

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/common/types"
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

func TestEveryNameStandsForItsOwnValue(t *testing.T) {
	e := env(t, clinic())
	v := &Values{
		Contact: Contact{"contact.key", "contact.wa_id", "contact.user_id", "contact.name"},
		Input: Input{
			"input.type", "input.text", "input.id", "input.title", "input.media_id", "input.caption", 1, 2, "input.name",
			raw(`{"is":"input.form"}`), raw(`{"is":"input.referral"}`),
		},
		Answer: Answer{nil, "answer.text", "answer.id", "answer.title", "answer.media_id", 3, 4, raw(`{"is":"answer.form"}`)},
		Result: Result{5, raw(`{"is":"result.json"}`), "result.text"},
		Conv:   Conv{"conv.id", time.Unix(6, 0), 7},
		Now:    time.Unix(8, 0),
		Bot:    BotInfo{"bot.name", "bot.version", "bot.env"},
	}
	numbers := map[string]string{
		"input.latitude": "1", "input.longitude": "2", "answer.latitude": "3", "answer.longitude": "4", "result.status": "5",
		"conv.started": `"1970-01-01T00:00:06Z"`, "conv.turns": "7", "now": `"1970-01-01T00:00:08Z"`,
	}
	for _, f := range fields {
		x := compiles(t, e, f.name, Site{Scope: f.scope}, Any)
		got, err := x.Assign(v, Any)
		require.NoError(t, err, f.name)
		want := `"` + f.name + `"`
		if number, ok := numbers[f.name]; ok {
			want = number
		}
		if kind := f.t.Kind(); kind == types.MapKind || kind == types.DynKind {
			want = `{"is":` + want + `}`
		}
		require.Equal(t, want, string(got), f.name)
		val, err := x.Eval(v)
		require.NoError(t, err)
		if f.t.Kind() != types.DynKind {
			require.Equal(t, f.t.Kind(), kindOfValue(val), f.name)
		}
	}
}

// kindOfValue is what a value is.
func kindOfValue(val Value) types.Kind {
	t, _ := val.Type().(*types.Type)
	return t.Kind()
}

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
		x := compiles(t, e, "answer.value", Site{AnswerScope, c.t}, Any)
		require.Equal(t, c.kind, x.kind)
		for _, answer := range []struct{ json, want string }{{c.json, c.json}, {"", c.none}, {"null", c.none}} {
			got, err := x.Assign(&Values{Answer: Answer{Value: raw(answer.json)}}, Any)
			require.NoError(t, err)
			require.Equal(t, answer.want, string(got))
		}
	}
}

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

func TestFailuresShowNothingThatAUserWrote(t *testing.T) {
	e := env(t, clinic())
	names := Site{Scope: ResultScope}
	for source, message := range map[string]string{
		"vars.reserva[vars.pedido]":                                "there is no such key",
		"result.json.nada":                                         "there is no such key",
		"vars.horas[7]":                                            "an index lies outside of the list",
		"vars.horas[vars.cuantos]":                                 "an index lies outside of the list",
		"int(vars.pedido)":                                         "a value cannot be converted or used there",
		"double(vars.pedido)":                                      "a value cannot be converted or used there",
		"timestamp(vars.pedido)":                                   "a value cannot be converted or used there",
		"duration(vars.pedido)":                                    "a value cannot be converted or used there",
		"1 / (vars.cuantos - 3)":                                   "division by zero",
		"1 % (vars.cuantos - 3)":                                   "division by zero",
		"9223372036854775807 + vars.cuantos":                       "a number is too large",
		"result.json + 1":                                          "a value has a type that does not fit there",
		"-result.json":                                             "a value has a type that does not fit there",
		"fold(result.json.horas)":                                  "a value has a type that does not fit there",
		"first(result.json, 1)":                                    "a value has a type that does not fit there",
		"result.json.horas[0] in 'abc'":                            "",
		"{result.status > 0 ? dyn(1) : 'a': 1}":                    "the keys of a map are strings",
		"first([1], vars.cuantos - 4)":                             "first: the number of elements is at least 0",
		"t(vars.pedido)":                                           "t: there is no text of that key",
		"open(vars.pedido)":                                        "open: there are no hours of that name",
		"next_open(vars.pedido)":                                   "next_open: there are no hours of that name",
		"bucket('a', vars.cuantos - 3)":                            "bucket: the number of groups is at least 1",
		"[dyn('a'), dyn(1)].join()":                                "join: an element of the list is not a string",
		"timestamp('9999-12-31T00:00:00Z') + (now - conv.started)": "a time lies too far away",
	} {
		x, problems := e.Compile(source, names, Any)
		if message == "" {
			require.NotEmpty(t, problems, source)
			continue
		}
		require.Empty(t, problems, source)
		_, err := x.Eval(chat(t))
		require.Equal(t, &EvalError{Message: message}, err, source)
	}
}

func TestJSONThatDoesNotFitIsAFailureOfWhatUsesIt(t *testing.T) {
	e := env(t, clinic())
	for _, c := range []struct{ name, json string }{
		{"pedido", `7`},
		{"cuantos", `1.5`},
		{"cuantos", `"1"`},
		{"total", `"1"`},
		{"listo", `0`},
		{"desde", `"ayer"`},
		{"desde", `"9999-12-31T23:59:59-23:00"`},
		{"horas", `{}`},
		{"reserva", `[]`},
		{"reserva", `{"a":`},
		{"reserva", `{} {}`},
		{"horas", strings.Repeat("[", 40) + strings.Repeat("]", 40)},
		{"reserva", `{"` + strings.Repeat("k", 513) + `":1}`},
		{"horas", "[" + strings.Repeat("1,", 10_000) + "1]"},
		{"pedido", `"` + strings.Repeat("a", 257<<10) + `"`},
		{"total", `1e999`},
	} {
		v := &Values{Vars: map[string]json.RawMessage{c.name: raw(c.json)}}
		_, err := compiles(t, e, "vars."+c.name, Site{}, Any).Eval(v)
		require.EqualError(t, err, "vars."+c.name+" does not hold "+clinic().Vars[c.name].article(), c.json)
	}
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

func TestFormsOfTimesFollowTheBotsZone(t *testing.T) {
	v := chat(t)
	s := &scope{v: v}
	at, ok := s.parseTime("2026-03-10")
	require.True(t, ok)
	require.Equal(t, "2026-03-10T00:00:00-03:00", at.Format(time.RFC3339))
	at, ok = s.parseTime("2026-03-10T12:00:00Z")
	require.True(t, ok)
	require.Equal(t, "2026-03-10T09:00:00-03:00", at.Format(time.RFC3339))
	_, ok = s.parseTime("mañana")
	require.False(t, ok)
}
