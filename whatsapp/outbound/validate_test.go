package outbound_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

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

func TestEveryInteractiveTypeHasItsShape(t *testing.T) {
	kinds := outbound.InteractiveTypes()
	require.Len(t, kinds, 15)
	for _, kind := range kinds {
		_, problems := outbound.Parse([]byte(`{"interactive": {"type": "` + kind + `"}}`))
		require.Empty(t, problems)
		for _, p := range outbound.Validate(outbound.Message{To: "1", Type: "interactive", Interactive: &outbound.Interactive{Type: kind}}) {
			require.NotEqual(t, "interactive.type", p.Path, kind)
		}
	}
}
