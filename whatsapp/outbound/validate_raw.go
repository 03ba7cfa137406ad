package outbound

import "encoding/json"

// object reads parameters that are kept raw; nil, and a problem, for what is no object.
func (c *checker) object(path string, raw json.RawMessage) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if !json.Valid(raw) || json.Unmarshal(raw, &fields) != nil || fields == nil {
		c.add(Problem{Path: path, Rule: RuleType, Want: "an object"})
		return nil
	}
	return fields
}

// rawParameters are those of an action, or nil.
func (c *checker) rawParameters(p Parameters) map[string]json.RawMessage {
	raw, ok := p.(RawParameters)
	switch {
	case p == nil: // reported already where they are needed
		return nil
	case !ok:
		c.value(actionPath+".parameters", "raw JSON in this type of message")
		return nil
	}
	return c.object(actionPath+".parameters", json.RawMessage(raw))
}

// string reads a text out of raw parameters.
func (c *checker) string(path string, raw json.RawMessage) (text string, ok bool) {
	if raw == nil || string(raw) == "null" {
		return "", false
	}
	if json.Unmarshal(raw, &text) != nil {
		c.add(Problem{Path: path, Rule: RuleType, Want: "a text"})
		return "", false
	}
	return text, true
}

func (c *checker) address(p Parameters) {
	const path = actionPath + ".parameters"
	fields := c.rawParameters(p)
	if fields == nil {
		return
	}
	country, ok := c.string(path+".country", fields["country"])
	switch {
	case !ok && fields["country"] == nil:
		c.required(path + ".country")
	case ok && (len(country) != 2 || !isUpper(country)):
		c.value(path+".country", "a country code of two letters")
	}
}

func isUpper(text string) bool {
	for _, r := range text {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

func (c *checker) voiceCall(p Parameters) {
	const path = actionPath + ".parameters"
	fields := c.rawParameters(p)
	if text, ok := c.string(path+".display_text", fields["display_text"]); ok {
		c.needed(path+".display_text", text, maxCTALabel)
	}
	if text, ok := c.string(path+".payload", fields["payload"]); ok {
		c.atMost(path+".payload", text, maxVoicePayload)
	}
	if raw := fields["ttl_minutes"]; raw != nil {
		c.within(path+".ttl_minutes", raw, maxVoiceTTL)
	}
}

// within checks a whole number from 1 on.
func (c *checker) within(path string, raw json.RawMessage, most int) {
	var n int
	if json.Unmarshal(raw, &n) != nil || n < 1 || n > most {
		c.add(Problem{Path: path, Rule: RuleValue, Limit: most, Found: n, Want: "a whole number from 1 to " + itoa(most)})
	}
}

// order checks that a payment has its parts; what they hold is between business and bank.
func (c *checker) order(p Parameters, needed ...string) {
	fields := c.rawParameters(p)
	if fields == nil {
		return
	}
	for _, name := range needed {
		if raw := fields[name]; len(raw) == 0 || string(raw) == "null" {
			c.required(actionPath + ".parameters." + name)
		}
	}
}

func (c *checker) pin(raw json.RawMessage) {
	if raw == nil {
		c.required("pin")
		return
	}
	fields := c.object("pin", raw)
	if fields == nil {
		return
	}
	kind, _ := c.string("pin.type", fields["type"])
	c.oneOf("pin.type", kind, "pin", "unpin")
	id, _ := c.string("pin.message_id", fields["message_id"])
	c.present("pin.message_id", id)
	if days := fields["expiration_days"]; days != nil {
		c.within("pin.expiration_days", days, maxPinDays)
	} else if kind == "pin" {
		c.required("pin.expiration_days")
	}
}
