package outbound_test

import (
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// carouselOf makes n cards; edit may change the first.
func carouselOf(n int, edit func(*outbound.Card)) outbound.Message {
	cards := list(n, func(i int) outbound.Card {
		return outbound.Card{
			CardIndex: i, Type: "cta_url", Header: &outbound.Header{Type: "image", Image: link("a")}, Body: &outbound.Text{Text: "b"},
			Action: &outbound.Action{Buttons: []outbound.Button{{Type: "quick_reply", QuickReply: &outbound.Reply{ID: "i", Title: "t"}}}},
		}
	})
	edit(&cards[0])
	return interactive("carousel", outbound.Action{Cards: cards})
}

func carouselBounds() []bound {
	const first = "interactive.action.cards[0]."
	same := func(*outbound.Card) {}
	reply := func(card *outbound.Card) *outbound.Reply { return card.Action.Buttons[0].QuickReply }
	return []bound{
		{name: "cards", limit: 10, path: "interactive.action.cards", rule: items, build: func(n int) outbound.Message { return carouselOf(n, same) }},
		{name: "cards are there", limit: 2, path: "interactive.action.cards", rule: outbound.RuleMinItems, least: true, build: func(n int) outbound.Message { return carouselOf(n, same) }},
		{name: "card index", limit: 9, path: first + "card_index", rule: outbound.RuleValue, build: func(n int) outbound.Message {
			return carouselOf(2, func(card *outbound.Card) { card.CardIndex = n })
		}},
		{name: "card body", limit: 160, path: first + "body.text", rule: chars, build: func(n int) outbound.Message {
			return carouselOf(2, func(card *outbound.Card) { card.Body.Text = at(n) })
		}},
		{name: "card line breaks", limit: 2, path: first + "body.text", rule: outbound.RuleValue, build: func(n int) outbound.Message {
			return carouselOf(2, func(card *outbound.Card) { card.Body.Text = "a" + strings.Repeat("\nb", n) })
		}},
		{name: "card title", limit: 20, path: first + "action.buttons[0].quick_reply.title", rule: chars, build: func(n int) outbound.Message {
			return carouselOf(2, func(card *outbound.Card) { reply(card).Title = at(n) })
		}},
		{name: "card id", limit: 20, path: first + "action.buttons[0].quick_reply.id", rule: chars, build: func(n int) outbound.Message {
			return carouselOf(2, func(card *outbound.Card) { reply(card).ID = at(n) })
		}},
		{name: "card address label", limit: 20, path: first + "action.parameters.display_text", rule: chars, build: func(n int) outbound.Message {
			return edited("interactive_carousel", func(s *outbound.Message) {
				s.Interactive.Action.Cards[0].Action.Parameters = &outbound.CTAParameters{DisplayText: at(n), URL: "https://example.com"}
			})
		}},
	}
}

// cardOf is a template's carousel of one card.
func cardOf(components ...outbound.Component) outbound.Message {
	return template(outbound.Component{Type: "carousel", Cards: []outbound.TemplateCard{{Components: components}}})
}

func templateBounds() []bound {
	coupon := func(offer bool) func(int) outbound.Message {
		return func(n int) outbound.Message {
			b := button("copy_code", "0", outbound.Parameter{Type: "coupon_code", CouponCode: strings.Repeat("A", n)})
			if !offer {
				return template(b)
			}
			return template(b, outbound.Component{Type: "limited_time_offer", Parameters: []outbound.Parameter{
				{Type: "limited_time_offer", LimitedTimeOffer: &outbound.Offer{ExpirationTimeMs: 1}},
			}})
		}
	}
	voice := func(n int) outbound.Message {
		return template(button("voice_call", "0", outbound.Parameter{Type: "ttl_minutes", TTLMinutes: n}))
	}
	const parameter = "template.components[0].parameters[0]."
	return []bound{
		{name: "template name", limit: 512, path: "template.name", rule: chars, build: func(n int) outbound.Message {
			return edited("template_plain", func(s *outbound.Message) { s.Template.Name = strings.Repeat("a", n) })
		}},
		{name: "template header", limit: 60, path: parameter + "text", rule: chars, build: func(n int) outbound.Message { return template(header(words(at(n)))) }},
		{name: "template body", limit: 1024, path: "template.components[0].parameters", rule: chars, build: func(n int) outbound.Message {
			return template(body(words(at(1000)), words(at(n-1000))), header(words("h")))
		}},
		{name: "template body of an offer", limit: 600, path: "template.components[0].parameters", rule: chars, build: func(n int) outbound.Message {
			return template(body(words(at(n))), outbound.Component{Type: "limited_time_offer"})
		}},
		{name: "template body alone", limit: 32768, path: "template.components[0].parameters", rule: chars, build: func(n int) outbound.Message {
			return template(body(words(at(n))))
		}},
		{name: "template buttons", limit: 10, path: "template.components", rule: items, build: func(n int) outbound.Message {
			return template(list(n, func(i int) outbound.Component { return button("quick_reply", strconv.Itoa(i), quickReply("p")) })...)
		}},
		{name: "template button index", limit: 9, path: "template.components[0].index", rule: outbound.RuleValue, build: func(n int) outbound.Message {
			return template(button("quick_reply", strconv.Itoa(n), quickReply("p")))
		}},
		{name: "quick reply payload", limit: 128, path: parameter + "payload", rule: chars, warns: true, build: func(n int) outbound.Message {
			return template(button("quick_reply", "0", quickReply(at(n))))
		}},
		{name: "one-time code", limit: 15, path: "template.components[1].parameters[0].text", rule: chars, warns: true, build: func(n int) outbound.Message {
			return template(body(words(at(n))), button("url", "0", words(at(n))))
		}},
		{name: "coupon", limit: 20, path: parameter + "coupon_code", rule: chars, build: coupon(false)},
		{name: "coupon, safely", limit: 15, path: parameter + "coupon_code", rule: chars, warns: true, build: coupon(false)},
		{name: "coupon of an offer", limit: 15, path: parameter + "coupon_code", rule: chars, build: coupon(true)},
		{name: "template cards", limit: 10, path: "template.components[0].cards", rule: items, build: func(n int) outbound.Message {
			return template(outbound.Component{Type: "carousel", Cards: list(n, func(i int) outbound.TemplateCard {
				return outbound.TemplateCard{CardIndex: i, Components: []outbound.Component{body(words("x"))}}
			})})
		}},
		{name: "template card body", limit: 160, path: "template.components[0].cards[0].components[0].parameters", rule: chars, build: func(n int) outbound.Message {
			return cardOf(body(words(at(100)), words(at(n-100))))
		}},
		{name: "template card buttons", limit: 2, path: "template.components[0].cards[0].components", rule: items, build: func(n int) outbound.Message {
			return cardOf(list(n, func(i int) outbound.Component { return button("quick_reply", strconv.Itoa(i), quickReply("p")) })...)
		}},
		{name: "parameter name", limit: 20, path: parameter + "parameter_name", rule: chars, build: func(n int) outbound.Message {
			return template(body(named(strings.Repeat("a", n), words("x"))))
		}},
		{name: "spaces in a row", limit: 4, path: parameter + "text", rule: outbound.RuleValue, build: func(n int) outbound.Message {
			return template(body(words("a" + strings.Repeat(" ", n) + "b")))
		}},
		{name: "white space of any kind in a row", limit: 4, path: parameter + "text", rule: outbound.RuleValue, warns: true, build: func(n int) outbound.Message {
			return template(body(words("a" + strings.Repeat("\u00a0", n) + "b")))
		}},
		{name: "mpm sections", limit: 10, path: parameter + "action.sections", rule: items, build: func(n int) outbound.Message {
			return mpm(list(n, func(int) outbound.Section { return outbound.Section{Title: "s", ProductItems: products(1)} })...)
		}},
		{name: "mpm products", limit: 30, path: parameter + "action.sections", rule: items, build: func(n int) outbound.Message {
			return mpm(outbound.Section{Title: "s", ProductItems: products(n)})
		}},
		{name: "mpm title", limit: 24, path: parameter + "action.sections[0].title", rule: chars, build: func(n int) outbound.Message {
			return mpm(outbound.Section{Title: at(n), ProductItems: products(1)})
		}},
		{name: "template call", limit: 43200, path: parameter + "ttl_minutes", rule: outbound.RuleValue, build: voice},
		{name: "template call, at least", limit: 1, path: parameter + "ttl_minutes", rule: outbound.RuleValue, least: true, build: voice},
		{name: "template call payload", limit: 512, path: parameter + "payload", rule: chars, build: func(n int) outbound.Message {
			return template(button("voice_call", "0", quickReply(at(n))))
		}},
	}
}
