package whatsapp_test

import (
	"encoding/json"
	"maps"

	"github.com/chattigo/api-isv/whatsapp"
)

const contact = "56911112222"

func send(kind string) whatsapp.Send {
	return whatsapp.Send{MessagingProduct: whatsapp.Product, RecipientType: whatsapp.Individual, To: contact, Type: kind}
}

func interactive(kind string, a whatsapp.SendAction) whatsapp.Send {
	s := send(whatsapp.TypeInteractive)
	s.Interactive = &whatsapp.SendInteractive{Type: kind, Body: &whatsapp.SendText{Text: "¿Qué necesita?"}, Action: &a}
	return s
}

func template(components ...whatsapp.SendComponent) whatsapp.Send {
	s := send(whatsapp.TypeTemplate)
	s.Template = &whatsapp.SendTemplate{Name: "aviso_de_hora", Language: whatsapp.SendLanguage{Code: "es"}, Components: components}
	return s
}

func header(p whatsapp.SendParameter) whatsapp.SendComponent {
	return whatsapp.SendComponent{Type: "header", Parameters: []whatsapp.SendParameter{p}}
}

func body(p ...whatsapp.SendParameter) whatsapp.SendComponent {
	return whatsapp.SendComponent{Type: "body", Parameters: p}
}

func button(kind, index string, p ...whatsapp.SendParameter) whatsapp.SendComponent {
	return whatsapp.SendComponent{Type: "button", SubType: kind, Index: index, Parameters: p}
}

func words(text string) whatsapp.SendParameter {
	return whatsapp.SendParameter{Type: "text", Text: text}
}

func named(name string, p whatsapp.SendParameter) whatsapp.SendParameter {
	p.ParameterName = name
	return p
}

func quickReply(payload string) whatsapp.SendParameter {
	return whatsapp.SendParameter{Type: "payload", Payload: payload}
}

func action(a whatsapp.SendButtonAction) whatsapp.SendParameter {
	return whatsapp.SendParameter{Type: "action", Action: &a}
}

func link(path string) *whatsapp.SendMedia {
	return &whatsapp.SendMedia{Link: "https://example.com/" + path}
}

// outbound has every kind of message that can be sent, by the name of its golden file.
func outbound() map[string]whatsapp.Send {
	all := plainSends()
	maps.Copy(all, interactiveSends())
	maps.Copy(all, commerceSends())
	maps.Copy(all, templateSends())
	return all
}

func plainSends() map[string]whatsapp.Send {
	all := map[string]whatsapp.Send{"text": whatsapp.NewText(contact, "Hola <b>& \"chao\"")}
	media := func(kind string, m whatsapp.SendMedia) {
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
	media("image", whatsapp.SendMedia{Link: "https://example.com/a.png", Caption: "la boleta"})
	media("audio", whatsapp.SendMedia{ID: "4001", Voice: true})
	media("video", whatsapp.SendMedia{ID: "4002", Caption: "así"})
	media("document", whatsapp.SendMedia{Link: "https://example.com/a.pdf", Caption: "orden", Filename: "orden.pdf"})
	media("sticker", whatsapp.SendMedia{ID: "4003"})

	s := send("text")
	s.Text = &whatsapp.TextBody{Body: "https://example.com", PreviewURL: true}
	s.To, s.Recipient = "", "CL.100200300"
	s.Context = &whatsapp.SendContext{MessageID: "wamid.IN"}
	s.BizOpaqueCallbackData, s.RecipientIdentityKeyHash = "x", "h"
	all["text_everything"] = s

	s = send("location")
	s.Location = &whatsapp.SendLocation{}
	all["location_zero"] = s
	s = send("location")
	s.Location = &whatsapp.SendLocation{Latitude: -33.4372, Longitude: -70.6506, Name: "Plaza", Address: "Av. 1"}
	all["location"] = s
	s = send("reaction")
	s.Reaction = &whatsapp.SendReaction{MessageID: "wamid.IN", Emoji: "👩🏽‍🚀"}
	all["reaction"] = s
	s = send("reaction")
	s.Reaction = &whatsapp.SendReaction{MessageID: "wamid.IN"}
	all["reaction_removed"] = s
	s = send("contacts")
	s.Contacts = []whatsapp.SendContact{{
		Addresses: []whatsapp.SendAddress{{Street: "Av. 1", City: "Santiago", State: "RM", Zip: "8320000", Country: "Chile", CountryCode: "cl", Type: "WORK"}},
		Birthday:  "1990-02-28",
		Emails:    []whatsapp.SendEmail{{Email: "luis@example.com", Type: "WORK"}},
		Name:      whatsapp.SendName{FormattedName: "Dr. Luis Rojas", FirstName: "Luis", LastName: "Rojas", MiddleName: "A.", Prefix: "Dr.", Suffix: "Jr."},
		Org:       &whatsapp.SendOrg{Company: "Luz", Department: "Urgencia", Title: "Médico"},
		Phones:    []whatsapp.SendPhone{{Phone: "+56 9 3333", Type: "CELL", WaID: "5693333"}},
		URLs:      []whatsapp.SendURL{{URL: "https://example.com", Type: "WORK"}},
	}}
	all["contacts"] = s
	s = send("pin")
	s.RecipientType, s.To = whatsapp.Group, "group-1"
	s.Pin = json.RawMessage(`{"type":"pin","message_id":"wamid.X","expiration_days":7}`)
	all["pin"] = s
	return all
}

func interactiveSends() map[string]whatsapp.Send {
	all := map[string]whatsapp.Send{"interactive_button": yesNo()}
	all["interactive_list"] = interactive("list", whatsapp.SendAction{Button: "Ver", Sections: []whatsapp.SendSection{
		{Title: "Adultos", Rows: []whatsapp.SendRow{{ID: "cardio", Title: "Cardiología", Description: "Corazón"}, {ID: "trauma", Title: "Traumatología"}}},
		{Title: "Niños", Rows: []whatsapp.SendRow{{ID: "pediatria", Title: "Pediatría"}}},
	}})
	all["interactive_list"].Interactive.Header = &whatsapp.SendHeader{Type: "text", Text: "Especialidades"}
	all["interactive_list"].Interactive.Footer = &whatsapp.SendText{Text: "Clínica"}
	all["interactive_cta_url"] = interactive("cta_url", whatsapp.SendAction{
		Name: "cta_url", Parameters: &whatsapp.CTAParameters{DisplayText: "Pagar", URL: "https://example.com/pagar?a=1&b=2"},
	})
	all["interactive_cta_url"].Interactive.Header = &whatsapp.SendHeader{Type: "image", Image: link("a.png")}
	all["interactive_flow"] = interactive("flow", whatsapp.SendAction{Name: "flow", Parameters: &whatsapp.FlowParameters{
		FlowMessageVersion: "3", FlowToken: "t", FlowID: "5001", FlowCTA: "Agendar", Mode: "draft", FlowAction: "navigate",
		FlowActionPayload: &whatsapp.FlowPayload{Screen: "INICIO", Data: json.RawMessage(`{"rut":"1-9"}`)},
	}})
	all["interactive_location_request"] = interactive("location_request_message", whatsapp.SendAction{Name: "send_location"})
	all["interactive_contact_request"] = interactive("request_contact_info", whatsapp.SendAction{Name: "request_contact_info"})
	all["interactive_call_permission"] = interactive("call_permission_request", whatsapp.SendAction{Name: "call_permission_request"})
	raw := func(kind, name, parameters string) {
		all["interactive_"+kind] = interactive(kind, whatsapp.SendAction{Name: name, Parameters: whatsapp.RawParameters(parameters)})
	}
	raw("address_message", "address_message", `{"country":"IN","values":{"name":"Ann","in_pin_code":"400063"}}`)
	raw("voice_call", "voice_call", `{"display_text":"Llamar","ttl_minutes":100,"payload":"p"}`)
	raw("order_details", "review_and_pay", `{"reference_id":"r1","type":"digital-goods","currency":"INR","total_amount":{"value":100,"offset":100},"order":{"status":"pending"}}`)
	raw("order_status", "review_order", `{"reference_id":"r1","order":{"status":"shipped"}}`)

	cards := []whatsapp.SendCard{}
	for i, title := range []string{"Uno", "Dos"} {
		cards = append(cards, whatsapp.SendCard{
			CardIndex: i, Type: "cta_url", Header: &whatsapp.SendHeader{Type: "image", Image: link(title)}, Body: &whatsapp.SendText{Text: title},
			Action: &whatsapp.SendAction{Name: "cta_url", Parameters: &whatsapp.CTAParameters{DisplayText: "Ver", URL: "https://example.com/" + title}},
		})
	}
	all["interactive_carousel"] = interactive("carousel", whatsapp.SendAction{Cards: cards})
	replies := []whatsapp.SendCard{}
	for i, id := range []string{"uno", "dos"} {
		replies = append(replies, whatsapp.SendCard{
			CardIndex: i, Type: "cta_url", Header: &whatsapp.SendHeader{Type: "video", Video: link(id)},
			Action: &whatsapp.SendAction{Buttons: []whatsapp.SendButton{{Type: "quick_reply", QuickReply: &whatsapp.SendReply{ID: id, Title: "Quiero"}}}},
		})
	}
	all["interactive_carousel_replies"] = interactive("carousel", whatsapp.SendAction{Cards: replies})
	return all
}

func commerceSends() map[string]whatsapp.Send {
	all := map[string]whatsapp.Send{
		"interactive_product": interactive("product", whatsapp.SendAction{CatalogID: "c1", ProductRetailerID: "sku-1"}),
		"interactive_catalog": interactive("catalog_message", whatsapp.SendAction{
			Name: "catalog_message", Parameters: &whatsapp.CatalogParameters{ThumbnailProductRetailerID: "sku-1"},
		}),
		"interactive_product_list": interactive("product_list", whatsapp.SendAction{CatalogID: "c1", Sections: []whatsapp.SendSection{
			{Title: "A", ProductItems: []whatsapp.SendProduct{{ProductRetailerID: "sku-1"}, {ProductRetailerID: "sku-2"}}},
		}}),
		"interactive_carousel_products": interactive("carousel", whatsapp.SendAction{Cards: []whatsapp.SendCard{
			{CardIndex: 0, Type: "product", Action: &whatsapp.SendAction{CatalogID: "c1", ProductRetailerID: "sku-1"}},
			{CardIndex: 1, Type: "product", Action: &whatsapp.SendAction{CatalogID: "c1", ProductRetailerID: "sku-2"}},
		}}),
	}
	all["interactive_product_list"].Interactive.Header = &whatsapp.SendHeader{Type: "text", Text: "Tienda"}
	all["interactive_product"].Interactive.Body = nil
	return all
}

func templateSends() map[string]whatsapp.Send {
	hour := 0
	all := map[string]whatsapp.Send{
		"template_plain": template(),
		"template_image": template(
			header(whatsapp.SendParameter{Type: "image", Image: link("a.png")}),
			body(words("Ana"),
				words("lunes"),
				whatsapp.SendParameter{Type: "currency", Currency: &whatsapp.SendCurrency{FallbackValue: "$9", Code: "CLP", Amount1000: 9000}},
				whatsapp.SendParameter{Type: "date_time", DateTime: &whatsapp.SendDateTime{FallbackValue: "1 de marzo", Month: 3, Hour: &hour, Minute: &hour}}),
			button("quick_reply", "0", quickReply("confirmar")),
			button("url", "1", words("abc")),
		),
		"template_text":     template(header(words("Aviso"))),
		"template_named":    template(header(named("titulo", words("Aviso"))), body(named("nombre", words("Ana")), named("dia_2", words("lunes"))), button("url", "0", words("abc"))),
		"template_video":    template(header(whatsapp.SendParameter{Type: "video", Video: &whatsapp.SendMedia{ID: "1"}})),
		"template_document": template(header(whatsapp.SendParameter{Type: "document", Document: &whatsapp.SendMedia{ID: "1", Filename: "a.pdf"}})),
		"template_location": template(header(whatsapp.SendParameter{Type: "location", Location: &whatsapp.SendLocation{Name: "Golfo", Address: "Isla nula"}})),
		"template_product":  template(header(whatsapp.SendParameter{Type: "product", Product: &whatsapp.SendShopProduct{ProductRetailerID: "s", CatalogID: "c"}})),
		"template_otp":      template(body(words("123456")), button("url", "0", words("123456"))),
		"template_flow":     template(button("flow", "0", action(whatsapp.SendButtonAction{FlowToken: "t", FlowActionData: json.RawMessage(`{"a":1}`)}))),
		"template_catalog":  template(button("CATALOG", "0", action(whatsapp.SendButtonAction{ThumbnailProductRetailerID: "s"}))),
		"template_mpm": template(button("mpm", "0", action(whatsapp.SendButtonAction{ThumbnailProductRetailerID: "s", Sections: []whatsapp.SendSection{
			{Title: "A", ProductItems: []whatsapp.SendProduct{{ProductRetailerID: "s"}}},
		}}))),
		"template_order_details": template(button("order_details", "0", action(whatsapp.SendButtonAction{OrderDetails: json.RawMessage(`{"reference_id":"r"}`)}))),
		"template_voice_call": template(button("voice_call", "0",
			whatsapp.SendParameter{Type: "ttl_minutes", TTLMinutes: 10}, quickReply("p"))),
		"template_limited_time_offer": template(
			whatsapp.SendComponent{Type: "limited_time_offer", Parameters: []whatsapp.SendParameter{
				{Type: "limited_time_offer", LimitedTimeOffer: &whatsapp.SendOffer{ExpirationTimeMs: 1773147600000}},
			}},
			button("copy_code", "0", whatsapp.SendParameter{Type: "coupon_code", CouponCode: "LUZ25"}),
			button("url", "1", words("x")),
		),
		"template_tap_target": template(whatsapp.SendComponent{Type: "tap_target_configuration", Parameters: []whatsapp.SendParameter{
			{Type: "tap_target_configuration", TapTargets: []whatsapp.SendTapTarget{{URL: "https://example.com", Title: "Ver"}}},
		}}),
	}
	card := func(i int) whatsapp.SendTemplateCard {
		return whatsapp.SendTemplateCard{CardIndex: i, Components: []whatsapp.SendComponent{
			header(whatsapp.SendParameter{Type: "image", Image: &whatsapp.SendMedia{ID: "1"}}), body(words("x")), button("quick_reply", "0", quickReply("p")),
		}}
	}
	all["template_carousel"] = template(body(words("a")), whatsapp.SendComponent{Type: "carousel", Cards: []whatsapp.SendTemplateCard{card(0), card(1)}})
	return all
}
