package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// notice says a template with these components to whoever writes.
func notice(components string) string {
	return fmt.Sprintf(`
start: a
vars: {s: {type: string}}
states:
  a:
    say: [{template: {name: aviso, language: {code: es}, components: [%s]}}]
    ask: {as: text, to: a}
`, components)
}

// filled are the texts that fill the template of the latest event, by their paths.
func (c *chat) filled() map[string]string {
	c.t.Helper()
	sent := c.message(0).Template
	require.NotNil(c.t, sent)
	texts := map[string]string{}
	for path, text := range sent.ParameterTexts() {
		texts[strings.TrimPrefix(path, "template.components")] = *text
	}
	return texts
}

func TestWhatValuesBringToATemplateIsPutOnOneLine(t *testing.T) {
	const body, word = "[0].parameters[0].text", `{type: body, parameters: [{type: text, text: "%s"}]}`
	with := func(text string) string { return fmt.Sprintf(word, text) }
	for _, tt := range []struct {
		name, components, said string
		want                   map[string]string
	}{
		{"a line break", with("${input.text}"), "uno\ndos", map[string]string{body: "uno dos"}},
		{"a tab", with("${input.text}"), "uno\tdos", map[string]string{body: "uno dos"}},
		{"many spaces", with("${input.text}"), "uno        dos", map[string]string{body: "uno dos"}},
		{"four spaces", with("${input.text}"), "uno    dos", map[string]string{body: "uno    dos"}},
		{"breaks of other kinds", with("${input.text}"), "a\r\nb\u2028c\u2029d", map[string]string{body: "a b c d"}},
		{"a break at an end", with("${input.text}"), "uno\n", map[string]string{body: "uno"}},
		{"beside what is written out", with("Recado:  ${input.text} (Ana)"), "\nuno\ndos\n", map[string]string{body: "Recado: uno dos (Ana)"}},
		{"spaces on both sides of an expression", with("a  ${input.text}  b"), "   ", map[string]string{body: "a b"}},
		{"a constant", with(`${'uno\\ndos'}`), "x", map[string]string{body: "uno dos"}},
		{"the header and an address", `{type: header, parameters: [{type: text, text: "${input.text}"}]}, {type: button, sub_type: url, index: 0, parameters: [{type: text, text: "${input.text}"}]}`, "a\nb", map[string]string{
			body: "a b", "[1].parameters[0].text": "a b",
		}},
		{"an amount and a date", `{type: body, parameters: [{type: currency, currency: {code: CLP, amount_1000: 1, fallback_value: "${input.text}"}}, {type: date_time, date_time: {fallback_value: "${input.text}"}}]}`, "a\nb", map[string]string{
			"[0].parameters[0].currency.fallback_value": "a b", "[0].parameters[1].date_time.fallback_value": "a b",
		}},
		{"the card of a carousel", fmt.Sprintf("{type: carousel, cards: [{card_index: 0, components: [%s]}]}", with("${input.text}")), "a\nb", map[string]string{
			"[0].cards[0].components[0].parameters[0].text": "a b",
		}},
		{"a list of parameters", `{type: body, parameters: "${[{'type': 'text', 'text': input.text}]}"}`, "a\nb", map[string]string{body: "a b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := talkTo(t, notice(tt.components))
			c.says(tt.said)
			require.Equal(t, tt.want, c.filled())
			require.Equal(t, tt.said != "uno    dos", slices.Contains(c.traces(), "template parameter put on one line"))
		})
	}
}

func TestTextsOutsideOfTemplatesKeepTheirLines(t *testing.T) {
	c := talkTo(t, `
start: a
states:
  a: {say: ["${input.text}", {text: {body: "${input.text}"}}], ask: {as: text, to: a}}
`)
	c.says("uno\n\tdos     tres")
	require.Equal(t, "uno\n\tdos     tres", c.message(0).Text.Body)
	require.Equal(t, "uno\n\tdos     tres", c.message(1).Text.Body)
}

// Meta refuses a parameter without text, and nobody but the author knows what to say instead.
func TestATemplateWithAnEmptyParameterIsNotSent(t *testing.T) {
	for _, said := range []string{"\n", "      ", " "} {
		c := talkTo(t, notice(`{type: body, parameters: [{type: text, text: "${vars.s + input.text}"}]}`)+
			"  b: {say: [\"No se pudo\"], ask: {as: text, to: b}}\ndefaults: {error: b}\n")
		c.says(said)
		require.Equal(t, []string{"No se pudo"}, c.texts())
		require.Contains(t, c.traces(), `error: state "a": invalid message: template.components[0].parameters[0].text is required`)
	}
}

func TestTheTextsOfATemplatesBodyAreCutTogether(t *testing.T) {
	const header = `, {type: header, parameters: [{type: text, text: "Aviso"}]}`
	c := talkTo(t, notice(`{type: body, parameters: [{type: text, text: "${contact.name}"}, {type: text, text: "${input.text}"}]}`+header))
	c.says(strings.Repeat("ñ", 4000))
	texts := c.filled()
	require.Equal(t, "Ana", texts["[0].parameters[0].text"])
	cut := texts["[0].parameters[1].text"]
	require.Equal(t, 1024-len("Ana"), utf8.RuneCountInString(cut))
	require.True(t, strings.HasSuffix(cut, "…"))
	require.Contains(t, c.traces(), "text cut to WhatsApp's limit")

	c = talkTo(t, notice(`{type: body, parameters: [{type: text, text: "${input.text}"}, {type: text, text: "${input.text + 'x'}"}]}`+header))
	c.says(strings.Repeat("👋", 1100))
	total := 0
	for path, text := range c.filled() {
		if strings.HasPrefix(path, "[0].") {
			total += utf8.RuneCountInString(text)
		}
	}
	require.LessOrEqual(t, total, 1024)
	require.Equal(t, "a", c.asking(), "and the conversation goes on")
}

func TestTemplateParametersThatAreWrittenOutAreChecked(t *testing.T) {
	const path, oneLine = "template.components[0].parameters[0]", " must be on one line, without tabs and without more than four spaces in a row [message]"
	const at = "8:"
	say := func(parameter string) string {
		return "bot: v1\nname: small\nstart: a\nvars: {s: {type: string}}\nstates:\n  a:\n    say:\n" +
			"      - {template: {name: aviso, language: {code: es}, components: [{type: body, parameters: [" + parameter + "]}]}}\n" +
			"    handoff: {to: desk}\n"
	}
	text := func(text string) string { return say(`{type: text, text: "` + text + `"}`) }
	for _, tt := range []struct {
		name, src string
		want      []string
	}{
		{"good", text("uno    dos"), nil},
		{"a line break", text(`uno\ndos`), []string{at + "114: " + path + ".text" + oneLine}},
		{"a tab", text(`uno\tdos`), []string{at + "114: " + path + ".text" + oneLine}},
		{"five spaces", text("uno     dos"), []string{at + "114: " + path + ".text" + oneLine}},
		{"a line separator", text(`uno\u2028dos`), []string{at + "114: " + path + ".text" + oneLine}},
		{"no-break spaces", text(`uno\u00a0\u00a0\u00a0\u00a0\u00a0dos`), []string{at + "114: warning: " + path + ".text" + oneLine}},
		{"a break beside an expression", text(`uno\n${vars.s}`), []string{at + "114: " + path + ".text" + oneLine}},
		{"a break behind an expression", text(`${vars.s}\n`), []string{at + "114: " + path + ".text" + oneLine}},
		{"five spaces beside an expression", text("${vars.s}     uno"), []string{at + "114: " + path + ".text" + oneLine}},
		{"five spaces with an expression between", text("uno  ${vars.s}   dos"), nil},
		{"a break in an expression", text("${vars.s +\\n vars.s}"), nil},
		{"an amount", say(`{type: currency, currency: {fallback_value: "$\n9", code: CLP, amount_1000: 9000}}`), []string{
			at + "139: " + path + ".currency.fallback_value" + oneLine,
		}},
		{"a name in capitals", say(`{type: text, parameter_name: Nombre, text: x}`), []string{
			at + "124: " + path + ".parameter_name must be of small letters, digits and _ [message]",
		}},
		{"a name and a number", say(`{type: text, parameter_name: a, text: x}, {type: text, text: z}`), []string{
			at + "137: template.components[0].parameters[1].parameter_name must be there: the parameters of a template are all named or all numbered [message]",
		}},
		{"a name that an expression gives", say(`{type: text, parameter_name: "${vars.s}", text: x}, {type: text, parameter_name: b, text: z}`), nil},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, found(t, tt.src)) })
	}
}

func TestAPlaceWithoutNameIsNotSent(t *testing.T) {
	place := `{type: header, parameters: [{type: location, location: {latitude: 1, longitude: 2, name: "${vars.s}", address: "Av. 1"}}]}`
	c := talkTo(t, notice(place))
	c.says("hola")
	require.Equal(t, definition.ReasonError, c.ended().Reason)
	require.Equal(t, []string{
		`8:124: template.components[0].parameters[0].location.address is required [message]`,
		`8:124: template.components[0].parameters[0].location.name is required [message]`,
	}, found(t, "bot: v1\nname: small\nstart: a\nstates:\n  a:\n    handoff: {to: desk}\n    say:\n"+
		"      - {template: {name: aviso, language: {code: es}, components: [{type: header, parameters: [{type: location, location: {latitude: 1, longitude: 2}}]}]}}\n"))
}
