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

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*outbound.Message)
		want []string
	}{
		{"good", func(*outbound.Message) {}, nil},
		{"at the limits", func(s *outbound.Message) {
			*s = buttons(outbound.Reply{ID: at(256), Title: at(20)})
			s.Interactive.Body.Text = at(1024)
			s.Interactive.Footer = &outbound.Text{Text: at(60)}
			s.Interactive.Header = &outbound.Header{Type: "text", Text: at(60)}
			s.BizOpaqueCallbackData = at(512)
		}, nil},
		{"beyond the limits, all at once", func(s *outbound.Message) {
			*s = buttons(outbound.Reply{ID: at(257), Title: at(21)})
			s.Interactive.Body.Text = at(1025)
			s.Interactive.Footer = &outbound.Text{Text: at(61)}
			s.Interactive.Header = &outbound.Header{Type: "text", Text: at(61)}
			s.BizOpaqueCallbackData = at(513)
		}, []string{
			"biz_opaque_callback_data has 513 characters, at most 512 are allowed",
			"interactive.header.text has 61 characters, at most 60 are allowed",
			"interactive.body.text has 1025 characters, at most 1024 are allowed",
			"interactive.footer.text has 61 characters, at most 60 are allowed",
			"interactive.action.buttons[0].reply.id has 257 characters, at most 256 are allowed",
			"interactive.action.buttons[0].reply.title has 21 characters, at most 20 are allowed",
		}},
		{"the frame", func(s *outbound.Message) {
			s.MessagingProduct, s.RecipientType, s.To, s.Context = "sms", "crowd", "", &outbound.Context{}
		}, []string{
			`messaging_product must be "whatsapp"`, `recipient_type must be "individual" or "group"`, "to is required", "context.message_id is required",
		}},
		{"no type", func(s *outbound.Message) { s.Type = "" }, []string{
			"interactive must be left out unless type is interactive", "type is required",
		}},
		{"another type", func(s *outbound.Message) { s.Type = "image" }, []string{
			"interactive must be left out unless type is interactive", "image is required",
		}},
		{"text without its object", func(s *outbound.Message) { s.Type, s.Interactive = "text", nil }, []string{"text is required"}},
		{"blank text", func(s *outbound.Message) { *s = outbound.NewText("1", " \n") }, []string{"text.body is required"}},
		{"text of 4096", func(s *outbound.Message) { *s = outbound.NewText("1", at(4096)) }, nil},
		{"text of 4097", func(s *outbound.Message) { *s = outbound.NewText("1", at(4097)) }, []string{"text.body has 4097 characters, at most 4096 are allowed"}},
		{"text that is not UTF-8", func(s *outbound.Message) { *s = outbound.NewText("1", "a\xff") }, []string{"text.body is not valid UTF-8"}},
		{"interactive without its object", func(s *outbound.Message) { s.Interactive = nil }, []string{"interactive is required"}},
		{"interactive without parts", func(s *outbound.Message) { s.Interactive = &outbound.Interactive{} }, []string{
			"interactive.type must be a type of interactive message", "interactive.body is required", "interactive.action is required",
		}},
		{"no buttons", func(s *outbound.Message) { *s = buttons() }, []string{"interactive.action.buttons has 0 items, at least 1 are needed"}},
		{"four buttons", func(s *outbound.Message) {
			*s = buttons(outbound.Reply{ID: "1", Title: "1"}, outbound.Reply{ID: "2", Title: "2"}, outbound.Reply{ID: "3", Title: "3"}, outbound.Reply{ID: "4", Title: "4"})
		}, []string{"interactive.action.buttons has 4 items, at most 3 are allowed"}},
		{"repeated ids and titles", func(s *outbound.Message) {
			*s = buttons(outbound.Reply{ID: "1", Title: "a"}, outbound.Reply{ID: "1", Title: "a"})
		}, []string{
			"interactive.action.buttons[1].reply.id is the same as an earlier one",
			"interactive.action.buttons[1].reply.title is the same as an earlier one",
		}},
		{"button without content", func(s *outbound.Message) { s.Interactive.Action.Buttons[0] = outbound.Button{} }, []string{
			`interactive.action.buttons[0].type must be "reply"`,
			"interactive.action.buttons[0].reply.id is required",
			"interactive.action.buttons[0].reply.title is required",
		}},
		{"id with space at an end", func(s *outbound.Message) { s.Interactive.Action.Buttons[0].Reply.ID = " si" }, []string{
			"interactive.action.buttons[0].reply.id must not begin or end with space",
		}},
		{"header of an unknown type", func(s *outbound.Message) { s.Interactive.Header = &outbound.Header{Type: "gif"} }, []string{
			`interactive.header.type must be "text", "image", "video" or "document"`,
		}},
		{"header without its medium", func(s *outbound.Message) { s.Interactive.Header = &outbound.Header{Type: "image"} }, []string{
			"interactive.header.image is required",
		}},
		{"header with two contents", func(s *outbound.Message) {
			s.Interactive.Header = &outbound.Header{Type: "video", Text: "t", Video: &outbound.Media{ID: "1"}}
		}, []string{"interactive.header.text must be left out unless the header's type is text"}},
		{"medium with id and link", func(s *outbound.Message) {
			s.Interactive.Header = &outbound.Header{Type: "image", Image: &outbound.Media{ID: "1", Link: "https://example.com/a.png", Filename: "a.png"}}
		}, []string{
			"interactive.header.image must be exactly one of id and link",
			"interactive.header.image.filename must be left out unless it is a document",
		}},
		{"link that is none", func(s *outbound.Message) {
			s.Interactive.Header = &outbound.Header{Type: "image", Image: &outbound.Media{Link: "javascript:alert(1)"}}
		}, []string{"interactive.header.image.link must be an http or https address"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := yesNo()
			tt.edit(&s)
			var got []string
			for _, p := range outbound.Validate(s) {
				got = append(got, p.String())
			}
			require.Equal(t, tt.want, got)
			_, err := outbound.Encode(s)
			require.Equal(t, len(tt.want) > 0, err != nil)
		})
	}
}

func TestInvalidNamesTheFirstProblemsAndNoValue(t *testing.T) {
	s := outbound.NewText("", strings.Repeat("secret", 1000))
	s.MessagingProduct, s.RecipientType = "x", "y"
	_, err := outbound.Encode(s)
	var invalid *outbound.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Problems, 4)
	require.Equal(t, outbound.Problem{Path: "text.body", Rule: outbound.RuleMaxChars, Limit: 4096, Found: 6000}, invalid.Problems[3])
	require.Equal(t, `invalid message: messaging_product must be "whatsapp"; recipient_type must be "individual" or "group"; to is required; and 1 more`, err.Error())
}

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
