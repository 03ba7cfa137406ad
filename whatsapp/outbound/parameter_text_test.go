package outbound_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func TestFlattenParameter(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"una línea", "una línea"},
		{" a  b    c ", " a  b    c "},
		{"a\nb", "a b"},
		{"a\r\n\r\nb", "a b"},
		{"a \n b", "a b"},
		{"a\tb\vc\fd\u0085e\u2028f\u2029g", "a b c d e f g"},
		{"a     b", "a b"},
		{"a\u00a0\u00a0\u00a0\u00a0\u00a0b", "a b"},
		{"a\u00a0b", "a\u00a0b"},
		{"\n a\n", "a"},
		{"     a     ", "a"},
		{"a\x1b\x00b", "a b"},
		{" \t\r\n ", ""},
		{"      ", ""},
		{"  ", "  "},
		{"👩🏽‍🚀\n🇨🇱", "👩🏽‍🚀 🇨🇱"},
	} {
		require.Equal(t, tt.want, outbound.FlattenParameter(tt.text), "%q", tt.text)
	}
}

// What is flattened is taken, is flat already, and has lost no word.
func TestFlattenedParametersAreTaken(t *testing.T) {
	alphabet := []rune("ab\n\r\t\v\f\u0085\u2028\u2029\u00a0\u3000\x00     👋")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.SampledFrom(alphabet)).Draw(t, "text"))
		flat := outbound.FlattenParameter(text)
		require.Empty(t, outbound.ValidateParameter("text", flat))
		require.Equal(t, flat, outbound.FlattenParameter(flat))
		blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
		require.Equal(t, strings.FieldsFunc(text, blank), strings.FieldsFunc(flat, blank))
	})
}

func TestParameterTexts(t *testing.T) {
	s := template(
		header(words("a")),
		body(outbound.Parameter{Type: "currency", Currency: &outbound.Currency{FallbackValue: "b"}},
			outbound.Parameter{Type: "date_time", DateTime: &outbound.DateTime{FallbackValue: "c"}}),
		button("quick_reply", "0", quickReply("p")),
		cardOf(body(words("d"))).Template.Components[0],
		button("url", "1", words("e")),
	)
	var got []string
	for path, text := range s.Template.ParameterTexts() {
		got = append(got, strings.TrimPrefix(path, "template.components")+"="+*text)
		*text += "!"
	}
	require.Equal(t, []string{
		"[0].parameters[0].text=a", "[1].parameters[0].currency.fallback_value=b", "[1].parameters[1].date_time.fallback_value=c",
		"[3].cards[0].components[0].parameters[0].text=d", "[4].parameters[0].text=e",
	}, got)
	require.Equal(t, "d!", s.Template.Components[3].Cards[0].Components[0].Parameters[0].Text)
	for range s.Template.ParameterTexts() {
		break // and nobody is asked again
	}
}
