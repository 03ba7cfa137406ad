package outbound

import (
	"encoding/json"
	"slices"
	"strings"
)

const actionPath = "interactive.action"

// checkAction checks what can be tapped, by the type of the message.
func checkAction(c *checker, in *Interactive) {
	a := in.Action
	switch in.Type {
	case InteractiveButton:
		refuseOtherFields(c, actionPath, a, "buttons")
		checkReplyButtons(c, actionPath+".buttons", a.Buttons)
	case InteractiveList:
		refuseOtherFields(c, actionPath, a, "button", "sections")
		checkList(c, a)
	case InteractiveCTAURL:
		checkNamedAction(c, actionPath, a, "cta_url", true)
		checkCTA(c, actionPath+".parameters", a.Parameters)
	case InteractiveProduct:
		refuseOtherFields(c, actionPath, a, "catalog_id", "product_retailer_id")
		checkProduct(c, actionPath, a)
	case InteractiveProductList:
		refuseOtherFields(c, actionPath, a, "catalog_id", "sections")
		checkProductList(c, a)
	case InteractiveFlow:
		checkNamedAction(c, actionPath, a, "flow", true)
		checkFlow(c, actionPath+".parameters", a.Parameters)
	case InteractiveCarousel:
		refuseOtherFields(c, actionPath, a, "cards")
		checkCarousel(c, a.Cards)
	default:
		checkPlainAction(c, in.Type, a)
	}
}

// checkPlainAction checks the actions that have little more than a name.
func checkPlainAction(c *checker, kind string, a *Action) {
	switch kind {
	case InteractiveCatalog:
		checkNamedAction(c, actionPath, a, "catalog_message", false)
		if _, ok := a.Parameters.(*CatalogParameters); a.Parameters != nil && !ok {
			c.value(actionPath+".parameters", "those of a catalogue")
		}
	case InteractiveLocationRequest:
		checkNamedAction(c, actionPath, a, "send_location", false)
		c.leftOut(a.Parameters != nil, actionPath+".parameters", " here")
	case InteractiveContactInfoRequest, InteractiveCallPermission:
		checkNamedAction(c, actionPath, a, kind, false)
		c.leftOut(a.Parameters != nil, actionPath+".parameters", " here")
	case InteractiveAddress:
		checkNamedAction(c, actionPath, a, kind, true)
		checkAddress(c, a.Parameters)
	case InteractiveVoiceCall:
		checkNamedAction(c, actionPath, a, kind, false)
		checkVoiceCall(c, a.Parameters)
	case InteractiveOrderDetails:
		checkNamedAction(c, actionPath, a, "review_and_pay", true)
		checkOrder(c, a.Parameters, "reference_id", "type", "currency", "total_amount", "order")
	case InteractiveOrderStatus:
		checkNamedAction(c, actionPath, a, "review_order", true)
		checkOrder(c, a.Parameters, "reference_id", "order")
	}
}

// checkNamedAction checks an action whose name says what it does.
func checkNamedAction(c *checker, path string, a *Action, name string, parameters bool) {
	refuseOtherFields(c, path, a, "name", "parameters")
	c.oneOf(path+".name", a.Name, name)
	if parameters && a.Parameters == nil {
		c.required(path + ".parameters")
	}
}

// refuseOtherFields reports the fields that belong to other types of messages.
func refuseOtherFields(c *checker, path string, a *Action, allowed ...string) {
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"name", a.Name != ""},
		{"buttons", a.Buttons != nil},
		{"button", a.Button != ""},
		{"catalog_id", a.CatalogID != ""},
		{"product_retailer_id", a.ProductRetailerID != ""},
		{"sections", a.Sections != nil},
		{"cards", a.Cards != nil},
		{"parameters", a.Parameters != nil},
	} {
		if f.set && !slices.Contains(allowed, f.name) {
			c.leftOut(true, path+"."+f.name, " in this type of message")
		}
	}
}

func checkReplyButtons(c *checker, path string, buttons []Button) {
	c.count(path, len(buttons), 1, maxButtons)
	const buttonReply = "reply"
	ids, titles := seen{}, seen{}
	for i, b := range buttons {
		at := item(path, i)
		if b.Type != buttonReply || b.QuickReply != nil {
			c.oneOf(at+".type", b.Type, buttonReply)
			c.leftOut(b.QuickReply != nil, at+".quick_reply", " here")
		}
		c.id(at+".reply.id", b.Reply.ID, maxButtonID, ids)
		checkButtonTitle(c, at+".reply.title", b.Reply.Title, titles)
	}
}

func checkButtonTitle(c *checker, path, title string, titles seen) {
	c.needed(path, title, maxButtonTitle)
	if titles.repeated(title) {
		c.add(Problem{Path: path, Rule: RuleUnique})
	}
}

func checkList(c *checker, a *Action) {
	const path = actionPath + ".sections"
	c.needed(actionPath+".button", a.Button, maxListLabel)
	rows, ids := 0, seen{}
	checkSections(c, path, a.Sections, func(at string, s Section) {
		c.leftOut(s.ProductItems != nil, at+".product_items", " in a list")
		if len(s.Rows) == 0 {
			c.add(Problem{Path: at + ".rows", Rule: RuleMinItems, Limit: 1})
		}
		rows += len(s.Rows)
		for i, row := range s.Rows {
			rowAt := item(at+".rows", i)
			c.id(rowAt+".id", row.ID, maxRowID, ids)
			c.needed(rowAt+".title", row.Title, maxRowTitle)
			c.atMost(rowAt+".description", row.Description, maxRowDescription)
		}
	})
	if len(a.Sections) == 1 && a.Sections[0].Title == "" {
		c.warn(path+"[0].title", "there, by Meta's present documentation")
	}
	if rows > maxRows {
		c.add(Problem{Path: path, Rule: RuleMaxItems, Limit: maxRows, Found: rows, Want: "rows"})
	}
}

// checkSections checks the number and titles of sections, and each with a function.
func checkSections(c *checker, path string, sections []Section, each func(string, Section)) {
	c.count(path, len(sections), 1, maxSections)
	for i, s := range sections {
		at := item(path, i)
		if len(sections) > 1 {
			c.needed(at+".title", s.Title, maxSectionTitle)
		} else {
			c.atMost(at+".title", s.Title, maxSectionTitle)
		}
		each(at, s)
	}
}

func checkProduct(c *checker, path string, a *Action) {
	c.present(path+".catalog_id", a.CatalogID)
	c.present(path+".product_retailer_id", a.ProductRetailerID)
}

func checkProductList(c *checker, a *Action) {
	c.present(actionPath+".catalog_id", a.CatalogID)
	checkProductSections(c, actionPath+".sections", a.Sections)
}

func checkProductSections(c *checker, path string, sections []Section) {
	products := 0
	checkSections(c, path, sections, func(at string, s Section) {
		c.leftOut(s.Rows != nil, at+".rows", " among products")
		if len(s.ProductItems) == 0 {
			c.add(Problem{Path: at + ".product_items", Rule: RuleMinItems, Limit: 1})
		}
		products += len(s.ProductItems)
		for i, p := range s.ProductItems {
			c.present(item(at+".product_items", i)+".product_retailer_id", p.ProductRetailerID)
		}
	})
	if products > maxProducts {
		c.add(Problem{Path: path, Rule: RuleMaxItems, Limit: maxProducts, Found: products, Want: "products"})
	}
}

func checkCTA(c *checker, path string, p Parameters) {
	v, ok := p.(*CTAParameters)
	switch {
	case p == nil: // reported already
	case !ok || v == nil:
		c.value(path, "display_text and url")
	default:
		c.needed(path+".display_text", v.DisplayText, maxCTALabel)
		checkButtonLink(c, path+".url", v.URL)
	}
}

func checkFlow(c *checker, path string, p Parameters) {
	v, ok := p.(*FlowParameters)
	switch {
	case p == nil: // reported already
		return
	case !ok || v == nil:
		c.value(path, "those of a Flow")
		return
	}
	c.oneOf(path+".flow_message_version", v.FlowMessageVersion, "3")
	if (v.FlowID == "") == (v.FlowName == "") {
		c.add(Problem{Path: path, Rule: RuleExclusive, Want: "flow_id and flow_name"})
	}
	c.needed(path+".flow_cta", v.FlowCTA, maxFlowCTA)
	c.safely(path+".flow_cta", v.FlowCTA, safeFlowCTA, maxFlowCTA)
	if hasEmoji(v.FlowCTA) {
		c.value(path+".flow_cta", "without emoji")
	}
	if v.Mode != "" {
		c.oneOf(path+".mode", v.Mode, "draft", "published")
	}
	if v.FlowAction != "" {
		c.oneOf(path+".flow_action", v.FlowAction, "navigate", "data_exchange")
	}
	checkFlowPayload(c, path+".flow_action_payload", v)
}

func checkFlowPayload(c *checker, path string, v *FlowParameters) {
	if v.FlowActionPayload == nil {
		return
	}
	c.leftOut(v.FlowAction == "data_exchange", path, " unless flow_action is navigate")
	c.present(path+".screen", v.FlowActionPayload.Screen)
	var data map[string]json.RawMessage
	if raw := v.FlowActionPayload.Data; raw != nil && (json.Unmarshal(raw, &data) != nil || len(data) == 0) {
		c.value(path+".data", "an object that is not empty")
	}
}

// checkCarousel checks the cards of a carousel, which must all be of one form.
func checkCarousel(c *checker, cards []Card) {
	const path = actionPath + ".cards"
	c.count(path, len(cards), minCards, maxCards)
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
		checkCard(c, at, card)
		if i > 0 && form(card) != form(&cards[0]) {
			c.value(at, "like the first card: the same type, header and buttons")
		}
	}
}

func checkCard(c *checker, path string, card *Card) {
	c.oneOf(path+".type", card.Type, InteractiveCTAURL, InteractiveProduct)
	a := card.Action
	if a == nil {
		c.required(path + ".action")
		return
	}
	if card.Type == InteractiveProduct {
		c.leftOut(card.Header != nil, path+".header", " in a product's card")
		c.leftOut(card.Body != nil, path+".body", " in a product's card")
		refuseOtherFields(c, path+".action", a, "catalog_id", "product_retailer_id")
		checkProduct(c, path+".action", a)
		return
	}
	checkCardHeader(c, path+".header", card.Header)
	checkBodyOrFooter(c, path+".body", card.Body, partOptional, maxCardBody)
	if card.Body != nil && strings.Count(card.Body.Text, "\n") > maxCardBreaks {
		c.value(path+".body.text", "of at most 2 line breaks")
	}
	if a.Buttons == nil {
		checkNamedAction(c, path+".action", a, "cta_url", true)
		checkCTA(c, path+".action.parameters", a.Parameters)
		return
	}
	refuseOtherFields(c, path+".action", a, "buttons")
	checkQuickReplies(c, path+".action.buttons", a.Buttons)
}

func checkCardHeader(c *checker, path string, h *Header) {
	if h == nil {
		c.required(path)
		return
	}
	if h.Type != "image" && h.Type != "video" {
		c.oneOf(path+".type", h.Type, "image", "video")
		return
	}
	checkHeader(c, path, h, headerLink)
}

func checkQuickReplies(c *checker, path string, buttons []Button) {
	c.count(path, len(buttons), 1, maxButtons)
	ids, titles := seen{}, seen{}
	for i, b := range buttons {
		at := item(path, i)
		c.oneOf(at+".type", b.Type, "quick_reply")
		c.leftOut(b.Reply != Reply{}, at+".reply", " here")
		if b.QuickReply == nil {
			c.required(at + ".quick_reply")
			continue
		}
		c.id(at+".quick_reply.id", b.QuickReply.ID, maxCardID, ids)
		checkButtonTitle(c, at+".quick_reply.title", b.QuickReply.Title, titles)
	}
}

// form is what must be the same on all cards: type, header and buttons.
func form(card *Card) string {
	parts := []string{card.Type}
	if card.Header != nil {
		parts = append(parts, card.Header.Type)
	}
	if a := card.Action; a != nil {
		parts = append(parts, a.Name, a.CatalogID)
		for _, b := range a.Buttons {
			parts = append(parts, b.Type)
		}
	}
	return strings.Join(parts, "|")
}
