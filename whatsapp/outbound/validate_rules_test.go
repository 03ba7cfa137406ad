package outbound_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// TestRules has the rules that are no limits: what is needed, what excludes what, and what
// only warns (marked with ~).
func TestRules(t *testing.T) {
	type w = outbound.Message
	act := func(s *w) *outbound.Action { return s.Interactive.Action }
	component := func(s *w) *outbound.Component { return &s.Template.Components[0] }
	flow := func(s *w) *outbound.FlowParameters { return as[*outbound.FlowParameters](act(s)) }
	const a, p = "interactive.action", "interactive.action.parameters"
	for _, tt := range []struct {
		name, base string
		edit       func(*w)
		want       []string
	}{
		{"group takes no interactive", "interactive_button", func(s *w) { s.RecipientType = "group" }, []string{"type must be a text, a medium or a template in a group"}},
		{"group takes a text", "text", func(s *w) { s.RecipientType, s.To = "group", "abc" }, nil},
		{"to that is no number", "text", func(s *w) { s.To = "ana" }, []string{"~to must be a phone number"}},
		{"to as people write it", "text", func(s *w) { s.To = "+56 (9) 1111-2222" }, nil},
		{"type that cannot be sent", "text", func(s *w) { s.Type = "system" }, []string{"text must be left out unless type is text", "type must be a type of message that can be sent"}},
		{"UTF-16 above a limit", "interactive_button", func(s *w) { act(s).Buttons[0].Reply.Title = "😀😀😀😀😀😀😀😀😀😀😀" }, []string{"~interactive.action.buttons[0].reply.title has 22 UTF-16 units, more than 20 may be refused"}},
		{"preview of no address", "text", func(s *w) { s.Text.PreviewURL = true }, []string{"~text.preview_url must be false for a text without an http or https address"}},

		{"medium without id or link", "image", func(s *w) { s.Image.Link = "" }, []string{"image must be exactly one of id and link"}},
		{"medium with both", "image", func(s *w) { s.Image.ID = "1" }, []string{"image must be exactly one of id and link"}},
		{"medium by ftp", "image", func(s *w) { s.Image.Link = "ftp://example.com/a.png" }, []string{"image.link must be an http or https address"}},
		{"audio has no caption", "audio", func(s *w) { s.Audio.Caption = "x" }, []string{"audio.caption must be left out here"}},
		{"sticker has nothing", "sticker", func(s *w) { s.Sticker.Caption, s.Sticker.Filename, s.Sticker.Voice = "x", "y", true }, []string{
			"sticker.caption must be left out here", "sticker.filename must be left out unless it is a document", "sticker.voice must be left out unless it is audio",
		}},

		{"latitude beyond the pole", "location", func(s *w) { s.Location.Latitude = 90.1 }, []string{"location.latitude must be -90 to 90"}},
		{"longitude that is no number", "location", func(s *w) { s.Location.Longitude = math.NaN() }, []string{"location.longitude must be -180 to 180"}},
		{"address without name", "location", func(s *w) { s.Location.Name = "" }, []string{"~location.address must be together with a name, or it is not shown"}},

		{"contact without name", "contacts", func(s *w) { s.Contacts[0].Name.FormattedName = "" }, []string{"contacts[0].name.formatted_name is required"}},
		{"contact with only the formatted name", "contacts", func(s *w) { s.Contacts[0].Name = whatsapp.ContactName{FormattedName: "x"} }, []string{"~contacts[0].name must be more than formatted_name: first_name too"}},
		{"birthday", "contacts", func(s *w) { s.Contacts[0].Birthday = "28-02-1990" }, []string{"contacts[0].birthday must be a day as yyyy-mm-dd"}},

		{"reaction to nothing", "reaction", func(s *w) { s.Reaction.MessageID = "" }, []string{"reaction.message_id is required"}},
		{"reaction of two emoji", "reaction", func(s *w) { s.Reaction.Emoji = "👍👍" }, []string{"reaction.emoji must be one emoji, or empty to take it back"}},
		{"reaction of a letter", "reaction", func(s *w) { s.Reaction.Emoji = "ñ" }, []string{"reaction.emoji must be one emoji, or empty to take it back"}},
		{"reaction of an emoji that is a letter to Unicode", "reaction", func(s *w) { s.Reaction.Emoji = "ℹ️" }, nil},
		{"reaction of an emoji that is punctuation to Unicode", "reaction", func(s *w) { s.Reaction.Emoji = "‼️" }, nil},
		{"reaction of a keycap", "reaction", func(s *w) { s.Reaction.Emoji = "1️⃣" }, nil},
		{"reaction of a flag", "reaction", func(s *w) { s.Reaction.Emoji = "🇨🇱" }, nil},
		{"reaction that quotes", "reaction", func(s *w) { s.Context = &outbound.Context{MessageID: "m"} }, []string{"context must be left out in a reaction"}},

		{"list with a picture", "interactive_list", func(s *w) { s.Interactive.Header = &outbound.Header{Type: "image", Image: link("a")} }, []string{`interactive.header.type must be "text"`}},
		{"product_list without header", "interactive_product_list", func(s *w) { s.Interactive.Header = nil }, []string{"interactive.header is required"}},
		{"product with header", "interactive_product", func(s *w) { s.Interactive.Header = &outbound.Header{} }, []string{"interactive.header must be left out here"}},
		{"location request with footer", "interactive_location_request", func(s *w) { s.Interactive.Footer = &outbound.Text{Text: "x"} }, []string{"interactive.footer must be left out here"}},
		{"location request of another name", "interactive_location_request", func(s *w) { act(s).Name = "x" }, []string{`interactive.action.name must be "send_location"`}},
		{"location request with parameters", "interactive_location_request", func(s *w) { act(s).Parameters = outbound.RawParameters(`{}`) }, []string{p + " must be left out here"}},
		{"contact request with header", "interactive_contact_request", func(s *w) { s.Interactive.Header = &outbound.Header{Type: "text", Text: "x"} }, []string{"~interactive.header must be left out here"}},
		{"cta with an uploaded header", "interactive_cta_url", func(s *w) { s.Interactive.Header.Image = &outbound.Media{ID: "1"} }, []string{"interactive.header.image.id must be left out here; only a link is taken"}},
		{"cta to an IP address", "interactive_cta_url", func(s *w) { as[*outbound.CTAParameters](act(s)).URL = "https://[::1]/" }, []string{p + ".url must be an address with a host name, not an IP address"}},
		{"cta without parameters", "interactive_cta_url", func(s *w) { act(s).Parameters = nil }, []string{p + " is required"}},
		{"cta with raw parameters", "interactive_cta_url", func(s *w) { act(s).Parameters = outbound.RawParameters(`{}`) }, []string{p + " must be display_text and url"}},
		{"cta with a nil", "interactive_cta_url", func(s *w) { act(s).Parameters = (*outbound.CTAParameters)(nil) }, []string{p + " must be display_text and url"}},
		{"buttons with sections", "interactive_button", func(s *w) { act(s).Sections = []outbound.Section{} }, []string{a + ".sections must be left out in this type of message"}},
		{"sections without titles", "interactive_list", func(s *w) { act(s).Sections[1].Title = "" }, []string{a + ".sections[1].title is required"}},
		{"one section without title", "interactive_list", func(s *w) { act(s).Sections = []outbound.Section{{Rows: rows(1)}} }, []string{"~" + a + ".sections[0].title must be there, by Meta's present documentation"}},
		{"row ids are unique over sections", "interactive_list", func(s *w) { act(s).Sections[1].Rows[0].ID = "cardio" }, []string{a + ".sections[1].rows[0].id is the same as an earlier one"}},
		{"list with products", "interactive_list", func(s *w) { act(s).Sections[0].ProductItems = products(1) }, []string{a + ".sections[0].product_items must be left out in a list"}},
		{"product without catalogue", "interactive_product", func(s *w) { act(s).CatalogID = "" }, []string{a + ".catalog_id is required"}},
		{"catalogue of another name", "interactive_catalog", func(s *w) { act(s).Name = "catalog" }, []string{a + `.name must be "catalog_message"`}},

		{"flow with id and name", "interactive_flow", func(s *w) { flow(s).FlowName = "f" }, []string{p + " must be exactly one of flow_id and flow_name"}},
		{"flow of another version", "interactive_flow", func(s *w) { flow(s).FlowMessageVersion = "4" }, []string{p + `.flow_message_version must be "3"`}},
		{"flow label with emoji", "interactive_flow", func(s *w) { flow(s).FlowCTA = "Ir 🚀" }, []string{p + ".flow_cta must be without emoji"}},
		{"flow mode", "interactive_flow", func(s *w) { flow(s).Mode = "x" }, []string{p + `.mode must be "draft" or "published"`}},
		{"flow payload with data_exchange", "interactive_flow", func(s *w) { flow(s).FlowAction = "data_exchange" }, []string{p + ".flow_action_payload must be left out unless flow_action is navigate"}},
		{"flow with empty data", "interactive_flow", func(s *w) { flow(s).FlowActionPayload.Data = json.RawMessage(`{}`) }, []string{p + ".flow_action_payload.data must be an object that is not empty"}},

		{"address without country", "interactive_address_message", func(s *w) { act(s).Parameters = outbound.RawParameters(`{}`) }, []string{p + ".country is required"}},
		{"address of a long country", "interactive_address_message", func(s *w) { act(s).Parameters = outbound.RawParameters(`{"country":"India"}`) }, []string{p + ".country must be a country code of two letters"}},
		{"address that is a list", "interactive_address_message", func(s *w) { act(s).Parameters = outbound.RawParameters(`[]`) }, []string{p + " must be an object"}},
		{"raw that is no JSON", "interactive_address_message", func(s *w) { act(s).Parameters = outbound.RawParameters(`{`) }, []string{p + " must be an object"}},
		{"payment without its parts", "interactive_order_status", func(s *w) { act(s).Parameters = outbound.RawParameters(`{"order":null}`) }, []string{p + ".reference_id is required", p + ".order is required"}},
		{"payment with a video", "interactive_order_details", func(s *w) { s.Interactive.Header = &outbound.Header{Type: "video", Video: link("a")} }, []string{`interactive.header.type must be "image"`}},
		{"call permission with footer", "interactive_call_permission", func(s *w) { s.Interactive.Footer = &outbound.Text{Text: "x"} }, []string{"interactive.footer must be left out here"}},
		{"pin of nothing", "pin", func(s *w) { s.Pin = json.RawMessage(`{"type":"pin"}`) }, []string{"pin.message_id is required", "pin.expiration_days is required"}},
		{"unpin needs no days", "pin", func(s *w) { s.Pin = json.RawMessage(`{"type":"unpin","message_id":"m"}`) }, nil},

		{"cards with the same index", "interactive_carousel", func(s *w) { act(s).Cards[1].CardIndex = 0 }, []string{a + ".cards[1].card_index is the same as an earlier one"}},
		{"cards that differ", "interactive_carousel", func(s *w) { act(s).Cards[1].Header = &outbound.Header{Type: "video", Video: link("a")} }, []string{a + ".cards[1] must be like the first card: the same type, header and buttons"}},
		{"cards of two catalogues", "interactive_carousel_products", func(s *w) { act(s).Cards[1].Action.CatalogID = "c2" }, []string{a + ".cards[1] must be like the first card: the same type, header and buttons"}},
		{"card without header", "interactive_carousel", func(s *w) { act(s).Cards[0].Header, act(s).Cards[1].Header = nil, nil }, []string{a + ".cards[0].header is required", a + ".cards[1].header is required"}},

		{"template name", "template_plain", func(s *w) { s.Template.Name = "Hora" }, []string{"template.name must be of small letters, digits and _"}},
		{"template without language", "template_plain", func(s *w) { s.Template.Language = outbound.Language{Policy: "x"} }, []string{"template.language.code is required", `template.language.policy must be "deterministic"`}},
		{"component in capitals", "template_flow", func(s *w) { component(s).Type, component(s).SubType = "BUTTON", "FLOW" }, nil},
		{"unknown component", "template_text", func(s *w) { component(s).Type = "pie" }, []string{
			`template.components[0].type must be "header", "body", "button", "limited_time_offer", "carousel" or "tap_target_configuration"`,
		}},
		{"header twice", "template_text", func(s *w) { s.Template.Components = append(s.Template.Components, *component(s)) }, []string{"template.components[1].type is the same as an earlier one"}},
		{"parameter of another type", "template_text", func(s *w) { component(s).Parameters[0].Type = "payload" }, []string{
			`template.components[0].parameters[0].type must be "text", "image", "video", "document", "location" or "product"`,
		}},
		{"parameter without value", "template_text", func(s *w) { component(s).Parameters[0].Text = "" }, []string{"template.components[0].parameters[0].text is required"}},
		{"parameter with two values", "template_text", func(s *w) { component(s).Parameters[0].Payload = "x" }, []string{"template.components[0].parameters[0].payload must be left out unless the type is payload"}},
		{"button without index", "template_flow", func(s *w) { component(s).Index = "" }, []string{"template.components[0].index is required"}},
		{"buttons with the same index", "template_flow", func(s *w) { s.Template.Components = append(s.Template.Components, *component(s)) }, []string{"template.components[1].index is the same as an earlier one"}},
		{"unknown button", "template_flow", func(s *w) { component(s).SubType = "call" }, []string{
			`template.components[0].sub_type must be "quick_reply", "url", "copy_code", "flow", "catalog", "mpm", "order_details" or "voice_call"`,
		}},
		{"coupon with signs", "template_limited_time_offer", func(s *w) { s.Template.Components[1].Parameters[0].CouponCode = "A-1" }, []string{"template.components[1].parameters[0].coupon_code must be of letters and digits"}},
		{"offer whose address comes first", "template_limited_time_offer", func(s *w) { s.Template.Components[2].Index = "2" }, []string{`template.components[2].index must be "1"`}},
		{"currency code", "template_image", func(s *w) { s.Template.Components[1].Parameters[2].Currency.Code = "pesos" }, []string{"template.components[1].parameters[2].currency.code must be a currency code of three letters"}},
		{"cards of a template that differ", "template_carousel", func(s *w) {
			cards := s.Template.Components[1].Cards
			cards[1].Components = cards[1].Components[:2]
		}, []string{"template.components[1].cards[1] must be like the first card: the same components"}},
		{"flow data that is a list", "template_flow", func(s *w) { component(s).Parameters[0].Action.FlowActionData = json.RawMessage(`[]`) }, []string{"template.components[0].parameters[0].action.flow_action_data must be an object"}},
		{"flow with sections", "template_flow", func(s *w) { component(s).Parameters[0].Action.Sections = []outbound.Section{} }, []string{"template.components[0].parameters[0].action.sections must be left out unless it is a list of products"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := edited(tt.base, tt.edit)
			var got []string
			for _, problem := range outbound.Validate(s) {
				line := problem.String()
				if problem.Warning {
					line = "~" + line
				}
				got = append(got, line)
			}
			require.Equal(t, tt.want, got)
		})
	}
}

// TestEveryPayloadIsNeeded: a type without its object is refused with the object's name.
func TestEveryPayloadIsNeeded(t *testing.T) {
	for _, kind := range []string{"text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction", "interactive", "template", "pin"} {
		require.Equal(t, []string{kind + " is required"}, said(outbound.Validate(send(kind))))
	}
}
