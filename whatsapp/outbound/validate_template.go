package outbound

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Types of a template's components.
const (
	componentHeader   = "header"
	componentBody     = "body"
	componentButton   = "button"
	componentOffer    = "limited_time_offer"
	componentCarousel = "carousel"
	componentTap      = "tap_target_configuration"
)

// Sub-types of a template's buttons.
const (
	buttonQuickReply   = "quick_reply"
	buttonURL          = "url"
	buttonCopyCode     = "copy_code"
	buttonFlow         = "flow"
	buttonCatalog      = "catalog"
	buttonMPM          = "mpm"
	buttonOrderDetails = "order_details"
	buttonVoiceCall    = "voice_call"
)

func (s *Component) kind() string { return strings.ToLower(s.Type) }

func (s *Component) button() string {
	if s.kind() != componentButton {
		return ""
	}
	return strings.ToLower(s.SubType)
}

func (c *checker) template(t *Template) {
	if t == nil {
		c.required("template")
		return
	}
	c.needed("template.name", t.Name, maxTemplateName)
	if strings.Trim(t.Name, lowercase) != "" {
		c.value("template.name", "of small letters, digits and _")
	}
	c.language("template.language.code", t.Language.Code)
	if t.Language.Policy != "" {
		c.oneOf("template.language.policy", t.Language.Policy, "deterministic")
	}
	const path = "template.components"
	c.components(path, t.Components, true)
	c.allNamed(t)
	c.otp(path, t.Components)
	c.offer(path, t.Components)
}

// components checks those of a template, or of one card.
func (c *checker) components(path string, all []Component, top bool) {
	once, indexes, buttons := seen{}, seen{}, 0
	for i := range all {
		component, at := &all[i], item(path, i)
		kind := component.kind()
		if kind == componentButton {
			buttons++
			c.button(at, component, indexes, hasOffer(all))
			continue
		}
		c.leftOut(component.SubType != "", at+".sub_type", " unless it is a button")
		c.leftOut(component.Index != "", at+".index", " unless it is a button")
		if once.repeated(kind) {
			c.add(Problem{Path: at + ".type", Rule: RuleUnique})
		}
		c.component(at, component, top, bodyLimit(all, top))
	}
	limit := maxTemplateButtons
	if !top {
		limit = maxTemplateCardButtons
	}
	if buttons > limit {
		c.add(Problem{Path: path, Rule: RuleMaxItems, Limit: limit, Found: buttons, Want: "buttons"})
	}
}

func (c *checker) component(at string, s *Component, top bool, limit int) {
	kind := s.kind()
	if kind != componentCarousel {
		c.leftOut(s.Cards != nil, at+".cards", " unless it is a carousel")
	}
	switch {
	case kind == componentHeader:
		c.templateHeader(at, s.Parameters, top)
	case kind == componentBody:
		c.parameters(at, s.Parameters, "text", "currency", "date_time")
		c.placeNames(at, s.Parameters)
		c.bodySum(at, s.Parameters, limit)
	case kind == componentOffer && top:
		c.count(at+".parameters", len(s.Parameters), 1, 1)
		c.parameters(at, s.Parameters, componentOffer)
	case kind == componentTap && top:
		c.count(at+".parameters", len(s.Parameters), 1, 1)
		c.parameters(at, s.Parameters, componentTap)
	case kind == componentCarousel && top:
		c.leftOut(s.Parameters != nil, at+".parameters", " in a carousel")
		c.templateCards(at+".cards", s.Cards)
	case top:
		c.oneOf(at+".type", s.Type, componentHeader, componentBody, componentButton, componentOffer, componentCarousel, componentTap)
	default:
		c.oneOf(at+".type", s.Type, componentHeader, componentBody, componentButton)
	}
}

// templateHeader: that of a card is a picture, a video or a product.
func (c *checker) templateHeader(at string, parameters []Parameter, top bool) {
	c.count(at+".parameters", len(parameters), 1, 1)
	kinds := []string{"image", "video", "product"}
	if top {
		kinds = []string{"text", "image", "video", "document", "location", "product"}
	}
	c.parameters(at, parameters, kinds...)
	c.placeNames(at, parameters)
	for i, p := range parameters {
		path := item(at+".parameters", i)
		c.atMost(path+".text", p.Text, maxTemplateHeader)
		if p.Location != nil {
			c.present(path+".location.name", p.Location.Name)
			c.present(path+".location.address", p.Location.Address)
		}
	}
}

// bodyLimit depends on what else a template, or a card of it, has.
func bodyLimit(all []Component, top bool) int {
	switch {
	case !top:
		return maxCardBody
	case len(all) == 1:
		return maxBodyOnly
	case hasOffer(all):
		return maxOfferBody
	default:
		return maxTemplateBody
	}
}

// bodySum: the texts of a body share one limit, to which the template's own words add.
func (c *checker) bodySum(at string, parameters []Parameter, limit int) {
	sum, units := 0, 0
	add := func(text string) {
		sum += utf8.RuneCountInString(text)
		units += unitCount(text)
	}
	for _, p := range parameters {
		add(p.Text)
		if p.Currency != nil {
			add(p.Currency.FallbackValue)
		}
		if p.DateTime != nil {
			add(p.DateTime.FallbackValue)
		}
	}
	switch {
	case sum > limit:
		c.add(Problem{Path: at + ".parameters", Rule: RuleMaxChars, Limit: limit, Found: sum})
	case units > limit:
		c.add(Problem{Path: at + ".parameters", Rule: RuleMaxUnits, Limit: limit, Found: units, Warning: true})
	}
}

func (c *checker) templateCards(path string, cards []TemplateCard) {
	c.count(path, len(cards), 1, maxCards)
	indexes := map[int]bool{}
	for i := range cards {
		card, at := &cards[i], item(path, i)
		if card.CardIndex < 0 || card.CardIndex > maxCardIndex {
			c.value(at+".card_index", "0 to 9")
		}
		if indexes[card.CardIndex] {
			c.add(Problem{Path: at + ".card_index", Rule: RuleUnique})
		}
		indexes[card.CardIndex] = true
		if len(card.Components) == 0 {
			c.add(Problem{Path: at + ".components", Rule: RuleMinItems, Limit: 1})
		}
		c.components(at+".components", card.Components, false)
		if i > 0 && outline(card.Components) != outline(cards[0].Components) {
			c.value(at, "like the first card: the same components")
		}
	}
}

// outline is what must be the same on all cards.
func outline(components []Component) string {
	var b strings.Builder
	for i := range components {
		s := &components[i]
		fmt.Fprintf(&b, "%s %s %s:", s.kind(), s.button(), s.Index)
		for _, p := range s.Parameters {
			b.WriteString(p.Type + ",")
		}
	}
	return b.String()
}

func hasOffer(all []Component) bool { return findComponent(all, componentOffer) != nil }

func findComponent(all []Component, kind string) *Component {
	for i := range all {
		if all[i].kind() == kind {
			return &all[i]
		}
	}
	return nil
}

// otp warns of a one-time code that is too long. A template does not say that it is one; it
// has its code twice, as the only text of the body and in the address of the first button.
func (c *checker) otp(path string, all []Component) {
	body := findComponent(all, componentBody)
	if body == nil || len(body.Parameters) != 1 {
		return
	}
	code := body.Parameters[0].Text
	for i := range all {
		b := &all[i]
		if b.button() == buttonURL && b.Index == "0" && len(b.Parameters) == 1 && b.Parameters[0].Text == code {
			c.safely(item(path, i)+".parameters[0].text", code, maxOTP, len(code))
		}
	}
}

// offer: with a code to copy the address of a limited-time offer is the second button.
func (c *checker) offer(path string, all []Component) {
	if !hasOffer(all) {
		return
	}
	want := "0"
	for i := range all {
		if all[i].button() == buttonCopyCode {
			want = "1"
		}
	}
	for i := range all {
		if all[i].button() == buttonURL && all[i].Index != want {
			c.oneOf(item(path, i)+".index", all[i].Index, want)
		}
	}
}
