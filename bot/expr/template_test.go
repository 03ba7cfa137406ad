package expr

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// text compiles a template without problems.
func text(t testing.TB, source string) *Template {
	tpl, problems := env(t, clinic()).Template(source, Site{Scope: ResultScope})
	require.Empty(t, problems, source)
	return tpl
}

func TestTextsPrintTheirExpressions(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"Hola", "Hola"},
		{"", ""},
		{"Hola ${contact.name}, son ${vars.total}", "Hola Ana, son 1990"},
		{"${vars.total}${vars.cuantos}", "19903"},
		{"= ${2.0} ${0.1 + 0.2} ${1e21} ${1e-7} ${0.0 * -1.0}", "= 2 0.30000000000000004 1000000000000000000000 0.0000001 0"},
		{"= ${null}|${true}|${now}|${duration('90s')}", "= |true|2026-03-10T10:30:00-03:00|90s"},
		{"= ${vars.reserva} ${[1, 'a']}", `= {"a":1.5,"b":2,"codigo":"A_1","cuando":null} [1,"a"]`},
		// Where an expression ends.
		{"a ${ {'a': {'b': '}'}}.a.b } b", "a } b"},
		{`a ${'}'} ${"}"} ${'\'}'} ${r'\'} ${'''}'"'''} ${R"""}"\"""} b`, `a } } '} \ }'" }"\ b`},
		{"a ${1 // no }\n + 1} b", "a 2 b"},
		{"a ${bot.name + 'r'} ${'//'}", "a clinicar //"},
		// The characters themselves.
		{"$${vars.x} cuesta $5 $ {a} $$${b} $$", "${vars.x} cuesta $5 $ {a} $${b} $$"},
		// What a contact wrote is not looked at again.
		{"<${input.text}>", "<  Hola ${now} >"},
		{"${t('hola')} ", "¡Hola! ${now} "},
	} {
		got, err := text(t, c.source).Text(chat(t))
		require.NoError(t, err, c.source)
		require.Equal(t, c.want, got, c.source)
	}
}

func TestControlCharactersAreNotPrinted(t *testing.T) {
	v := chat(t)
	v.Input.Text = "a\x00b\r\n\tc\x1b[31m\u0085d\u200f\xff\x7f"
	const want = "a" + "b\n\tc[31md\u200f\ufffd"
	got, err := text(t, "=${input.text}").Text(v)
	require.NoError(t, err)
	require.Equal(t, "="+want, got)
	whole, err := text(t, "${[input.text]}").JSON(v)
	require.NoError(t, err)
	require.Equal(t, `["ab\n\tc[31md`+"\u200f\ufffd"+`"]`, string(whole))
}

func TestATextThatIsOneExpressionKeepsItsType(t *testing.T) {
	for _, c := range []struct {
		source, kind, want string
		whole              bool
	}{
		{"${vars.total}", "double", `1990`, true},
		{"${vars.cuantos}", "int", `3`, true},
		{"${vars.listo}", "bool", `true`, true},
		{"${contact.name}", "string", `"Ana"`, true},
		{"${vars.horas}", "list", `[{"id":"h1","title":"mié 11"},{"id":"h2","title":"jue 12"}]`, true},
		{"${{'a': 1}}", "map", `{"a":1}`, true},
		{"${vars.desde}", "timestamp", `"2026-03-10T15:00:00Z"`, true},
		{"${result.json.horas}", "dyn", `[{"id":"h1","n":2},{"id":"h2","n":2.5}]`, true},
		{"${null}", "null", `null`, true},
		{" ${vars.total}", "string", `" 1990"`, false},
		{"${vars.total}${vars.total}", "string", `"19901990"`, false},
		{"$${vars.total}", "string", `"${vars.total}"`, false},
		{"a", "string", `"a"`, false},
	} {
		tpl := text(t, c.source)
		require.Equal(t, c.whole, tpl.Whole(), c.source)
		require.Equal(t, c.kind, tpl.Type(), c.source)
		got, err := tpl.JSON(chat(t))
		require.NoError(t, err, c.source)
		require.Equal(t, c.want, string(got), c.source)
	}
}

func TestStaticAndLiteral(t *testing.T) {
	static, ok := text(t, "Hola $${x}").Static()
	require.True(t, ok)
	require.Equal(t, "Hola ${x}", static)
	_, ok = text(t, "Hola ${contact.name}!").Static()
	require.False(t, ok)
	require.Equal(t, "Hola !", text(t, "Hola ${contact.name}!").Literal())
}

func TestProblemsOfTextsHaveTheirPlace(t *testing.T) {
	e := env(t, clinic())
	for source, want := range map[string][]Problem{
		"ñ ${vars.x} ${ vars.y}": {
			{4, CodeUnknownVar, `there is no variable "x"; declare it under vars`},
			{15, CodeUnknownVar, `there is no variable "y"; declare it under vars`},
		},
		"ñañá ${vars.x":     {{5, CodeExpression, "the expression has no end: } is missing (for the characters ${ write $${)"}},
		"a ${'}":            {{2, CodeExpression, "the expression has no end: } is missing (for the characters ${ write $${)"}},
		"a ${1 // }":        {{2, CodeExpression, "the expression has no end: } is missing (for the characters ${ write $${)"}},
		"a ${}":             {{4, CodeExpression, "there is no expression"}},
		"ñ ${1 + }":         {{8, CodeExpression, "the expression breaks off; something is missing at its end"}},
		"${secret.agenda}":  {{2, CodeSecret, "secrets stand only in the headers of a call, by themselves: ${secret.name}"}},
		"a ${secret} ${now": {{12, CodeExpression, "the expression has no end: } is missing (for the characters ${ write $${)"}},
	} {
		tpl, problems := e.Template(source, Site{})
		require.Nil(t, tpl, source)
		require.Equal(t, want, problems, source)
	}
}

func TestHeadersNameTheirSecrets(t *testing.T) {
	e := env(t, clinic())
	h, problems := e.Header("Bearer ${secret.agenda}${contact.name}-${ secret.otro } ${secret.agenda}", Site{})
	require.Empty(t, problems)
	parts, err := h.Parts(chat(t))
	require.NoError(t, err)
	require.Equal(t, []Part{{Text: "Bearer "}, {Secret: "agenda"}, {Text: "Ana-"}, {Secret: "otro"}, {Text: " "}, {Secret: "agenda"}}, parts)

	_, problems = e.Header("a ${secret.agenda + 'x'} ${'a' + secret.b}", Site{})
	require.Equal(t, []Problem{
		{4, CodeSecret, "secrets stand only in the headers of a call, by themselves: ${secret.name}"},
		{33, CodeSecret, "secrets stand only in the headers of a call, by themselves: ${secret.name}"},
	}, problems)
}

func TestWhatAContactWroteCannotAddAHeader(t *testing.T) {
	h, problems := env(t, clinic()).Header("${input.text}", Site{})
	require.Empty(t, problems)
	v := chat(t)
	v.Input.Text = "a\r\nX-Admin: 1\n\tb"
	parts, err := h.Parts(v)
	require.NoError(t, err)
	require.Equal(t, []Part{{Text: "a X-Admin: 1  b"}}, parts)
}

func TestATextHasAtMost64KiB(t *testing.T) {
	v := chat(t)
	v.Input.Text = strings.Repeat("a", 40<<10)
	_, err := text(t, "${input.text}${input.text}").Text(v)
	require.ErrorIs(t, err, ErrSize)
	_, err = text(t, "${[input.text, input.text]}").JSON(v)
	require.ErrorIs(t, err, ErrSize)
	v.Input.Text = strings.Repeat("a", 65<<10)
	_, err = text(t, "${input.text}").JSON(v)
	require.ErrorIs(t, err, ErrSize)
}

func TestATextInPartTellsWhatItCan(t *testing.T) {
	v := chat(t)
	got, err := text(t, "${contact.name}: ${result.json.none}, ${vars.cuantos / (vars.cuantos - 3)} de ${vars.cuantos}").Partial(v)
	require.Equal(t, "Ana: , ? de 3", got)
	require.EqualError(t, err, "division by zero", "a missing key is none")
	got, err = text(t, "${contact.name}").Partial(v)
	require.Equal(t, "Ana", got)
	require.NoError(t, err)
	v.Input.Text = strings.Repeat("a", 40<<10)
	got, err = text(t, "${input.text}${input.text}.").Partial(v)
	require.ErrorIs(t, err, ErrSize)
	require.Len(t, got, 40<<10+len("?."))
}
