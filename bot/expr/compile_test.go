package expr

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProblemsSayWhatToDo(t *testing.T) {
	answers, results := Site{Scope: AnswerScope, Answer: Int}, Site{Scope: ResultScope}
	for _, c := range []struct {
		source  string
		at      Site
		want    Type
		offset  int
		code    string
		message string
	}{
		// Constants that are larger than their variables.
		{"'abcd'", Site{Most: 3}, String, 0, CodeExpression, "this can only fail: the value has 4 characters, and its variable at most 3 (max)"},
		{"[1, 2] + [3, 4]", Site{Most: 3}, List, 7, CodeExpression, "this can only fail: the value has 4 elements, and its variable at most 3 (max)"},
		{"{'a': 1, 'b': 2}", Site{Most: 1}, Map, 0, CodeExpression, "this can only fail: the value has 2 keys, and its variable at most 1 (max)"},
		// Names.
		{"vars.pedid == ''", Site{}, Bool, 0, CodeUnknownVar, `there is no variable "pedid"; declare it under vars; did you mean "pedido"?`},
		{"vars.nada == ''", Site{}, Bool, 0, CodeUnknownVar, `there is no variable "nada"; declare it under vars`},
		{"true && pedido == ''", Site{}, Bool, 8, CodeExpression, `there is no name "pedido"; the variable is vars.pedido`},
		{"imput.text == ''", Site{}, Bool, 0, CodeExpression, `there is no name "imput"; did you mean "input"?`},
		{"input.txt == ''", Site{}, Bool, 0, CodeExpression, `there is no input.txt; did you mean "text"?`},
		{"'ñ' == input", Site{}, Bool, 7, CodeExpression, `"input" is not a value by itself; write input.text`},
		{"answer.text", Site{}, Any, 0, CodeExpression, `answer exists only where a question is answered (save, reject)`},
		{"answer.value", results, Any, 0, CodeExpression, `answer exists only where a question is answered (save, reject)`},
		{"result.json", answers, Any, 0, CodeExpression, `result exists only in the save of a call`},
		{"folt(input.text)", Site{}, Any, 4, CodeExpression, `there is no function "folt"; did you mean "fold"?`},
		{"vars.horas.map(vars, 1)", Site{}, List, 14, CodeExpression, `"vars" has a meaning already; give the element another name`},
		{"secret.agenda == ''", Site{}, Bool, 0, CodeSecret, `secrets stand only in the headers of a call, by themselves: ${secret.name}`},
		{"has(vars.pedido)", Site{}, Bool, 4, CodeExpression, `a variable is never missing: before it is set, vars.pedido is the empty value of its type; compare with that instead of using has()`},
		{"has(input.form)", Site{}, Bool, 4, CodeExpression, `input.form is never missing: what does not apply is empty; compare with that instead of using has()`},
		{"t('adios')", Site{}, String, 2, CodeUnknownString, `there is no text "adios" under strings`},
		{"open('caja')", Site{}, Bool, 5, CodeUnknownHours, `there are no opening hours "caja" under hours`},
		{"next_open('caja')", Site{}, Timestamp, 10, CodeUnknownHours, `there are no opening hours "caja" under hours`},
		// Syntax.
		{"", Site{}, Any, 0, CodeExpression, `there is no expression`},
		{"1 +", Site{}, Any, 3, CodeExpression, `the expression breaks off; something is missing at its end`},
		{"vars.pedido = 'a'", Site{}, Any, 12, CodeExpression, `this is not expected here; compare with ==`},
		{"true and false", Site{}, Any, 5, CodeExpression, `this is not expected here; write && for and`},
		{"'sin fin", Site{}, Any, 0, CodeExpression, `a text in quotes has no end`},
		{"if", Site{}, Any, 0, CodeExpression, `"if" is kept for the language and cannot be a name; write condition ? value : other`},
		{"vars.horas.map(x.y, 1)", Site{}, Any, 16, CodeExpression, `the first argument is a name for the element, as in list.map(x, x.id)`},
		{strings.Repeat("(", 70) + "1" + strings.Repeat(")", 70), Site{}, Any, 0, CodeExpression, `too many parts of the expression stand inside one another`},
		{
			"[1]" + strings.Repeat(".map(a, [a])", 12),
			Site{},
			Any, 0, CodeExpression,
			`too many lists, maps and steps stand inside or after one another`,
		},
		{strings.Repeat("1", 1001), Site{}, Any, 1000, CodeExpression, `an expression has at most 1000 characters`},
		// Types.
		{"vars.pedido", Site{}, Bool, 0, CodeExpression, `this has to be a bool and is a string`},
		{"vars.listo ? 1 : vars.total", Site{}, Any, 11, CodeExpression, `both results of ? : have to be of one type; write the int as a number: 1.0, or double(…)`},
		{"1.5", Site{}, Int, 0, CodeExpression, `this has to be an int and is a number; round(…) makes one of it`},
		{"'mañana'", Site{}, Date, 0, CodeExpression, `this has to be a date: yyyy-MM-dd`},
		{"vars.pedido + 1", Site{}, Any, 12, CodeExpression, `+ does not go with string and int; convert one with string(…), int(…) or double(…)`},
		{"vars.cuantos % vars.total == 0", Site{}, Bool, 13, CodeExpression, `% does not go with int and number; make an int of the number with int(…) or round(…)`},
		{"answer.value == 'a'", answers, Bool, 13, CodeExpression, `== does not go with int and string; convert one with string(…), int(…) or double(…)`},
		{"vars.pedido.codigo", Site{}, Any, 11, CodeExpression, `a string has no fields`},
		{"vars.pedido.map(x, x)", Site{}, Any, 4, CodeExpression, `only a list or a map can be walked, not a string`},
		{"fold(1)", Site{}, Any, 4, CodeExpression, `fold does not take int`},
		{"{1: 'a'}", Site{}, Any, 1, CodeExpression, `the keys of a map are strings`},
		{"b'a'", Site{}, Any, 0, CodeExpression, `bytes (b'…') and unsigned numbers (1u) are not known here`},
		{"int", Site{}, Any, 0, CodeExpression, `a type is not a value`},
		{"google.protobuf.Value{}", Site{}, Any, 21, CodeExpression, `google.protobuf.Value{…} is not known here; a map is {'key': value}`},
		{"now.getHours('America/Santiago') > 9", Site{}, Bool, 12, CodeExpression, `getHours takes no time zone here; in the bot's own zone the hour is int(fmt(now, 'HH'))`},
		// Limits.
		{"vars.pedido.matches(input.text)", Site{}, Bool, 25, CodeRegexp, `the pattern of matches is a text in quotes, not computed`},
		{"vars.pedido.matches('(')", Site{}, Bool, 20, CodeRegexp, `a ) is missing; write \( for a parenthesis that is part of the text`},
		{"vars.pedido.matches('(a{50}){50}')", Site{}, Bool, 20, CodeRegexp, "{50} is too large; use fewer or smaller repetitions"},
		{"vars.pedido.matches('a{600}')", Site{}, Bool, 20, CodeRegexp, `the regular expression is too large; use fewer or smaller repetitions`},
		{"vars.pedido.matches('" + strings.Repeat("a", 201) + "')", Site{}, Bool, 20, CodeRegexp, `the pattern of matches has at most 200 characters`},
		{
			"vars.horas.exists(x, fold(x.title) == fold(input.text))",
			Site{},
			Bool, 42, CodeCost,
			`the expression may do too much work: 1259902 of 100000 units; 1229000 of them are for fold(input.text), ` +
				`done for each of 100 elements; it is the same for each of them: compute it once, into a variable, before`,
		},
	} {
		x, problems := env(t, clinic()).Compile(c.source, c.at, c.want)
		require.Nil(t, x, c.source)
		require.Equal(t, []Problem{{c.offset, c.code, c.message}}, problems, c.source)
	}
}

func TestWhatNeedsTheTimezoneSaysSo(t *testing.T) {
	names := clinic()
	names.Timezone = false
	for source, message := range map[string]string{
		"open('recepcion')":      "open needs the timezone of the bot",
		"next_open('recepcion')": "next_open needs the timezone of the bot",
		"fmt(now, 'HH:mm')":      "fmt of a time needs the timezone of the bot",
	} {
		_, problems := env(t, names).Compile(source, Site{}, Any)
		require.Contains(t, problems, Problem{strings.Index(source, "("), CodeTimezone, message}, source)
	}
	_, problems := env(t, names).Compile("fmt(vars.total, vars.pedido)", Site{}, Any)
	require.Empty(t, problems)
}

func TestEveryProblemOfTypesIsListed(t *testing.T) {
	_, problems := env(t, clinic()).Compile("vars.uno == '' && vars.dos == ''", Site{}, Bool)
	require.Equal(t, []Problem{
		{0, CodeUnknownVar, `there is no variable "uno"; declare it under vars`},
		{18, CodeUnknownVar, `there is no variable "dos"; declare it under vars`},
	}, problems)
}

func TestLeftOutFunctionsOfCELAreNotKnown(t *testing.T) {
	for source, name := range map[string]string{
		"'a'.charAt(0)": "charAt", "'a'.indexOf('a')": "indexOf", "'a'.lastIndexOf('a')": "lastIndexOf", "'a'.substring(1)": "substring",
		"'a'.replace('a', 'b')": "replace", "'a'.lowerAscii()": "lowerAscii", "'a'.upperAscii()": "upperAscii", "bytes('a')": "bytes",
	} {
		_, problems := env(t, clinic()).Compile(source, Site{}, Any)
		require.Len(t, problems, 1, source)
		require.Equal(t, CodeExpression, problems[0].Code)
		require.Contains(t, problems[0].Message, `there is no function "`+name+`"`)
	}
}

// BenchmarkCompile is what an expression takes when a definition is loaded.
func BenchmarkCompile(b *testing.B) {
	e := env(b, clinic())
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		compiles(b, e, fmt.Sprintf("input.text == 'hola%d' && vars.pedido != '' || size(vars.horas) > 3", i), Site{}, Bool)
	}
}

// BenchmarkCondition is what a usual condition takes in a conversation.
func BenchmarkCondition(b *testing.B) {
	x := compiles(b, env(b, clinic()), "input.text == 'hola' && vars.pedido != '' || size(vars.horas) > 1", Site{}, Bool)
	v := chat(b)
	b.ReportAllocs()
	for b.Loop() {
		v.spent = 0
		ok, err := x.Bool(v)
		require.NoError(b, err)
		require.True(b, ok)
	}
}
