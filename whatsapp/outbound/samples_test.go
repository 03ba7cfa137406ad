package outbound_test

import (
	"encoding/json"
	"maps"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

const contact = "56911112222"

func send(kind string) outbound.Message {
	return outbound.Message{MessagingProduct: outbound.MessagingProduct, RecipientType: outbound.Individual, To: contact, Type: kind}
}

func interactive(kind string, a outbound.Action) outbound.Message {
	s := send(whatsapp.TypeInteractive)
	s.Interactive = &outbound.Interactive{Type: kind, Body: &outbound.Text{Text: "¿Qué necesita?"}, Action: &a}
	return s
}

func template(components ...outbound.Component) outbound.Message {
	s := send(outbound.TypeTemplate)
	s.Template = &outbound.Template{Name: "aviso_de_hora", Language: outbound.Language{Code: "es"}, Components: components}
	return s
}

func header(p outbound.Parameter) outbound.Component {
	return outbound.Component{Type: "header", Parameters: []outbound.Parameter{p}}
}

func body(p ...outbound.Parameter) outbound.Component {
	return outbound.Component{Type: "body", Parameters: p}
}

func button(kind, index string, p ...outbound.Parameter) outbound.Component {
	return outbound.Component{Type: "button", SubType: kind, Index: index, Parameters: p}
}

func words(text string) outbound.Parameter {
	return outbound.Parameter{Type: "text", Text: text}
}

func named(name string, p outbound.Parameter) outbound.Parameter {
	p.ParameterName = name
	return p
}

func quickReply(payload string) outbound.Parameter {
	return outbound.Parameter{Type: "payload", Payload: payload}
}

func action(a outbound.ButtonAction) outbound.Parameter {
	return outbound.Parameter{Type: "action", Action: &a}
}

func link(path string) *outbound.Media {
	return &outbound.Media{Link: "https://example.com/" + path}
}

// outbound has every kind of message that can be sent, by the name of its golden file.
func samples() map[string]outbound.Message {
	all := plainSends()
	maps.Copy(all, interactiveSends())
	maps.Copy(all, commerceSends())
	maps.Copy(all, templateSends())
	return all
}

func plainSends() map[string]outbound.Message {
	all := map[string]outbound.Message{"text": outbound.NewText(contact, "Hola <b>& \"chao\"")}
	media := func(kind string, m outbound.Media) {
		s := send(kind)
		switch kind {
		case whatsapp.TypeImage:
			s.Image = &m
		case whatsapp.TypeAudio:
			s.Audio = &m
		case whatsapp.TypeVideo:
			s.Video = &m
		case whatsapp.TypeDocument:
			s.Document = &m
		case whatsapp.TypeSticker:
			s.Sticker = &m
		}
		all[kind] = s
	}
	media("image", outbound.Media{Link: "https://example.com/a.png", Caption: "la boleta"})
	media("audio", outbound.Media{ID: "4001", Voice: true})
	media("video", outbound.Media{ID: "4002", Caption: "así"})
	media("document", outbound.Media{Link: "https://example.com/a.pdf", Caption: "orden", Filename: "orden.pdf"})
	media("sticker", outbound.Media{ID: "4003"})

	s := send("text")
	s.Text = &outbound.TextBody{Body: "https://example.com", PreviewURL: true}
	s.To, s.Recipient = "", "CL.100200300"
	s.Context = &outbound.Context{MessageID: "wamid.IN"}
	s.BizOpaqueCallbackData, s.RecipientIdentityKeyHash = "x", "h"
	all["text_everything"] = s

	s = send("location")
	s.Location = &outbound.Location{}
	all["location_zero"] = s
	s = send("location")
	s.Location = &outbound.Location{Latitude: -33.4372, Longitude: -70.6506, Name: "Plaza", Address: "Av. 1"}
	all["location"] = s
	s = send("reaction")
	s.Reaction = &outbound.Reaction{MessageID: "wamid.IN", Emoji: "👩🏽‍🚀"}
	all["reaction"] = s
	s = send("reaction")
	s.Reaction = &outbound.Reaction{MessageID: "wamid.IN"}
	all["reaction_removed"] = s
	s = send("contacts")
	s.Contacts = []whatsapp.ContactCard{{
		Addresses: []whatsapp.ContactAddress{{Street: "Av. 1", City: "Santiago", State: "RM", Zip: "8320000", Country: "Chile", CountryCode: "cl", Type: "WORK"}},
		Birthday:  "1990-02-28",
		Emails:    []whatsapp.ContactEmail{{Email: "luis@example.com", Type: "WORK"}},
		Name:      whatsapp.ContactName{FormattedName: "Dr. Luis Rojas", FirstName: "Luis", LastName: "Rojas", MiddleName: "A.", Prefix: "Dr.", Suffix: "Jr."},
		Org:       &whatsapp.ContactOrg{Company: "Luz", Department: "Urgencia", Title: "Médico"},
		Phones:    []whatsapp.ContactPhone{{Phone: "+56 9 3333", Type: "CELL", WaID: "5693333"}},
		URLs:      []whatsapp.ContactURL{{URL: "https://example.com", Type: "WORK"}},
	}}
	all["contacts"] = s
	s = send("pin")
	s.RecipientType, s.To = outbound.Group, "group-1"
	s.Pin = json.RawMessage(`{"type":"pin","message_id":"wamid.X","expiration_days":7}`)
	all["pin"] = s
	return all
}

func interactiveSends() map[string]outbound.Message {
	all := map[string]outbound.Message{"interactive_button": yesNo()}
	all["interactive_list"] = interactive("list", outbound.Action{Button: "Ver", Sections: []outbound.Section{
		{Title: "Adultos", Rows: []outbound.Row{{ID: "cardio", Title: "Cardiología", Description: "Corazón"}, {ID: "trauma", Title: "Traumatología"}}},
		{Title: "Niños", Rows: []outbound.Row{{ID: "pediatria", Title: "Pediatría"}}},
	}})
	all["interactive_list"].Interactive.Header = &outbound.Header{Type: "text", Text: "Especialidades"}
	all["interactive_list"].Interactive.Footer = &outbound.Text{Text: "Clínica"}
	all["interactive_cta_url"] = interactive("cta_url", outbound.Action{
		Name: "cta_url", Parameters: &outbound.CTAParameters{DisplayText: "Pagar", URL: "https://example.com/pagar?a=1&b=2"},
	})
	all["interactive_cta_url"].Interactive.Header = &outbound.Header{Type: "image", Image: link("a.png")}
	all["interactive_flow"] = interactive("flow", outbound.Action{Name: "flow", Parameters: &outbound.FlowParameters{
		FlowMessageVersion: "3", FlowToken: "t", FlowID: "5001", FlowCTA: "Agendar", Mode: "draft", FlowAction: "navigate",
		FlowActionPayload: &outbound.FlowPayload{Screen: "INICIO", Data: json.RawMessage(`{"rut":"1-9"}`)},
	}})
	all["interactive_location_request"] = interactive("location_request_message", outbound.Action{Name: "send_location"})
	all["interactive_contact_request"] = interactive("request_contact_info", outbound.Action{Name: "request_contact_info"})
	all["interactive_call_permission"] = interactive("call_permission_request", outbound.Action{Name: "call_permission_request"})
	raw := func(kind, name, parameters string) {
		all["interactive_"+kind] = interactive(kind, outbound.Action{Name: name, Parameters: outbound.RawParameters(parameters)})
	}
	raw("address_message", "address_message", `{"country":"IN","values":{"name":"Ann","in_pin_code":"400063"}}`)
	raw("voice_call", "voice_call", `{"display_text":"Llamar","ttl_minutes":100,"payload":"p"}`)
	raw("order_details", "review_and_pay", `{"reference_id":"r1","type":"digital-goods","currency":"INR","total_amount":{"value":100,"offset":100},"order":{"status":"pending"}}`)
	raw("order_status", "review_order", `{"reference_id":"r1","order":{"status":"shipped"}}`)

	cards := []outbound.Card{}
	for i, title := range []string{"Uno", "Dos"} {
		cards = append(cards, outbound.Card{
			CardIndex: i, Type: "cta_url", Header: &outbound.Header{Type: "image", Image: link(title)}, Body: &outbound.Text{Text: title},
			Action: &outbound.Action{Name: "cta_url", Parameters: &outbound.CTAParameters{DisplayText: "Ver", URL: "https://example.com/" + title}},
		})
	}
	all["interactive_carousel"] = interactive("carousel", outbound.Action{Cards: cards})
	replies := []outbound.Card{}
	for i, id := range []string{"uno", "dos"} {
		replies = append(replies, outbound.Card{
			CardIndex: i, Type: "cta_url", Header: &outbound.Header{Type: "video", Video: link(id)},
			Action: &outbound.Action{Buttons: []outbound.Button{{Type: "quick_reply", QuickReply: &outbound.Reply{ID: id, Title: "Quiero"}}}},
		})
	}
	all["interactive_carousel_replies"] = interactive("carousel", outbound.Action{Cards: replies})
	return all
}

func commerceSends() map[string]outbound.Message {
	all := map[string]outbound.Message{
		"interactive_product": interactive("product", outbound.Action{CatalogID: "c1", ProductRetailerID: "sku-1"}),
		"interactive_catalog": interactive("catalog_message", outbound.Action{
			Name: "catalog_message", Parameters: &outbound.CatalogParameters{ThumbnailProductRetailerID: "sku-1"},
		}),
		"interactive_product_list": interactive("product_list", outbound.Action{CatalogID: "c1", Sections: []outbound.Section{
			{Title: "A", ProductItems: []outbound.Product{{ProductRetailerID: "sku-1"}, {ProductRetailerID: "sku-2"}}},
		}}),
		"interactive_carousel_products": interactive("carousel", outbound.Action{Cards: []outbound.Card{
			{CardIndex: 0, Type: "product", Action: &outbound.Action{CatalogID: "c1", ProductRetailerID: "sku-1"}},
			{CardIndex: 1, Type: "product", Action: &outbound.Action{CatalogID: "c1", ProductRetailerID: "sku-2"}},
		}}),
	}
	all["interactive_product_list"].Interactive.Header = &outbound.Header{Type: "text", Text: "Tienda"}
	all["interactive_product"].Interactive.Body = nil
	return all
}

func templateSends() map[string]outbound.Message {
	hour := 0
	all := map[string]outbound.Message{
		"template_plain": template(),
		"template_image": template(
			header(outbound.Parameter{Type: "image", Image: link("a.png")}),
			body(words("Ana"),
				words("lunes"),
				outbound.Parameter{Type: "currency", Currency: &outbound.Currency{FallbackValue: "$9", Code: "CLP", Amount1000: 9000}},
				outbound.Parameter{Type: "date_time", DateTime: &outbound.DateTime{FallbackValue: "1 de marzo", Month: 3, Hour: &hour, Minute: &hour}}),
			button("quick_reply", "0", quickReply("confirmar")),
			button("url", "1", words("abc")),
		),
		"template_text":     template(header(words("Aviso"))),
		"template_named":    template(header(named("titulo", words("Aviso"))), body(named("nombre", words("Ana")), named("dia_2", words("lunes"))), button("url", "0", words("abc"))),
		"template_video":    template(header(outbound.Parameter{Type: "video", Video: &outbound.Media{ID: "1"}})),
		"template_document": template(header(outbound.Parameter{Type: "document", Document: &outbound.Media{ID: "1", Filename: "a.pdf"}})),
		"template_location": template(header(outbound.Parameter{Type: "location", Location: &outbound.Location{Name: "Golfo", Address: "Isla nula"}})),
		"template_product":  template(header(outbound.Parameter{Type: "product", Product: &outbound.CatalogProduct{ProductRetailerID: "s", CatalogID: "c"}})),
		"template_otp":      template(body(words("123456")), button("url", "0", words("123456"))),
		"template_flow":     template(button("flow", "0", action(outbound.ButtonAction{FlowToken: "t", FlowActionData: json.RawMessage(`{"a":1}`)}))),
		"template_catalog":  template(button("CATALOG", "0", action(outbound.ButtonAction{ThumbnailProductRetailerID: "s"}))),
		"template_mpm": template(button("mpm", "0", action(outbound.ButtonAction{ThumbnailProductRetailerID: "s", Sections: []outbound.Section{
			{Title: "A", ProductItems: []outbound.Product{{ProductRetailerID: "s"}}},
		}}))),
		"template_order_details": template(button("order_details", "0", action(outbound.ButtonAction{OrderDetails: json.RawMessage(`{"reference_id":"r"}`)}))),
		"template_voice_call": template(button("voice_call", "0",
			outbound.Parameter{Type: "ttl_minutes", TTLMinutes: 10}, quickReply("p"))),
		"template_limited_time_offer": template(
			outbound.Component{Type: "limited_time_offer", Parameters: []outbound.Parameter{
				{Type: "limited_time_offer", LimitedTimeOffer: &outbound.Offer{ExpirationTimeMs: 1773147600000}},
			}},
			button("copy_code", "0", outbound.Parameter{Type: "coupon_code", CouponCode: "LUZ25"}),
			button("url", "1", words("x")),
		),
		"template_tap_target": template(outbound.Component{Type: "tap_target_configuration", Parameters: []outbound.Parameter{
			{Type: "tap_target_configuration", TapTargets: []outbound.TapTarget{{URL: "https://example.com", Title: "Ver"}}},
		}}),
	}
	card := func(i int) outbound.TemplateCard {
		return outbound.TemplateCard{CardIndex: i, Components: []outbound.Component{
			header(outbound.Parameter{Type: "image", Image: &outbound.Media{ID: "1"}}), body(words("x")), button("quick_reply", "0", quickReply("p")),
		}}
	}
	all["template_carousel"] = template(body(words("a")), outbound.Component{Type: "carousel", Cards: []outbound.TemplateCard{card(0), card(1)}})
	return all
}
