package whatsapp

import (
	"encoding/json"
)

// DecodeMessage reads one element of messages[]. It never fails: what cannot be read
// stays zero, Problem says what it was, and Raw keeps it all.
func DecodeMessage(raw json.RawMessage) Message {
	if !json.Valid(raw) {
		return Message{Raw: raw, Problem: "not readable"}
	}
	c := newCursor(raw)
	m := c.message()
	m.Raw = raw
	return m
}

func (c *cursor) message() Message {
	var m Message
	outer := c.problem
	c.problem = ""
	start := c.Start()
	c.fields("", func(key []byte) {
		if into := m.stringField(string(key)); into != nil {
			c.text(string(key), into)
			return
		}
		c.messagePart(&m, key)
	})
	m.Raw, m.Problem = c.Since(start), c.problem
	c.problem = outer
	m.settle()
	return m
}

// settle infers a missing type, and reports a missing payload as the problem.
func (m *Message) settle() {
	switch m.Type {
	case "":
		m.Type = m.inferType()
	case typeVoice:
		m.Type = TypeAudio
	}
	if m.Problem == "" {
		m.Problem = m.missing()
	}
}

// stringField is the field of a key whose value is a string; nil for other keys.
func (m *Message) stringField(key string) *string {
	switch key {
	case "from":
		return &m.From
	case "from_user_id":
		return &m.FromUserID
	case "to":
		return &m.To
	case "to_user_id":
		return &m.ToUserID
	case "group_id":
		return &m.GroupID
	case "id":
		return &m.ID
	case "type":
		return &m.Type
	}
	return nil
}

// messagePart reads the fields of most messages by hand, which is faster, and leaves the others to
// encoding/json.
func (c *cursor) messagePart(m *Message, key []byte) {
	switch string(key) {
	case "timestamp":
		m.Timestamp = unixTime(c.integer())
	case "text":
		m.Text = c.textPayload()
	case "context":
		m.Context = c.context()
	case "referral":
		unpack(c, "referral", &m.Referral)
	case "errors":
		elements(c, "errors", &m.Errors, unpacked[Error]("errors"))
	default:
		c.payload(m, string(key))
	}
}

// payload reads the payload under the name of its type.
func (c *cursor) payload(m *Message, key string) {
	switch key {
	case TypeImage, TypeAudio, TypeVideo, TypeDocument, TypeSticker, typeVoice:
		unpack(c, key, m.mediaField(key))
	case TypeLocation:
		unpack(c, key, &m.Location)
	case TypeContacts:
		unpackList(c, key, &m.Contacts)
	case TypeReaction:
		unpack(c, key, &m.Reaction)
	case TypeInteractive:
		unpack(c, key, &m.Interactive)
	case TypeButton:
		unpack(c, key, &m.Button)
	case TypeOrder:
		unpack(c, key, &m.Order)
	case TypeSystem:
		unpack(c, key, &m.System)
	case TypeUnsupported:
		unpack(c, key, &m.Unsupported)
	case TypeEdit:
		unpack(c, key, &m.Edit)
	case TypeRevoke:
		unpack(c, key, &m.Revoke)
	default:
		c.Skip()
	}
}

// unpack reads a payload. One of the wrong shape reads as an empty one.
func unpack[T any](c *cursor, name string, into **T) {
	c.report("", lenient(name, c.Value(), into))
}

// unpackList reads a list of cards, each on its own.
func unpackList(c *cursor, name string, into *[]ContactCard) {
	elements(c, name, into, unpacked[ContactCard](name))
}

func (c *cursor) textPayload() *Text {
	if c.null() {
		return nil
	}
	t := &Text{}
	c.fields("text", func(key []byte) {
		if string(key) == "body" {
			c.text("text.body", &t.Body)
			return
		}
		c.Skip()
	})
	return t
}

func (c *cursor) context() *Context {
	if c.null() {
		return nil
	}
	v := &Context{}
	c.fields("context", func(key []byte) {
		if string(key) == "id" {
			c.text("context.id", &v.ID)
			return
		}
		c.Skip()
	})
	return v
}
