package whatsapp

// Types of messages that are known here. The set is open: others are kept raw.
const (
	TypeText           = "text"
	TypeImage          = "image"
	TypeAudio          = "audio"
	TypeVideo          = "video"
	TypeDocument       = "document"
	TypeSticker        = "sticker"
	TypeLocation       = "location"
	TypeContacts       = "contacts"
	TypeReaction       = "reaction"
	TypeInteractive    = "interactive"
	TypeButton         = "button"
	TypeOrder          = "order"
	TypeSystem         = "system"
	TypeRequestWelcome = "request_welcome"
	TypeUnsupported    = "unsupported"
	TypeUnknown        = "unknown" // the name of unsupported up to v14.0
	TypeEdit           = "edit"
	TypeRevoke         = "revoke"
)

// CodeUnavailable is the error of a message that a person did send but WhatsApp cannot
// show, such as the first one to a number that is shared with the WhatsApp Business app.
const CodeUnavailable = 131060

// TypedText is what the sender typed; empty for anything but a text message.
func (m *Message) TypedText() string {
	if m.Type != TypeText || m.Text == nil {
		return ""
	}
	return m.Text.Body
}

// ReplyID is the id and title of a tapped reply button, list row or template button. A
// template button without a payload has its text as id. ok is false for everything else.
func (m *Message) ReplyID() (id, title string, ok bool) {
	switch {
	case m.Type == TypeInteractive && m.Interactive != nil:
		return m.Interactive.reply()
	case m.Type == TypeButton && m.Button != nil:
		id = m.Button.Payload
		if id == "" {
			id = m.Button.Text
		}
		return id, m.Button.Text, id != ""
	}
	return "", "", false
}

func (r *InteractiveReply) reply() (id, title string, ok bool) {
	for _, tapped := range []*Reply{r.ButtonReply, r.ListReply} {
		if tapped != nil && tapped.ID != "" {
			return tapped.ID, tapped.Title, true
		}
	}
	return "", "", false
}

// Media is the payload of a picture, a recording, a video, a document or a sticker; nil
// for other types.
func (m *Message) Media() *Media { return m.media(m.Type) }

// UserMessage reports whether a person said something that a bot may answer: whether its [Fate] runs
// the bot. Reactions, edits, revocations, system notices and the like are not, nor is
// anything in a group; an unknown type is, because new ways of saying something come
// without notice.
func (m *Message) UserMessage() bool { return m.Fate().Conversation() }

// automatic reports whether WhatsApp answered for the person.
func (m *Message) automatic() bool {
	return m.Type == TypeInteractive && m.Interactive != nil && m.Interactive.CallPermissionReply != nil &&
		m.Interactive.CallPermissionReply.ResponseSource == "automatic"
}

// HasError reports whether the message carries an error of this code.
func (m *Message) HasError(code int64) bool {
	for _, e := range m.Errors {
		if int64(e.Code) == code {
			return true
		}
	}
	return false
}
