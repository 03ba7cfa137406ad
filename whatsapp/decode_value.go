package whatsapp

// decodeValue reads each part on its own, so that one that is broken costs no other. A part
// that comes twice adds to the first.
func (c *cursor) decodeValue(v *Value) {
	c.problem = ""
	c.fields("", func(key []byte) {
		switch string(key) {
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
	v.Problem = c.problem
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
	case "calls":
		elements(c, "calls", &v.VoiceCalls, unpacked[VoiceCall]("calls"))
	case "history":
		c.count("history", &v.History, (*cursor).historyChunk)
	case "state_sync":
		c.count("state_sync", &v.StateSync, skip)
	case "groups":
		c.count("groups", &v.Groups, skip)
	default:
		c.Skip()
	}
}

// count counts the elements of a list.
func (c *cursor) count(name string, n *int, read func(*cursor)) {
	c.list(name, func() {
		if c.full() {
			c.Skip()
			return
		}
		*n++
		read(c)
	})
}

// historyChunk walks one chunk of the past of a number that is shared with the WhatsApp Business app:
// each of its messages is an update, of which a body may hold so many and no more.
func (c *cursor) historyChunk() {
	var ignored int
	c.fields("history", func(key []byte) {
		switch string(key) {
		case "threads":
			c.count("history.threads", &ignored, (*cursor).historyThread)
		case "errors":
			c.count("history.errors", &ignored, skip)
		default:
			c.Skip()
		}
	})
}

func (c *cursor) historyThread() {
	var ignored int
	c.fields("history.threads", func(key []byte) {
		if string(key) == "messages" {
			c.count("history.threads.messages", &ignored, skip)
			return
		}
		c.Skip()
	})
}

func skip(c *cursor) { c.Skip() }

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
		default:
			c.Skip()
		}
	})
	return v
}

func (c *cursor) profile(p *ContactProfile) {
	c.fields("contacts.profile", func(key []byte) {
		if string(key) == "name" {
			c.text("contacts.profile.name", &p.Name)
			return
		}
		c.Skip()
	})
}
