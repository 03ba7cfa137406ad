package outbound

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

// checkTemplateButton checks a button of a template, whose parameters follow from its sub-type.
func checkTemplateButton(c *checker, at string, s *Component, indexes seen, offer bool) {
	c.leftOut(s.Cards != nil, at+".cards", " unless it is a carousel")
	switch {
	case s.Index == "":
		c.required(at + ".index")
	case len(s.Index) != 1 || s.Index[0] < '0' || s.Index[0] > '9':
		c.value(at+".index", `"0" to "9"`)
	case indexes.repeated(s.Index):
		c.add(Problem{Path: at + ".index", Rule: RuleUnique})
	}
	kinds := parametersOf(s.button())
	if kinds == nil {
		c.oneOf(at+".sub_type", s.SubType, buttonQuickReply, buttonURL, buttonCopyCode, buttonFlow,
			buttonCatalog, buttonMPM, buttonOrderDetails, buttonVoiceCall)
		return
	}
	c.count(at+".parameters", len(s.Parameters), 1, len(kinds))
	checkParameters(c, at, s.Parameters, kinds...)
	for i := range s.Parameters {
		checkButtonParameter(c, item(at+".parameters", i), s.button(), &s.Parameters[i], offer)
	}
}

// parametersOf lists the types of parameters that a button may have; nil for an unknown button.
func parametersOf(button string) []string {
	switch button {
	case buttonQuickReply:
		return []string{"payload"}
	case buttonURL:
		return []string{"text"}
	case buttonCopyCode:
		return []string{"coupon_code"}
	case buttonFlow, buttonCatalog, buttonMPM, buttonOrderDetails:
		return []string{"action"}
	case buttonVoiceCall:
		return []string{"ttl_minutes", "payload"}
	}
	return nil
}

func checkButtonParameter(c *checker, at, button string, p *Parameter, offer bool) {
	switch button {
	case buttonQuickReply:
		c.safely(at+".payload", p.Payload, safePayload, len(p.Payload))
	case buttonCopyCode:
		checkCoupon(c, at+".coupon_code", p.CouponCode, offer)
	case buttonVoiceCall:
		c.atMost(at+".payload", p.Payload, maxVoicePayload)
		if p.Type == "ttl_minutes" && (p.TTLMinutes < 1 || p.TTLMinutes > maxVoiceTTL) {
			c.add(Problem{
				Path: at + ".ttl_minutes", Rule: RuleValue, Limit: maxVoiceTTL, Found: p.TTLMinutes,
				Want: "a whole number from 1 to " + itoa(maxVoiceTTL),
			})
		}
	case buttonMPM, buttonOrderDetails, buttonCatalog, buttonFlow:
		if p.Action != nil {
			checkButtonAction(c, at+".action", button, p.Action)
		}
	}
}

func checkCoupon(c *checker, path, code string, offer bool) {
	limit := maxCoupon
	if offer {
		limit = safeCoupon
	}
	c.atMost(path, code, limit)
	c.safely(path, code, safeCoupon, limit)
	if strings.Trim(code, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		c.value(path, "of letters and digits")
	}
}

// checkButtonAction checks the action of a button.
func checkButtonAction(c *checker, path, button string, a *ButtonAction) {
	isMPM := button == buttonMPM
	c.leftOut(a.FlowToken != "" && button != buttonFlow, path+".flow_token", " unless it is a Flow")
	c.leftOut(a.FlowActionData != nil && button != buttonFlow, path+".flow_action_data", " unless it is a Flow")
	c.leftOut(a.Sections != nil && !isMPM, path+".sections", " unless it is a list of products")
	c.leftOut(a.OrderDetails != nil && button != buttonOrderDetails, path+".order_details", " unless it is a payment")
	c.leftOut(a.ThumbnailProductRetailerID != "" && !isMPM && button != buttonCatalog,
		path+".thumbnail_product_retailer_id", " unless it is about products")
	switch {
	case isMPM:
		c.present(path+".thumbnail_product_retailer_id", a.ThumbnailProductRetailerID)
		checkProductSections(c, path+".sections", a.Sections)
	case button == buttonOrderDetails && a.OrderDetails == nil:
		c.required(path + ".order_details")
	case button == buttonOrderDetails:
		readObject(c, path+".order_details", a.OrderDetails)
	case a.FlowActionData != nil:
		readObject(c, path+".flow_action_data", a.FlowActionData)
	}
}

// checkParameters checks that each parameter has one of some types, and the field of its type.
func checkParameters(c *checker, at string, all []Parameter, kinds ...string) {
	for i := range all {
		p, path := &all[i], item(at+".parameters", i)
		before := len(c.problems)
		c.oneOf(path+".type", p.Type, kinds...)
		if len(c.problems) > before {
			continue
		}
		p.fields(func(name string, set bool) {
			switch {
			case name == p.Type && !set:
				c.required(path + "." + name)
			case name != p.Type && set:
				c.leftOut(true, path+"."+name, " unless the type is "+name)
			}
		})
		checkParameter(c, path, p)
	}
}

// fields goes over the fields that a parameter may have.
func (p *Parameter) fields(each func(name string, set bool)) {
	each("text", strings.TrimFunc(p.Text, isBlank) != "")
	each("currency", p.Currency != nil)
	each("date_time", p.DateTime != nil)
	each("image", p.Image != nil)
	each("video", p.Video != nil)
	each("document", p.Document != nil)
	each("location", p.Location != nil)
	each("product", p.Product != nil)
	each("payload", p.Payload != "")
	each("coupon_code", p.CouponCode != "")
	each("action", p.Action != nil)
	each(componentOffer, p.LimitedTimeOffer != nil)
	each("ttl_minutes", p.TTLMinutes != 0)
	each(componentTap, p.TapTargets != nil)
}

func checkParameter(c *checker, path string, p *Parameter) {
	if !utf8.ValidString(p.Text) {
		c.add(Problem{Path: path + ".text", Rule: RuleUTF8})
	}
	checkOneLine(c, path+".text", p.Text)
	if m := p.Image; m != nil {
		checkMedia(c, path+".image", m, mediaRule{})
	}
	if m := p.Video; m != nil {
		checkMedia(c, path+".video", m, mediaRule{})
	}
	if m := p.Document; m != nil {
		checkMedia(c, path+".document", m, mediaRule{filename: true})
	}
	if p.Location != nil {
		checkLocation(c, path+".location", p.Location)
	}
	if v := p.Currency; v != nil {
		c.present(path+".currency.fallback_value", v.FallbackValue)
		checkOneLine(c, path+".currency.fallback_value", v.FallbackValue)
		if len(v.Code) != 3 || !isUpper(v.Code) {
			c.value(path+".currency.code", "a currency code of three letters")
		}
	}
	if v := p.DateTime; v != nil {
		c.present(path+".date_time.fallback_value", v.FallbackValue)
		checkOneLine(c, path+".date_time.fallback_value", v.FallbackValue)
	}
	if v := p.Product; v != nil {
		c.present(path+".product.product_retailer_id", v.ProductRetailerID)
		c.present(path+".product.catalog_id", v.CatalogID)
	}
	if v := p.LimitedTimeOffer; v != nil && v.ExpirationTimeMs <= 0 {
		c.value(path+".limited_time_offer.expiration_time_ms", "a time in milliseconds since 1970")
	}
	for i, target := range p.TapTargets {
		at := item(path+"."+componentTap, i)
		checkButtonLink(c, at+".url", target.URL)
		c.present(at+".title", target.Title)
	}
}
