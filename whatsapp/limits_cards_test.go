package whatsapp_test

import (
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/whatsapp"
)

// carouselOf makes n cards; edit may change the first.
func carouselOf(n int, edit func(*whatsapp.SendCard)) whatsapp.Send {
	cards := list(n, func(i int) whatsapp.SendCard {
		return whatsapp.SendCard{
			CardIndex: i, Type: "cta_url", Header: &whatsapp.SendHeader{Type: "image", Image: link("a")}, Body: &whatsapp.SendText{Text: "b"},
			Action: &whatsapp.SendAction{Buttons: []whatsapp.SendButton{{Type: "quick_reply", QuickReply: &whatsapp.SendReply{ID: "i", Title: "t"}}}},
		}
	})
	edit(&cards[0])
	return interactive("carousel", whatsapp.SendAction{Cards: cards})
}

func carouselBounds() []bound {
	const first = "interactive.action.cards[0]."
	same := func(*whatsapp.SendCard) {}
	reply := func(card *whatsapp.SendCard) *whatsapp.SendReply { return card.Action.Buttons[0].QuickReply }
	return []bound{
		{name: "cards", limit: 10, path: "interactive.action.cards", rule: items, build: func(n int) whatsapp.Send { return carouselOf(n, same) }},
		{name: "cards are there", limit: 2, path: "interactive.action.cards", rule: whatsapp.RuleMinItems, least: true, build: func(n int) whatsapp.Send { return carouselOf(n, same) }},
		{name: "card index", limit: 9, path: first + "card_index", rule: whatsapp.RuleValue, build: func(n int) whatsapp.Send {
			return carouselOf(2, func(card *whatsapp.SendCard) { card.CardIndex = n })
		}},
		{name: "card body", limit: 160, path: first + "body.text", rule: chars, build: func(n int) whatsapp.Send {
			return carouselOf(2, func(card *whatsapp.SendCard) { card.Body.Text = at(n) })
		}},
		{name: "card line breaks", limit: 2, path: first + "body.text", rule: whatsapp.RuleValue, build: func(n int) whatsapp.Send {
			return carouselOf(2, func(card *whatsapp.SendCard) { card.Body.Text = "a" + strings.Repeat("\nb", n) })
		}},
		{name: "card title", limit: 20, path: first + "action.buttons[0].quick_reply.title", rule: chars, build: func(n int) whatsapp.Send {
			return carouselOf(2, func(card *whatsapp.SendCard) { reply(card).Title = at(n) })
		}},
		{name: "card id", limit: 20, path: first + "action.buttons[0].quick_reply.id", rule: chars, build: func(n int) whatsapp.Send {
			return carouselOf(2, func(card *whatsapp.SendCard) { reply(card).ID = at(n) })
		}},
		{name: "card address label", limit: 20, path: first + "action.parameters.display_text", rule: chars, build: func(n int) whatsapp.Send {
			return edited("interactive_carousel", func(s *whatsapp.Send) {
				s.Interactive.Action.Cards[0].Action.Parameters = &whatsapp.CTAParameters{DisplayText: at(n), URL: "https://example.com"}
			})
		}},
	}
}

// cardOf is a template's carousel of one card.
func cardOf(components ...whatsapp.SendComponent) whatsapp.Send {
	return template(whatsapp.SendComponent{Type: "carousel", Cards: []whatsapp.SendTemplateCard{{Components: components}}})
}

func templateBounds() []bound {
	coupon := func(offer bool) func(int) whatsapp.Send {
		return func(n int) whatsapp.Send {
			b := button("copy_code", "0", whatsapp.SendParameter{Type: "coupon_code", CouponCode: strings.Repeat("A", n)})
			if !offer {
				return template(b)
			}
			return template(b, whatsapp.SendComponent{Type: "limited_time_offer", Parameters: []whatsapp.SendParameter{
				{Type: "limited_time_offer", LimitedTimeOffer: &whatsapp.SendOffer{ExpirationTimeMs: 1}},
			}})
		}
	}
	voice := func(n int) whatsapp.Send {
		return template(button("voice_call", "0", whatsapp.SendParameter{Type: "ttl_minutes", TTLMinutes: n}))
	}
	const parameter = "template.components[0].parameters[0]."
	return []bound{
		{name: "template name", limit: 512, path: "template.name", rule: chars, build: func(n int) whatsapp.Send {
			return edited("template_plain", func(s *whatsapp.Send) { s.Template.Name = strings.Repeat("a", n) })
		}},
		{name: "template header", limit: 60, path: parameter + "text", rule: chars, build: func(n int) whatsapp.Send { return template(header(words(at(n)))) }},
		{name: "template body", limit: 1024, path: "template.components[0].parameters", rule: chars, build: func(n int) whatsapp.Send {
			return template(body(words(at(1000)), words(at(n-1000))), header(words("h")))
		}},
		{name: "template body of an offer", limit: 600, path: "template.components[0].parameters", rule: chars, build: func(n int) whatsapp.Send {
			return template(body(words(at(n))), whatsapp.SendComponent{Type: "limited_time_offer"})
		}},
		{name: "template body alone", limit: 32768, path: "template.components[0].parameters", rule: chars, build: func(n int) whatsapp.Send {
			return template(body(words(at(n))))
		}},
		{name: "template buttons", limit: 10, path: "template.components", rule: items, build: func(n int) whatsapp.Send {
			return template(list(n, func(i int) whatsapp.SendComponent { return button("quick_reply", strconv.Itoa(i), quickReply("p")) })...)
		}},
		{name: "template button index", limit: 9, path: "template.components[0].index", rule: whatsapp.RuleValue, build: func(n int) whatsapp.Send {
			return template(button("quick_reply", strconv.Itoa(n), quickReply("p")))
		}},
		{name: "quick reply payload", limit: 128, path: parameter + "payload", rule: chars, warns: true, build: func(n int) whatsapp.Send {
			return template(button("quick_reply", "0", quickReply(at(n))))
		}},
		{name: "one-time code", limit: 15, path: "template.components[1].parameters[0].text", rule: chars, warns: true, build: func(n int) whatsapp.Send {
			return template(body(words(at(n))), button("url", "0", words(at(n))))
		}},
		{name: "coupon", limit: 20, path: parameter + "coupon_code", rule: chars, build: coupon(false)},
		{name: "coupon, safely", limit: 15, path: parameter + "coupon_code", rule: chars, warns: true, build: coupon(false)},
		{name: "coupon of an offer", limit: 15, path: parameter + "coupon_code", rule: chars, build: coupon(true)},
		{name: "template cards", limit: 10, path: "template.components[0].cards", rule: items, build: func(n int) whatsapp.Send {
			return template(whatsapp.SendComponent{Type: "carousel", Cards: list(n, func(i int) whatsapp.SendTemplateCard {
				return whatsapp.SendTemplateCard{CardIndex: i, Components: []whatsapp.SendComponent{body(words("x"))}}
			})})
		}},
		{name: "template card body", limit: 160, path: "template.components[0].cards[0].components[0].parameters", rule: chars, build: func(n int) whatsapp.Send {
			return cardOf(body(words(at(100)), words(at(n-100))))
		}},
		{name: "template card buttons", limit: 2, path: "template.components[0].cards[0].components", rule: items, build: func(n int) whatsapp.Send {
			return cardOf(list(n, func(i int) whatsapp.SendComponent { return button("quick_reply", strconv.Itoa(i), quickReply("p")) })...)
		}},
		{name: "parameter name", limit: 20, path: parameter + "parameter_name", rule: chars, build: func(n int) whatsapp.Send {
			return template(body(named(strings.Repeat("a", n), words("x"))))
		}},
		{name: "spaces in a row", limit: 4, path: parameter + "text", rule: whatsapp.RuleValue, build: func(n int) whatsapp.Send {
			return template(body(words("a" + strings.Repeat(" ", n) + "b")))
		}},
		{name: "white space of any kind in a row", limit: 4, path: parameter + "text", rule: whatsapp.RuleValue, warns: true, build: func(n int) whatsapp.Send {
			return template(body(words("a" + strings.Repeat("\u00a0", n) + "b")))
		}},
		{name: "mpm sections", limit: 10, path: parameter + "action.sections", rule: items, build: func(n int) whatsapp.Send {
			return mpm(list(n, func(int) whatsapp.SendSection { return whatsapp.SendSection{Title: "s", ProductItems: products(1)} })...)
		}},
		{name: "mpm products", limit: 30, path: parameter + "action.sections", rule: items, build: func(n int) whatsapp.Send {
			return mpm(whatsapp.SendSection{Title: "s", ProductItems: products(n)})
		}},
		{name: "mpm title", limit: 24, path: parameter + "action.sections[0].title", rule: chars, build: func(n int) whatsapp.Send {
			return mpm(whatsapp.SendSection{Title: at(n), ProductItems: products(1)})
		}},
		{name: "template call", limit: 43200, path: parameter + "ttl_minutes", rule: whatsapp.RuleValue, build: voice},
		{name: "template call, at least", limit: 1, path: parameter + "ttl_minutes", rule: whatsapp.RuleValue, least: true, build: voice},
		{name: "template call payload", limit: 512, path: parameter + "payload", rule: chars, build: func(n int) whatsapp.Send {
			return template(button("voice_call", "0", quickReply(at(n))))
		}},
	}
}
