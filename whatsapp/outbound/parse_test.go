package outbound_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/internal/jsontest"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func said(problems []outbound.Problem) (all []string) {
	for _, p := range problems {
		all = append(all, p.String())
	}
	return all
}

func TestParseIsStrict(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       []string
	}{
		{"no JSON", `{"text":`, []string{"the body must be one JSON object"}},
		{"two documents", `{} {}`, []string{"the body must be one JSON object"}},
		{"a list", `[]`, []string{"the body must be an object"}},
		{"unknown keys", `{"text":{"body":"a","boddy":"b"},"tipo":1}`, []string{"text.boddy is not a known key", "tipo is not a known key"}},
		{"keys have their case", `{"Text":{"body":"a"}}`, []string{"Text is not a known key"}},
		{"a key twice", `{"text":{"body":"a"},"text":{"body":"b"}}`, []string{"text is the same as an earlier one"}},
		{"wrong types", `{"to":1,"text":{"body":["a"],"preview_url":"no"},"contacts":{},"context":"x","pin":1}`, []string{
			"to must be a text", "text.body must be a text", "text.preview_url must be true or false", "contacts must be a list", "context must be an object",
		}},
		{"null is left out", `{"text":{"body":"a","preview_url":null},"context":null,"contacts":null}`, nil},
		{"null in a list", `{"contacts":[null]}`, []string{"contacts[0] must be there, not null"}},
		{"an unknown key in a list", `{"contacts":[{"name":{"formatted_name":"a"}},{"nombre":"b"}]}`, []string{"contacts[1].nombre is not a known key"}},
		{"what must be written", `{"location":{"latitude":0}}`, []string{"location.longitude is required"}},
		{"reaction without emoji", `{"reaction":{"message_id":"a"}}`, []string{"reaction.emoji is required"}},
		{"a card without index", `{"interactive":{"type":"carousel","action":{"cards":[{"type":"product"}]}}}`, []string{"interactive.action.cards[0].card_index is required"}},
		{"no number", `{"location":{"latitude":"norte","longitude":1e999}}`, []string{"location.latitude must be a number", "location.longitude must be a number"}},
		{"no whole number", `{"interactive":{"action":{"cards":[{"card_index":1.5}]}}}`, []string{"interactive.action.cards[0].card_index must be a whole number"}},
		{"unknown parameters", `{"interactive":{"type":"cta_url","action":{"name":"cta_url","parameters":{"display_text":"a","link":"b"}}}}`, []string{
			"interactive.action.parameters.link is not a known key",
		}},
		{"parameters before the type", `{"interactive":{"action":{"parameters":{"flow_cta":"a","x":1}},"type":"flow"}}`, []string{
			"interactive.action.parameters.x is not a known key",
		}},
		{"parameters of a card", `{"interactive":{"type":"carousel","action":{"cards":[{"card_index":0,"action":{"parameters":{"x":1}}}]}}}`, []string{
			"interactive.action.cards[0].action.parameters.x is not a known key",
		}},
		{"parameters that are a list", `{"interactive":{"type":"flow","action":{"parameters":[]}}}`, []string{"interactive.action.parameters must be an object"}},
		{"long key", `{"` + strings.Repeat("k", 1000) + `":1}`, []string{strings.Repeat("k", 64) + " is not a known key"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := outbound.Parse([]byte(tt.body))
			require.Equal(t, tt.want, said(problems))
			var s outbound.Message
			require.Equal(t, len(tt.want) > 0, json.Unmarshal([]byte(tt.body), &s) != nil)
		})
	}
}

func TestParseFillsIn(t *testing.T) {
	s, problems := outbound.Parse([]byte(`{"template":{"name":"a","language":{"code":"es"},"components":[{"type":"button","sub_type":"url","index":0,"parameters":[]}]}}`))
	require.Empty(t, problems)
	require.Equal(t, "template", s.Type)
	require.Equal(t, "whatsapp", s.MessagingProduct)
	require.Equal(t, "0", s.Template.Components[0].Index)

	s, problems = outbound.Parse([]byte(`{"text":{"body":"a"},"reaction":{"message_id":"m","emoji":""}}`))
	require.Empty(t, problems)
	require.Empty(t, s.Type, "two payloads do not say which is meant")

	s, problems = outbound.Parse([]byte(`{"type":"location","location":{"latitude":"-33.5","longitude":-70}}`))
	require.Empty(t, problems)
	require.Equal(t, &outbound.Location{Latitude: -33.5, Longitude: -70}, s.Location)
}

func TestParseFilledTakesNumbersAndTruthValuesForTexts(t *testing.T) {
	const body = `{"text":{"body":12.50}}`
	s, problems := outbound.ParseFilled([]byte(body))
	require.Empty(t, problems)
	require.Equal(t, "12.50", s.Text.Body)
	_, problems = outbound.Parse([]byte(body))
	require.Equal(t, []string{"text.body must be a text"}, said(problems))

	s, problems = outbound.ParseFilled([]byte(`{"interactive":{"type":"flow","body":{"text":true},"action":{"parameters":{"flow_cta":-1,"flow_token":false}}}}`))
	require.Empty(t, problems)
	require.Equal(t, "true", s.Interactive.Body.Text)
	require.Equal(t, &outbound.FlowParameters{FlowCTA: "-1", FlowToken: "false"}, s.Interactive.Action.Parameters)

	_, problems = outbound.ParseFilled([]byte(`{"text":{"body":["a"],"preview_url":1},"to":{}}`))
	require.Equal(t, []string{"text.body must be a text", "text.preview_url must be true or false", "to must be a text"}, said(problems))
}

func TestParseStopsCountingProblems(t *testing.T) {
	keys := make([]string, 5000)
	for i := range keys {
		keys[i] = `"k` + strings.Repeat("x", i%7) + `":1`
	}
	_, problems := outbound.Parse([]byte("{" + strings.Join(keys, ",") + "}"))
	require.Len(t, problems, 100)
	_, problems = outbound.Parse([]byte(`{"contacts":[` + strings.Repeat(`{},`, 5000) + `{}]}`))
	require.Equal(t, []string{"contacts has 5001 items, at most 1000 are allowed"}, said(problems))
}

// TestParseMutations: every mutation of every golden body is read or refused with
// problems that have a path, and what passes is written and read back as the same.
func TestParseMutations(t *testing.T) {
	names, err := filepath.Glob("testdata/messages/*.json")
	require.NoError(t, err)
	count := 0
	for _, name := range names {
		var tree map[string]any
		require.NoError(t, json.Unmarshal(read(t, name), &tree))
		jsontest.Mutate(tree, func() {
			count++
			mutated, err := json.Marshal(tree)
			require.NoError(t, err)
			roundTrip(t, mutated)
		})
	}
	require.Greater(t, count, 9_000)
}

// roundTrip reads a body and, if it breaks no rule, writes it and reads it again.
func roundTrip(t testing.TB, body []byte) {
	t.Helper()
	s, problems := outbound.Parse(body)
	for _, p := range append(problems, outbound.Validate(s)...) {
		require.NotEmpty(t, p.String())
	}
	outbound.Check(whatsapp.Version{Major: 14}, s)
	written, err := outbound.Encode(s)
	if err != nil {
		var invalid *outbound.Invalid
		require.ErrorAs(t, err, &invalid)
		return
	}
	again, problems := outbound.Parse(written)
	require.Empty(t, problems, "%s", written)
	twice, err := outbound.Encode(again)
	require.NoError(t, err)
	require.Equal(t, string(written), string(twice))
}

func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/messages/*.json")
	require.NoError(f, err)
	for _, name := range names {
		f.Add(read(f, name))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		roundTrip(t, body)
	})
}
