package whatsapp_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

func said(problems []whatsapp.Problem) (all []string) {
	for _, p := range problems {
		all = append(all, p.String())
	}
	return all
}

func TestParseSendIsStrict(t *testing.T) {
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
			_, problems := whatsapp.ParseSend([]byte(tt.body))
			require.Equal(t, tt.want, said(problems))
			var s whatsapp.Send
			require.Equal(t, len(tt.want) > 0, json.Unmarshal([]byte(tt.body), &s) != nil)
		})
	}
}

func TestParseSendFillsIn(t *testing.T) {
	s, problems := whatsapp.ParseSend([]byte(`{"template":{"name":"a","language":{"code":"es"},"components":[{"type":"button","sub_type":"url","index":0,"parameters":[]}]}}`))
	require.Empty(t, problems)
	require.Equal(t, "template", s.Type)
	require.Equal(t, "whatsapp", s.MessagingProduct)
	require.Equal(t, "0", s.Template.Components[0].Index)

	s, problems = whatsapp.ParseSend([]byte(`{"text":{"body":"a"},"reaction":{"message_id":"m","emoji":""}}`))
	require.Empty(t, problems)
	require.Empty(t, s.Type, "two payloads do not say which is meant")

	s, problems = whatsapp.ParseSend([]byte(`{"type":"location","location":{"latitude":"-33.5","longitude":-70}}`))
	require.Empty(t, problems)
	require.Equal(t, &whatsapp.SendLocation{Latitude: -33.5, Longitude: -70}, s.Location)
}

func TestParseSendStopsCountingProblems(t *testing.T) {
	keys := make([]string, 5000)
	for i := range keys {
		keys[i] = `"k` + strings.Repeat("x", i%7) + `":1`
	}
	_, problems := whatsapp.ParseSend([]byte("{" + strings.Join(keys, ",") + "}"))
	require.Len(t, problems, 100)
	_, problems = whatsapp.ParseSend([]byte(`{"contacts":[` + strings.Repeat(`{},`, 5000) + `{}]}`))
	require.Equal(t, []string{"contacts has 5001 items, at most 1000 are allowed"}, said(problems))
}

func TestCheckRaw(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       []string
		written    string
	}{
		{"read", ` {"messaging_product":"whatsapp", "status":"read","message_id":"wamid.<&>"}`, nil, `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.<&>"}`},
		{
			"typing", `{"messaging_product":"whatsapp","status":"read","message_id":"m","typing_indicator":{"type":"text"}}`, nil,
			`{"messaging_product":"whatsapp","status":"read","message_id":"m","typing_indicator":{"type":"text"}}`,
		},
		{"a broken receipt", `{"status":"seen","typing_indicator":{"type":"audio","x":1}}`, []string{
			"typing_indicator.x is not a known key", `messaging_product must be "whatsapp"`, `status must be "read"`, "message_id is required", `typing_indicator.type must be "text"`,
		}, ""},
		{"a message", `{"messaging_product":"whatsapp","to":"1","type":"text","text":{"body":""}}`, []string{"text.body is required"}, ""},
		{"no JSON", `x`, []string{"the body must be one JSON object"}, ""},
		{"a list", `[]`, []string{"the body must be an object", "to is required", "type is required"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw, problems := whatsapp.CheckRaw(whatsapp.Newest(), []byte(tt.body))
			require.Equal(t, tt.want, said(problems))
			require.Equal(t, tt.written, string(raw))
		})
	}
}

func TestCheckRawOfAnOldVersion(t *testing.T) {
	old, _, err := whatsapp.LookupProfile("v15.0")
	require.NoError(t, err)
	raw, problems := whatsapp.CheckRaw(old, []byte(`{"messaging_product":"whatsapp","status":"read","message_id":"m","typing_indicator":{"type":"text"}}`))
	require.Nil(t, raw)
	require.Equal(t, []string{"typing_indicator needs typing, which v15.0 does not have"}, said(problems))
}
