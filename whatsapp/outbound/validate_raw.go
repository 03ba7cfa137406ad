package outbound

import "encoding/json"

// readObject reads parameters that are raw JSON; nil, and a problem, for anything but an object.
func readObject(c *checker, path string, raw json.RawMessage) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if !json.Valid(raw) || json.Unmarshal(raw, &fields) != nil || fields == nil {
		c.add(Problem{Path: path, Rule: RuleType, Want: "an object"})
		return nil
	}
	return fields
}

// readRawParameters reads the parameters of an action; nil if there are none that can be read.
func readRawParameters(c *checker, p Parameters) map[string]json.RawMessage {
	raw, ok := p.(RawParameters)
	switch {
	case p == nil: // reported already where they are needed
		return nil
	case !ok:
		c.value(actionPath+".parameters", "raw JSON in this type of message")
		return nil
	}
	return readObject(c, actionPath+".parameters", json.RawMessage(raw))
}

// readString reads a text of raw parameters; ok is false for a missing one and for another type.
func readString(c *checker, path string, raw json.RawMessage) (text string, ok bool) {
	if raw == nil || string(raw) == "null" {
		return "", false
	}
	if json.Unmarshal(raw, &text) != nil {
		c.add(Problem{Path: path, Rule: RuleType, Want: "a text"})
		return "", false
	}
	return text, true
}

func checkAddress(c *checker, p Parameters) {
	const path = actionPath + ".parameters"
	fields := readRawParameters(c, p)
	if fields == nil {
		return
	}
	country, ok := readString(c, path+".country", fields["country"])
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

func checkVoiceCall(c *checker, p Parameters) {
	const path = actionPath + ".parameters"
	fields := readRawParameters(c, p)
	if text, ok := readString(c, path+".display_text", fields["display_text"]); ok {
		c.needed(path+".display_text", text, maxCTALabel)
	}
	if text, ok := readString(c, path+".payload", fields["payload"]); ok {
		c.atMost(path+".payload", text, maxVoicePayload)
	}
	if raw := fields["ttl_minutes"]; raw != nil {
		checkNumber(c, path+".ttl_minutes", raw, maxVoiceTTL)
	}
}

// checkNumber checks a whole number from 1 to a maximum.
func checkNumber(c *checker, path string, raw json.RawMessage, most int) {
	var n int
	if json.Unmarshal(raw, &n) != nil || n < 1 || n > most {
		c.add(Problem{Path: path, Rule: RuleValue, Limit: most, Found: n, Want: "a whole number from 1 to " + itoa(most)})
	}
}

// checkOrder checks that a payment has its fields; their values are between business and bank.
func checkOrder(c *checker, p Parameters, needed ...string) {
	fields := readRawParameters(c, p)
	if fields == nil {
		return
	}
	for _, name := range needed {
		if raw := fields[name]; len(raw) == 0 || string(raw) == "null" {
			c.required(actionPath + ".parameters." + name)
		}
	}
}

func checkPin(c *checker, raw json.RawMessage) {
	if raw == nil {
		c.required("pin")
		return
	}
	fields := readObject(c, "pin", raw)
	if fields == nil {
		return
	}
	kind, _ := readString(c, "pin.type", fields["type"])
	c.oneOf("pin.type", kind, "pin", "unpin")
	id, _ := readString(c, "pin.message_id", fields["message_id"])
	c.present("pin.message_id", id)
	if days := fields["expiration_days"]; days != nil {
		checkNumber(c, "pin.expiration_days", days, maxPinDays)
	} else if kind == "pin" {
		c.required("pin.expiration_days")
	}
}
