package expr

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// fuzzBudget is more than compiling or evaluating anything may compute, in ns. It is far above
// what the limits allow, because the fuzzer makes everything slow.
const fuzzBudget = 3e9

// seeds are expressions of all kinds.
func seeds() []string {
	return append(hostileShapes(), "vars.pedido == '' || size(vars.horas) > 3", "vars.horas.map(h, {'id': h.id, 'x': has(h.a) ? h.a : ''})",
		"fmt(now, 'HH:mm') + money(vars.total, 'CLP')", "[1, 2.5, null, true, {'a': now}]", "first(vars.horas, 1)[0].id.split(',').join('')",
		"answer.value + answer.form.x", "vars.pedido.matches(r'^\\d+$')", "'\\u00e1' + \"\"\"b\"\"\" + r'\\'", "-9223372036854775808 / -1",
		"1.0 / 0.0 == 0.0 / 0.0", "duration('1h') + now", "type(vars.total) == double", "vars.reserva['codigo'] in ['a', 1, null]", "int('1') % 0",
		"sort(vars.horas) + sort_by(vars.horas, 'id') + reverse(unique(vars.horas)) + slice(vars.horas, 0, 2)", "sum(vars.horas) * 1.5 - 1 / 2.0",
		"get(vars.reserva, input.text, get(vars.horas, 0, null))", "round(vars.total, 2) + round(vars.cuantos)", "upper(input.text) + lower(vars.pedido)",
		"add_months(add_days(date(now), vars.cuantos), -vars.cuantos)", "add_months(now, 9223372036854775807)", "days_between(vars.fecha, input.text) + date(2026, vars.cuantos, 31)",
		"date('0000-01-01') + add_days('9999-12-31', 1)", "vars.reserva.map(k, vars.horas.filter(h, h == k))", "slice(input.text, vars.cuantos, 9223372036854775807)",
		"plain(t('hola')) + fold(contact.name) + digits(input.text)", "bucket('a', 3) > 1 ? open('recepcion') : next_open('recepcion') > now")
}

// hostileShapes are sources that are hard to compile.
func hostileShapes() []string {
	return []string{
		strings.Repeat("(", 60) + "1" + strings.Repeat(")", 60), strings.Repeat("[", 500) + strings.Repeat("]", 500),
		strings.Repeat("{'a':", 60) + "1" + strings.Repeat("}", 60), strings.Repeat("!", 999) + "true", strings.Repeat("-", 999) + "1",
		"true" + strings.Repeat(" || true", 120), "true" + strings.Repeat(" ? true : true", 60), strings.Repeat("true ? ", 60) + "1" + strings.Repeat(" : 1", 60),
		"vars" + strings.Repeat(".a", 400), "[1]" + strings.Repeat(".map(a,[a])", 60), "[1]" + strings.Repeat(".map(a,[a,a,a,a])", 50),
		"vars.horas" + strings.Repeat(".filter(a, a.b)", 60), strings.Repeat("size(", 60) + "''" + strings.Repeat(")", 60), strings.Repeat("has(", 200),
		"[" + strings.Repeat("[],", 300) + "[]]", "[" + strings.Repeat("1,'a',null,", 80) + "1]", "{" + strings.Repeat("'a':1,", 150) + "'b':2}",
		strings.Repeat("[].exists(a,", 80) + "true" + strings.Repeat(")", 80), "''" + strings.Repeat(".matches('a')", 70), "'" + strings.Repeat("ñ", 998) + "'",
	}
}

// FuzzExpression compiles and evaluates whatever comes: nothing panics, nothing takes long, and
// the same expression gives the same bytes twice.
func FuzzExpression(f *testing.F) {
	for _, s := range append(seeds(), hostile()...) {
		f.Add(s, `"Pan"`, `[{"id":"a"},2,[3]]`, `{"codigo":"x"}`)
	}
	e := env(f, clinic())
	f.Fuzz(func(t *testing.T, source, text, list, object string) {
		start := cpu(t)
		site := Site{Scope: Scope(len(source) % 3), Answer: String, Each: len(source)%2 == 0}
		x, problems := e.Compile(source, site, Any)
		require.Less(t, cpu(t)-start, int64(fuzzBudget), "compiling")
		require.Equal(t, x == nil, len(problems) > 0)
		for _, p := range problems {
			require.GreaterOrEqual(t, p.Offset, 0)
			require.LessOrEqual(t, p.Offset, utf8.RuneCountInString(source)+1)
			require.NotContains(t, p.Message, "\n")
			require.True(t, utf8.ValidString(p.Message), p.Message)
		}
		if x == nil {
			return
		}
		start = cpu(t)
		one, err := evaluated(t, x, text, list, object)
		two, again := evaluated(t, x, text, list, object)
		require.Less(t, cpu(t)-start, int64(fuzzBudget), "evaluating")
		require.Equal(t, one, two)
		require.Equal(t, err, again)
	})
}

// evaluated is what an expression gives as JSON.
func evaluated(t *testing.T, x *Expr, text, list, object string) (string, error) {
	v := chat(t)
	v.Input.Text = text
	v.Vars["pedido"], v.Vars["horas"], v.Vars["reserva"] = raw(text), raw(list), raw(object)
	v.Result.JSON = raw(list)
	out, err := x.Assign(v, Any)
	if failed, ok := errors.AsType[*EvalError](err); ok {
		require.NotEqual(t, broken, failed.Message)
	}
	require.LessOrEqual(t, len(out), maxText+MaxKey)
	if out != nil {
		require.True(t, json.Valid(out), string(out))
	}
	return string(out), err
}

// FuzzData reads constants of any shape, and compiles and evaluates expressions over them: what they are is
// known while compiling, so that data take part in what is estimated and in what can only fail.
func FuzzData(f *testing.F) {
	for _, data := range []string{
		`{"a": [{"id": "x", "n": 1}, {"id": "y", "t": [1, [2]]}], "b": {"k": "v"}, "c": 1.5, "d": null}`, `{"a": []}`, `{"a": ` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`,
		`{"a": [` + strings.Repeat(`{"k": "`+strings.Repeat("x", 600)+`"},`, 99) + `{}]}`, `[]`, `{"b": {"": ""}}`, `{"a": "\ufeff\u0000"}`,
	} {
		for _, source := range []string{
			"data.a.map(x, x.id)", "sort_by(data.a, 'k')", "data.a[0].t[1][0] + data.c", "data.b.k + data.b['k']", "data.b.missing", "data.a + data.a == data.a",
			"unique(data.a + data.a)", "slice(data.a, vars.cuantos, vars.cuantos + 3)", "sum(data.a) + data.c", "data.a.map(x, data.a.filter(y, y == x))", "get(data.a, 0, data.d)",
		} {
			f.Add(data, source)
		}
	}
	f.Fuzz(func(t *testing.T, text, source string) {
		start := cpu(t)
		data, err := NewData(raw(text))
		if err != nil {
			return
		}
		names := clinic()
		names.Data = data
		e, err := New(names)
		if err != nil {
			return // names that no definition has
		}
		x, problems := e.Compile(source, Site{}, Any)
		require.Equal(t, x == nil, len(problems) > 0)
		if x != nil {
			one, err := evaluated(t, x, `"a"`, `[]`, `{}`)
			two, again := evaluated(t, x, `"a"`, `[]`, `{}`)
			require.Equal(t, one, two)
			require.Equal(t, err, again)
		}
		require.Less(t, cpu(t)-start, int64(fuzzBudget))
	})
}

// FuzzTemplate renders whatever comes with whatever a contact wrote: the words of the author
// stay, what the contact wrote is never looked at, and what is JSON is JSON.
func FuzzTemplate(f *testing.F) {
	for _, text := range []string{
		"Hola ${contact.name}", "${input.text}", "$${x} ${input.text} }", "${vars.pedido + '}'}", "a ${ {'a': '}'}.a } b", "${r'\\'}", "${'''}'''}",
		"${1 // }\n}", "${secret.agenda}", "Bearer ${secret.agenda}-${input.text}", "${", "$$${1}", "${[input.text, vars.pedido]}", "ñ${}ñ",
	} {
		for _, words := range []string{
			"${now}", "$${x}", `{"a":1}`, `"}`, "\x00\x1b[2J\r\n\t", "\u202e\u200fabc\u2066", strings.Repeat("👩‍👩‍👧", 820), "\xff\xfe", "*_~`", strings.Repeat("a", 70_000),
		} {
			f.Add(text, words)
		}
	}
	e := env(f, clinic())
	f.Fuzz(func(t *testing.T, text, words string) {
		start := cpu(t)
		tpl, problems := e.Template(text, Site{})
		header, headerProblems := e.Header(text, Site{})
		require.Equal(t, tpl == nil, len(problems) > 0)
		require.Equal(t, header == nil, len(headerProblems) > 0)
		for _, p := range append(problems, headerProblems...) {
			require.GreaterOrEqual(t, p.Offset, 0)
			require.LessOrEqual(t, p.Offset, utf8.RuneCountInString(text)+1)
		}
		if header != nil {
			renderHeader(t, header, words)
		}
		if tpl != nil {
			render(t, tpl, words)
		}
		require.Less(t, cpu(t)-start, int64(fuzzBudget))
	})
}

// spoken are Values in which a contact wrote words.
func spoken(t *testing.T, words string) *Values {
	v := chat(t)
	v.Input.Text, v.Contact.Name = words, words
	encoded, err := json.Marshal(words)
	require.NoError(t, err)
	v.Vars["pedido"] = encoded
	return v
}

func render(t *testing.T, tpl *Template, words string) {
	one, err := tpl.Text(spoken(t, words))
	two, again := tpl.Text(spoken(t, words))
	require.Equal(t, one, two)
	require.Equal(t, err, again)
	whole, jsonErr := tpl.JSON(spoken(t, words))
	if err != nil {
		return
	}
	require.LessOrEqual(t, len(one), maxText+len(tpl.Literal()))
	if static, ok := tpl.Static(); ok {
		require.Equal(t, static, one)
		return
	}
	require.GreaterOrEqual(t, len(one), len(tpl.Literal()))
	if jsonErr == nil {
		require.True(t, json.Valid(whole), string(whole))
	}
	if tpl.Whole() && tpl.Type() == "string" && utf8.ValidString(words) && jsonErr == nil {
		var text string
		require.NoError(t, json.Unmarshal(whole, &text))
		require.Equal(t, one, text)
	}
}

func renderHeader(t *testing.T, header *Template, words string) {
	parts, err := header.Parts(spoken(t, words))
	if err != nil {
		return
	}
	names := map[string]bool{}
	for _, p := range parts {
		names[p.Secret] = true
		require.True(t, p.Secret == "" || p.Text == "")
	}
	for _, p := range header.parts {
		require.True(t, p.secret == "" || names[p.secret])
	}
}
