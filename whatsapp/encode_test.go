package whatsapp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

func buttons(replies ...whatsapp.SendReply) whatsapp.Send {
	s := whatsapp.NewText("56911112222", "")
	s.Text, s.Type = nil, whatsapp.TypeInteractive
	s.Interactive = &whatsapp.SendInteractive{
		Type:   whatsapp.InteractiveButton,
		Body:   &whatsapp.SendText{Text: "¿Seguro?"},
		Action: &whatsapp.SendAction{},
	}
	for _, r := range replies {
		s.Interactive.Action.Buttons = append(s.Interactive.Action.Buttons, whatsapp.SendButton{Type: "reply", Reply: r})
	}
	return s
}

func yesNo() whatsapp.Send {
	return buttons(whatsapp.SendReply{ID: "si", Title: "Sí"}, whatsapp.SendReply{ID: "no", Title: "No"})
}

func TestEncode(t *testing.T) {
	full := yesNo()
	full.Context = &whatsapp.SendContext{MessageID: "wamid.IN"}
	full.BizOpaqueCallbackData = "x"
	full.Interactive.Header = &whatsapp.SendHeader{Type: "document", Document: &whatsapp.SendMedia{Link: "https://example.com/a.pdf", Filename: "a.pdf"}}
	full.Interactive.Footer = &whatsapp.SendText{Text: "pie"}
	byUserID := whatsapp.NewText("", "hola")
	byUserID.Recipient = "CL.1"
	preview := whatsapp.NewText("1", "https://example.com")
	preview.Text.PreviewURL = true
	for _, tt := range []struct {
		name string
		send whatsapp.Send
		want string
	}{
		{
			"the document's text example", whatsapp.NewText("{{Recipient-Phone-Number}}", "text-message-content"),
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"{{Recipient-Phone-Number}}","type":"text","text":{"preview_url":false,"body":"text-message-content"}}`,
		},
		{
			"no HTML escaping", whatsapp.NewText("1", "a <b> & \"c\" \u2028 👋"),
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
			got, err := whatsapp.Encode(tt.send)
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
		edit func(*whatsapp.Send)
		want []string
	}{
		{"good", func(*whatsapp.Send) {}, nil},
		{"at the limits", func(s *whatsapp.Send) {
			*s = buttons(whatsapp.SendReply{ID: at(256), Title: at(20)})
			s.Interactive.Body.Text = at(1024)
			s.Interactive.Footer = &whatsapp.SendText{Text: at(60)}
			s.Interactive.Header = &whatsapp.SendHeader{Type: "text", Text: at(60)}
			s.BizOpaqueCallbackData = at(512)
		}, nil},
		{"beyond the limits, all at once", func(s *whatsapp.Send) {
			*s = buttons(whatsapp.SendReply{ID: at(257), Title: at(21)})
			s.Interactive.Body.Text = at(1025)
			s.Interactive.Footer = &whatsapp.SendText{Text: at(61)}
			s.Interactive.Header = &whatsapp.SendHeader{Type: "text", Text: at(61)}
			s.BizOpaqueCallbackData = at(513)
		}, []string{
			"biz_opaque_callback_data has 513 characters, at most 512 are allowed",
			"interactive.header.text has 61 characters, at most 60 are allowed",
			"interactive.body.text has 1025 characters, at most 1024 are allowed",
			"interactive.footer.text has 61 characters, at most 60 are allowed",
			"interactive.action.buttons[0].reply.id has 257 characters, at most 256 are allowed",
			"interactive.action.buttons[0].reply.title has 21 characters, at most 20 are allowed",
		}},
		{"the frame", func(s *whatsapp.Send) {
			s.MessagingProduct, s.RecipientType, s.To, s.Context = "sms", "crowd", "", &whatsapp.SendContext{}
		}, []string{
			`messaging_product must be "whatsapp"`, `recipient_type must be "individual" or "group"`, "to is required", "context.message_id is required",
		}},
		{"no type", func(s *whatsapp.Send) { s.Type = "" }, []string{
			"interactive must be left out unless type is interactive", "type is required",
		}},
		{"another type", func(s *whatsapp.Send) { s.Type = "image" }, []string{
			"interactive must be left out unless type is interactive", "image is required",
		}},
		{"text without its object", func(s *whatsapp.Send) { s.Type, s.Interactive = "text", nil }, []string{"text is required"}},
		{"blank text", func(s *whatsapp.Send) { *s = whatsapp.NewText("1", " \n") }, []string{"text.body is required"}},
		{"text of 4096", func(s *whatsapp.Send) { *s = whatsapp.NewText("1", at(4096)) }, nil},
		{"text of 4097", func(s *whatsapp.Send) { *s = whatsapp.NewText("1", at(4097)) }, []string{"text.body has 4097 characters, at most 4096 are allowed"}},
		{"text that is not UTF-8", func(s *whatsapp.Send) { *s = whatsapp.NewText("1", "a\xff") }, []string{"text.body is not valid UTF-8"}},
		{"interactive without its object", func(s *whatsapp.Send) { s.Interactive = nil }, []string{"interactive is required"}},
		{"interactive without parts", func(s *whatsapp.Send) { s.Interactive = &whatsapp.SendInteractive{} }, []string{
			"interactive.type must be a type of interactive message", "interactive.body is required", "interactive.action is required",
		}},
		{"no buttons", func(s *whatsapp.Send) { *s = buttons() }, []string{"interactive.action.buttons has 0 items, at least 1 are needed"}},
		{"four buttons", func(s *whatsapp.Send) {
			*s = buttons(whatsapp.SendReply{ID: "1", Title: "1"}, whatsapp.SendReply{ID: "2", Title: "2"}, whatsapp.SendReply{ID: "3", Title: "3"}, whatsapp.SendReply{ID: "4", Title: "4"})
		}, []string{"interactive.action.buttons has 4 items, at most 3 are allowed"}},
		{"repeated ids and titles", func(s *whatsapp.Send) {
			*s = buttons(whatsapp.SendReply{ID: "1", Title: "a"}, whatsapp.SendReply{ID: "1", Title: "a"})
		}, []string{
			"interactive.action.buttons[1].reply.id is the same as an earlier one",
			"interactive.action.buttons[1].reply.title is the same as an earlier one",
		}},
		{"button without content", func(s *whatsapp.Send) { s.Interactive.Action.Buttons[0] = whatsapp.SendButton{} }, []string{
			`interactive.action.buttons[0].type must be "reply"`,
			"interactive.action.buttons[0].reply.id is required",
			"interactive.action.buttons[0].reply.title is required",
		}},
		{"id with space at an end", func(s *whatsapp.Send) { s.Interactive.Action.Buttons[0].Reply.ID = " si" }, []string{
			"interactive.action.buttons[0].reply.id must not begin or end with space",
		}},
		{"header of an unknown type", func(s *whatsapp.Send) { s.Interactive.Header = &whatsapp.SendHeader{Type: "gif"} }, []string{
			`interactive.header.type must be "text", "image", "video" or "document"`,
		}},
		{"header without its medium", func(s *whatsapp.Send) { s.Interactive.Header = &whatsapp.SendHeader{Type: "image"} }, []string{
			"interactive.header.image is required",
		}},
		{"header with two contents", func(s *whatsapp.Send) {
			s.Interactive.Header = &whatsapp.SendHeader{Type: "video", Text: "t", Video: &whatsapp.SendMedia{ID: "1"}}
		}, []string{"interactive.header.text must be left out unless the header's type is text"}},
		{"medium with id and link", func(s *whatsapp.Send) {
			s.Interactive.Header = &whatsapp.SendHeader{Type: "image", Image: &whatsapp.SendMedia{ID: "1", Link: "https://example.com/a.png", Filename: "a.png"}}
		}, []string{
			"interactive.header.image must be exactly one of id and link",
			"interactive.header.image.filename must be left out unless it is a document",
		}},
		{"link that is none", func(s *whatsapp.Send) {
			s.Interactive.Header = &whatsapp.SendHeader{Type: "image", Image: &whatsapp.SendMedia{Link: "javascript:alert(1)"}}
		}, []string{"interactive.header.image.link must be an http or https address"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := yesNo()
			tt.edit(&s)
			var got []string
			for _, p := range whatsapp.Validate(s) {
				got = append(got, p.String())
			}
			require.Equal(t, tt.want, got)
			_, err := whatsapp.Encode(s)
			require.Equal(t, len(tt.want) > 0, err != nil)
		})
	}
}

func TestInvalidNamesTheFirstProblemsAndNoValue(t *testing.T) {
	s := whatsapp.NewText("", strings.Repeat("secret", 1000))
	s.MessagingProduct, s.RecipientType = "x", "y"
	_, err := whatsapp.Encode(s)
	var invalid *whatsapp.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Problems, 4)
	require.Equal(t, whatsapp.Problem{Path: "text.body", Rule: whatsapp.RuleMaxChars, Limit: 4096, Found: 6000}, invalid.Problems[3])
	require.Equal(t, `invalid message: messaging_product must be "whatsapp"; recipient_type must be "individual" or "group"; to is required; and 1 more`, err.Error())
}
