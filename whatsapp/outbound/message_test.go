package outbound_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/internal/jsontest"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func buttons(replies ...outbound.Reply) outbound.Message {
	s := outbound.NewText("56911112222", "")
	s.Text, s.Type = nil, whatsapp.TypeInteractive
	s.Interactive = &outbound.Interactive{
		Type:   outbound.InteractiveButton,
		Body:   &outbound.Text{Text: "¿Seguro?"},
		Action: &outbound.Action{},
	}
	for _, r := range replies {
		s.Interactive.Action.Buttons = append(s.Interactive.Action.Buttons, outbound.Button{Type: "reply", Reply: r})
	}
	return s
}

func yesNo() outbound.Message {
	return buttons(outbound.Reply{ID: "si", Title: "Sí"}, outbound.Reply{ID: "no", Title: "No"})
}

func TestEncode(t *testing.T) {
	full := yesNo()
	full.Context = &outbound.Context{MessageID: "wamid.IN"}
	full.BizOpaqueCallbackData = "x"
	full.Interactive.Header = &outbound.Header{Type: "document", Document: &outbound.Media{Link: "https://example.com/a.pdf", Filename: "a.pdf"}}
	full.Interactive.Footer = &outbound.Text{Text: "pie"}
	byUserID := outbound.NewText("", "hola")
	byUserID.Recipient = "CL.1"
	preview := outbound.NewText("1", "https://example.com")
	preview.Text.PreviewURL = true
	for _, tt := range []struct {
		name string
		send outbound.Message
		want string
	}{
		{
			"the document's text example", outbound.NewText("{{Recipient-Phone-Number}}", "text-message-content"),
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"{{Recipient-Phone-Number}}","type":"text","text":{"preview_url":false,"body":"text-message-content"}}`,
		},
		{
			"no HTML escaping", outbound.NewText("1", "a <b> & \"c\" \u2028 👋"),
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"1","type":"text","text":{"preview_url":false,"body":"a <b> & \"c\" \u2028 👋"}}`,
		},
		{
			"to a user id", byUserID,
			`{"messaging_product":"whatsapp","recipient_type":"individual","recipient":"CL.1","type":"text","text":{"preview_url":false,"body":"hola"}}`,
		},
		{
			"with a preview", preview,
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"1","type":"text","text":{"preview_url":true,"body":"https://example.com"}}`,
		},
		{
			"reply buttons", yesNo(),
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"56911112222","type":"interactive","interactive":{"type":"button","body":{"text":"¿Seguro?"},` +
				`"action":{"buttons":[{"type":"reply","reply":{"id":"si","title":"Sí"}},{"type":"reply","reply":{"id":"no","title":"No"}}]}}}`,
		},
		{
			"everything", full,
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"56911112222","type":"interactive","context":{"message_id":"wamid.IN"},"biz_opaque_callback_data":"x",` +
				`"interactive":{"type":"button","header":{"type":"document","document":{"link":"https://example.com/a.pdf","filename":"a.pdf"}},"body":{"text":"¿Seguro?"},"footer":{"text":"pie"},` +
				`"action":{"buttons":[{"type":"reply","reply":{"id":"si","title":"Sí"}},{"type":"reply","reply":{"id":"no","title":"No"}}]}}}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := outbound.Encode(tt.send)
			require.NoError(t, err)
			require.Equal(t, tt.want, string(got))
		})
	}
}

// at is a text of n code points of two bytes each.
func at(n int) string { return strings.Repeat("ñ", n) }

// TestOutboundGolden: each kind of message is written as the file has it, is read back from
// it as the same, and breaks no rule.
func TestOutboundGolden(t *testing.T) {
	for name, s := range samples() {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, outbound.Validate(s))
			require.Empty(t, outbound.Check(whatsapp.NewestVersion(), s))
			got, err := outbound.Encode(s)
			require.NoError(t, err)
			jsontest.Golden(t, "testdata/messages/"+name+".json", append(got, '\n'))
			read, problems := outbound.Parse(got)
			require.Empty(t, problems)
			require.Equal(t, s, read)
			again, err := outbound.Encode(read)
			require.NoError(t, err)
			require.Equal(t, string(got), string(again))
			var plain outbound.Message
			require.NoError(t, json.Unmarshal(got, &plain))
			require.Equal(t, s, plain)
		})
	}
}
