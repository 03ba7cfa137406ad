package whatsapp

import "encoding/json"

// DecodeMessage reads one element of messages[]. It never fails: what cannot be read
// stays zero, Problem says what it was, and Raw keeps it all.
func DecodeMessage(raw json.RawMessage) Message {
	type fields Message
	var wire struct {
		fields
		Timestamp FlexInt `json:"timestamp"`
	}
	problem := lenient(raw, &wire)
	m := Message(wire.fields)
	m.Timestamp, m.Raw, m.Problem = unixTime(wire.Timestamp), raw, problem
	if m.Type == "" {
		m.Type = m.inferType()
	}
	if m.Problem == "" {
		m.Problem = m.missing()
	}
	return m
}

// missing says what a message of its type should have.
func (m *Message) missing() string {
	if m.Type == "" {
		return "type: missing"
	}
	if set, known := m.payload(m.Type); known && !set {
		return m.Type + ": missing"
	}
	return ""
}

// inferType names the payload of a message that does not: old examples of contacts and
// locations have no type.
func (m *Message) inferType() string {
	for _, t := range []string{
		TypeText, TypeImage, TypeAudio, TypeVideo, TypeDocument, TypeSticker, TypeLocation, TypeContacts,
		TypeReaction, TypeInteractive, TypeButton, TypeOrder, TypeSystem, TypeEdit, TypeRevoke,
	} {
		if set, _ := m.payload(t); set {
			return t
		}
	}
	return ""
}

// payload says whether the payload of a type is there, and whether the type is one that
// should have one.
func (m *Message) payload(t string) (set, known bool) {
	switch t {
	case TypeText:
		return m.Text != nil, true
	case TypeImage, TypeAudio, TypeVideo, TypeDocument, TypeSticker:
		return m.media(t) != nil, true
	case TypeLocation:
		return m.Location != nil, true
	case TypeContacts:
		return len(m.Contacts) > 0, true
	case TypeReaction:
		return m.Reaction != nil, true
	case TypeInteractive:
		return m.Interactive != nil, true
	case TypeButton:
		return m.Button != nil, true
	case TypeOrder:
		return m.Order != nil, true
	case TypeSystem:
		return m.System != nil, true
	case TypeEdit:
		return m.Edit != nil, true
	case TypeRevoke:
		return m.Revoke != nil, true
	}
	return false, false
}

func (m *Message) media(t string) *Media {
	switch t {
	case TypeImage:
		return m.Image
	case TypeAudio:
		return m.Audio
	case TypeVideo:
		return m.Video
	case TypeDocument:
		return m.Document
	case TypeSticker:
		return m.Sticker
	}
	return nil
}
