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

func checkTemplate(c *checker, t *Template) {
	if t == nil {
		c.required("template")
		return
	}
	c.needed("template.name", t.Name, maxTemplateName)
	if strings.Trim(t.Name, lowercase) != "" {
		c.value("template.name", "of small letters, digits and _")
	}
	checkLanguage(c, "template.language.code", t.Language.Code)
	if t.Language.Policy != "" {
		c.oneOf("template.language.policy", t.Language.Policy, "deterministic")
	}
	const path = "template.components"
	checkComponents(c, path, t.Components, true)
	checkAllNamed(c, t)
	checkOneTimeCode(c, path, t.Components)
	checkOffer(c, path, t.Components)
}

// checkComponents checks the components of a template, or of one of its cards.
func checkComponents(c *checker, path string, all []Component, top bool) {
	once, indexes, buttons := seen{}, seen{}, 0
	for i := range all {
		component, at := &all[i], item(path, i)
		kind := component.kind()
		if kind == componentButton {
			buttons++
			checkTemplateButton(c, at, component, indexes, hasOffer(all))
			continue
		}
		c.leftOut(component.SubType != "", at+".sub_type", " unless it is a button")
		c.leftOut(component.Index != "", at+".index", " unless it is a button")
		if once.repeated(kind) {
			c.add(Problem{Path: at + ".type", Rule: RuleUnique})
		}
		checkComponent(c, at, component, top, bodyLimit(all, top))
	}
	limit := maxTemplateButtons
	if !top {
		limit = maxTemplateCardButtons
	}
	if buttons > limit {
		c.add(Problem{Path: path, Rule: RuleMaxItems, Limit: limit, Found: buttons, Want: "buttons"})
	}
}

func checkComponent(c *checker, at string, s *Component, top bool, limit int) {
	kind := s.kind()
	if kind != componentCarousel {
		c.leftOut(s.Cards != nil, at+".cards", " unless it is a carousel")
	}
	switch {
	case kind == componentHeader:
		checkTemplateHeader(c, at, s.Parameters, top)
	case kind == componentBody:
		checkParameters(c, at, s.Parameters, "text", "currency", "date_time")
		checkPlaceNames(c, at, s.Parameters)
		checkBodyLength(c, at, s.Parameters, limit)
	case kind == componentOffer && top:
		c.count(at+".parameters", len(s.Parameters), 1, 1)
		checkParameters(c, at, s.Parameters, componentOffer)
	case kind == componentTap && top:
		c.count(at+".parameters", len(s.Parameters), 1, 1)
		checkParameters(c, at, s.Parameters, componentTap)
	case kind == componentCarousel && top:
		c.leftOut(s.Parameters != nil, at+".parameters", " in a carousel")
		checkTemplateCards(c, at+".cards", s.Cards)
	case top:
		c.oneOf(at+".type", s.Type, componentHeader, componentBody, componentButton, componentOffer, componentCarousel, componentTap)
	default:
		c.oneOf(at+".type", s.Type, componentHeader, componentBody, componentButton)
	}
}

// checkTemplateHeader checks a header; the header of a card is a picture, a video or a product.
func checkTemplateHeader(c *checker, at string, parameters []Parameter, top bool) {
	c.count(at+".parameters", len(parameters), 1, 1)
	kinds := []string{"image", "video", "product"}
	if top {
		kinds = []string{"text", "image", "video", "document", "location", "product"}
	}
	checkParameters(c, at, parameters, kinds...)
	checkPlaceNames(c, at, parameters)
	for i, p := range parameters {
		path := item(at+".parameters", i)
		c.atMost(path+".text", p.Text, maxTemplateHeader)
		if p.Location != nil {
			c.present(path+".location.name", p.Location.Name)
			c.present(path+".location.address", p.Location.Address)
		}
	}
}

// bodyLimit is the limit of a body, which depends on the other components.
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

// checkBodyLength checks the sum of the texts of a body: they share one limit, to which the template's
// own words add.
func checkBodyLength(c *checker, at string, parameters []Parameter, limit int) {
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

func checkTemplateCards(c *checker, path string, cards []TemplateCard) {
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
		checkComponents(c, at+".components", card.Components, false)
		if i > 0 && outline(card.Components) != outline(cards[0].Components) {
			c.value(at, "like the first card: the same components")
		}
	}
}

// outline is what must be the same on all cards: components, buttons and types of parameters.
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

// checkOneTimeCode warns of a one-time code that is too long. No field marks such a template; it has its
// code twice, as the only text of the body and in the address of the first button.
func checkOneTimeCode(c *checker, path string, all []Component) {
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

// checkOffer checks the order of the buttons of a limited-time offer: with a code to copy, the address is
// the second one.
func checkOffer(c *checker, path string, all []Component) {
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
