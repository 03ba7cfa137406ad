package whatsapp

// typeVoice is what the on-premises API called a recorded voice note.
const typeVoice = "voice"

// missing names the field that a message of its type should have; empty when nothing is missing.
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
	if m.Unsupported != nil || len(m.Errors) > 0 {
		return TypeUnsupported
	}
	return ""
}

// payload reports whether the payload of a type is set, and whether the type should have one.
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
	if field := m.mediaField(t); field != nil {
		return *field
	}
	return nil
}

// mediaField is the field of a type of media; nil for other types.
func (m *Message) mediaField(t string) **Media {
	switch t {
	case TypeImage:
		return &m.Image
	case TypeAudio, typeVoice:
		return &m.Audio
	case TypeVideo:
		return &m.Video
	case TypeDocument:
		return &m.Document
	case TypeSticker:
		return &m.Sticker
	}
	return nil
}
