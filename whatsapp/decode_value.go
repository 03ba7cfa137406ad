package whatsapp

// decodeValue reads each part on its own, so that one that is broken costs no other. A part
// that comes twice adds to the first.
func (c *cursor) decodeValue(v *Value) {
	start := c.Start()
	c.problem = ""
	c.fields("", func(key []byte) {
		switch string(key) {
		case "messaging_product":
			c.text("messaging_product", &v.Product)
		case "metadata":
			v.Metadata = c.metadata()
		case "contacts":
			elements(c, "contacts", &v.Contacts, (*cursor).contact)
		case "messages":
			elements(c, "messages", &v.Messages, (*cursor).message)
		case "statuses":
			elements(c, "statuses", &v.Statuses, (*cursor).status)
		case "errors":
			elements(c, "errors", &v.Errors, unpacked[Error]("errors"))
		default:
			c.otherPart(v, key)
		}
	})
	v.Raw, v.Problem = c.Since(start), c.problem
}

// otherPart reads the parts of the fields beside `messages`.
func (c *cursor) otherPart(v *Value, key []byte) {
	switch string(key) {
	case "user_preferences":
		elements(c, "user_preferences", &v.Preferences, unpacked[Preference]("user_preferences"))
	case "user_id_update":
		elements(c, "user_id_update", &v.UserIDUpdates, unpacked[UserIDUpdate]("user_id_update"))
	case "message_echoes":
		elements(c, "message_echoes", &v.Echoes, (*cursor).message)
	case "history":
		elements(c, "history", &v.History, (*cursor).history)
	case "state_sync":
		elements(c, "state_sync", &v.StateSync, unpacked[StateSync]("state_sync"))
	case "calls":
		elements(c, "calls", &v.Calls, unpacked[Call]("calls"))
	case "groups":
		elements(c, "groups", &v.Groups, (*cursor).groupUpdate)
	default:
		c.Skip()
	}
}

// elements reads a list, each element on its own.
func elements[T any](c *cursor, name string, into *[]T, read func(*cursor) T) {
	c.list(name, func() {
		if c.full() {
			c.Skip()
			return
		}
		*into = append(*into, read(c))
	})
}

// unpacked reads an element that is not on the hot path.
func unpacked[T any](name string) func(*cursor) T {
	return func(c *cursor) T {
		var element T
		if problem := lenient(name, c.Value(), &element); c.problem == "" {
			c.problem = problem
		}
		return element
	}
}

// metadata is not nil for what has the wrong shape: a value that means to have metadata
// must not be taken for one that has none.
func (c *cursor) metadata() *Metadata {
	if c.null() {
		return nil
	}
	m := &Metadata{}
	c.fields("metadata", func(key []byte) {
		switch string(key) {
		case "display_phone_number":
			c.text("metadata.display_phone_number", &m.DisplayPhoneNumber)
		case "phone_number_id":
			c.text("metadata.phone_number_id", &m.PhoneNumberID)
		default:
			c.Skip()
		}
	})
	return m
}

func (c *cursor) contact() Contact {
	var v Contact
	c.fields("contacts", func(key []byte) {
		switch string(key) {
		case "profile":
			c.profile(&v.Profile)
		case "wa_id":
			c.text("contacts.wa_id", &v.WaID)
		case "user_id":
			c.text("contacts.user_id", &v.UserID)
		case "parent_user_id":
			c.text("contacts.parent_user_id", &v.ParentUserID)
		case "identity_key_hash":
			c.text("contacts.identity_key_hash", &v.IdentityKeyHash)
		default:
			c.Skip()
		}
	})
	return v
}

func (c *cursor) profile(p *Profiled) {
	c.fields("contacts.profile", func(key []byte) {
		switch string(key) {
		case "name":
			c.text("contacts.profile.name", &p.Name)
		case "username":
			c.text("contacts.profile.username", &p.Username)
		default:
			c.Skip()
		}
	})
}
