package outbound_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

const (
	oneLine  = " must be on one line, without tabs and without more than four spaces in a row"
	allNamed = " must be there: the parameters of a template are all named or all numbered"
)

// marked are problems as texts, with ~ before those that only warn.
func marked(problems []outbound.Problem) []string {
	var lines []string
	for _, p := range problems {
		line := p.String()
		if p.Warning {
			line = "~" + line
		}
		lines = append(lines, line)
	}
	return lines
}

func TestTextsOfTemplateParameters(t *testing.T) {
	const at = "template.components[0].parameters[0].text"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"four spaces", "a    b", nil},
		{"space at the ends", " a ", nil},
		{"five spaces", "a     b", []string{at + oneLine}},
		{"a line break", "a\nb", []string{at + oneLine}},
		{"a line break at the end", "a\n", []string{at + oneLine}},
		{"a carriage return", "a\rb", []string{at + oneLine}},
		{"a tab", "a\tb", []string{at + oneLine}},
		{"a vertical tab", "a\vb", []string{at + oneLine}},
		{"a form feed", "a\fb", []string{at + oneLine}},
		{"next line", "a\u0085b", []string{at + oneLine}},
		{"a line separator", "a\u2028b", []string{at + oneLine}},
		{"a paragraph separator", "a\u2029b", []string{at + oneLine}},
		{"no-break spaces", "a\u00a0\u00a0 \u00a0\u00a0b", []string{"~" + at + oneLine}},
		{"joined emoji", "👩🏽‍🚀 a", nil},
		{"empty", "", []string{at + " is required"}},
		{"blank", "  ", []string{at + " is required"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, marked(outbound.Validate(template(body(words(tt.text))))))
			require.Equal(t, tt.want, marked(outbound.Validate(template(header(words(tt.text))))))
			require.Equal(t, tt.want, marked(outbound.Validate(template(button("url", "0", words(tt.text))))))
		})
	}
}

// TestTemplateRules has the rules about what fills the places of a template.
func TestTemplateRules(t *testing.T) {
	const first, second = "template.components[0].parameters[0]", "template.components[0].parameters[1]"
	money := func(text string) outbound.Parameter {
		return outbound.Parameter{Type: "currency", Currency: &outbound.Currency{FallbackValue: text, Code: "CLP"}}
	}
	day := func(text string) outbound.Parameter {
		return outbound.Parameter{Type: "date_time", DateTime: &outbound.DateTime{FallbackValue: text}}
	}
	place := func(l outbound.Location) outbound.Component {
		return header(outbound.Parameter{Type: "location", Location: &l})
	}
	image := header(outbound.Parameter{Type: "image", Image: link("a.png")})
	carousel := func(components ...outbound.Component) outbound.Component {
		return cardOf(components...).Template.Components[0]
	}
	for _, tt := range []struct {
		name string
		send outbound.Message
		want []string
	}{
		{"an amount on two lines", template(body(money("$\n9"))), []string{first + ".currency.fallback_value" + oneLine}},
		{"a date with a tab", template(body(day("1\tde marzo"))), []string{first + ".date_time.fallback_value" + oneLine}},
		{"a card on two lines", template(carousel(body(words("a\nb")))), []string{"template.components[0].cards[0].components[0].parameters[0].text" + oneLine}},
		{"a payload may be anything", template(button("quick_reply", "0", quickReply("a\nb"))), nil},

		{"a place", template(place(outbound.Location{Name: "Plaza", Address: "Av. 1"})), nil},
		{"a place without name", template(place(outbound.Location{Address: "Av. 1"})), []string{
			"~" + first + ".location.address must be together with a name, or it is not shown", first + ".location.name is required",
		}},
		{"a place without address", template(place(outbound.Location{Name: "Plaza", Address: " "})), []string{first + ".location.address is required"}},

		{"all named", template(header(named("a", words("x"))), body(named("a", words("x")), named("b_2", words("y")))), nil},
		{"a name and a number", template(body(named("a", words("x")), words("y"))), []string{second + ".parameter_name" + allNamed}},
		{"a number and a name", template(body(words("x"), named("a", words("y")))), []string{first + ".parameter_name" + allNamed}},
		{"a numbered header over a named body", template(header(words("x")), body(named("a", words("y")))), []string{first + ".parameter_name" + allNamed}},
		{"a named body and a numbered card", template(carousel(body(words("x"))), body(named("a", words("y")))), []string{
			"template.components[0].cards[0].components[0].parameters[0].parameter_name" + allNamed,
		}},
		{"an amount and a date without names", template(body(money("$9"), day("hoy"), named("a", words("x")))), []string{
			first + ".parameter_name" + allNamed, second + ".parameter_name" + allNamed,
		}},
		{"pictures and buttons have no names", template(image, body(named("a", words("x"))), button("url", "0", words("y"))), nil},
		{"the same name twice", template(body(named("a", words("x")), named("a", words("y")))), []string{second + ".parameter_name is the same as an earlier one"}},
		{"a name in capitals", template(body(named("Nombre", words("x")))), []string{first + ".parameter_name must be of small letters, digits and _"}},
		{"a name with a letter that is not ASCII", template(header(named("año", words("x")))), []string{first + ".parameter_name must be of small letters, digits and _"}},
		{"a name with braces", template(body(named("{{a}}", words("x")))), []string{first + ".parameter_name must be of small letters, digits and _"}},
		{"a name that begins with a digit", template(body(named("2_a", words("x")))), nil},

		{"a header of two", template(outbound.Component{Type: "header", Parameters: []outbound.Parameter{words("x"), words("y")}}), []string{
			"template.components[0].parameters has 2 items, at most 1 are allowed",
		}},
		{"the header of a card is no text", template(carousel(header(words("x")))), []string{
			`template.components[0].cards[0].components[0].parameters[0].type must be "image", "video" or "product"`,
		}},
		{"a picture by id and link", template(header(outbound.Parameter{Type: "image", Image: &outbound.Media{ID: "1", Link: "https://example.com/a.png"}})), []string{
			first + ".image must be exactly one of id and link",
		}},
		{"a language as browsers write it", edited("template_plain", func(s *outbound.Message) { s.Template.Language.Code = "es-CL" }), []string{
			"~template.language.code must be a code such as es or es_CL",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, marked(outbound.Validate(tt.send))) })
	}
}

func TestTemplateLanguagesThatMetaHas(t *testing.T) {
	for _, code := range []string{"es", "es_CL", "en_US", "zh_CN", "pt_BR", "fil", "prs_AF"} {
		s := template()
		s.Template.Language.Code = code
		require.Empty(t, outbound.Validate(s), code)
	}
}

func TestAPlaceByItselfNeedsNoName(t *testing.T) {
	require.Empty(t, outbound.Validate(edited("location", func(s *outbound.Message) { s.Location.Name, s.Location.Address = "", "" })))
}
