package whatsapp

import "encoding/json"

// Reaction is an emoji on a message; an empty or missing Emoji takes it back.
type Reaction struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"`
}

// InteractiveReply is the answer to an interactive message. It is read by the keys that
// are present, because Type is not always what the documentation says.
type InteractiveReply struct {
	Type                string               `json:"type"`
	ButtonReply         *Reply               `json:"button_reply"`
	ListReply           *Reply               `json:"list_reply"`
	NFMReply            *NFMReply            `json:"nfm_reply"`
	CallPermissionReply *CallPermissionReply `json:"call_permission_reply"`
}

// Reply is a tapped button or list row.
type Reply struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

// NFMReply is the answer of a form: a Flow, an address or a payment.
type NFMReply struct {
	Name string `json:"name"`
	Body string `json:"body"`
	// ResponseJSON is a JSON text, mostly of an object, that the form made.
	ResponseJSON string `json:"response_json"`
}

// CallPermissionReply says whether the business may call.
type CallPermissionReply struct {
	Response string `json:"response"`
	// ResponseSource is user_action or automatic.
	ResponseSource string `json:"response_source"`
}

// Button is a tap on a quick reply of a template.
type Button struct {
	Payload string `json:"payload"`
	Text    string `json:"text"`
}

// Order is a cart that was sent.
type Order struct {
	CatalogID string `json:"catalog_id"`
	Text      string `json:"text"`
}

// System tells of a change of the sender's number or identity.
type System struct {
	Body string `json:"body"`
	Type string `json:"type"`
	// WaID is the new number; NewWaID is its name up to v11.0.
	WaID    string `json:"wa_id"`
	NewWaID string `json:"new_wa_id"`
	UserID  string `json:"user_id"`
}

// Number is the new phone number, in either spelling; empty when the notice is about
// something else.
func (s *System) Number() string {
	if s.WaID != "" {
		return s.WaID
	}
	return s.NewWaID
}

// Unsupported names what WhatsApp does not hand over, where it does.
type Unsupported struct {
	Type string `json:"type"`
}

// Edit says that the sender changed an earlier message.
type Edit struct {
	OriginalMessageID string `json:"original_message_id"`
	// Message is what it says now, in the shape of a message.
	Message json.RawMessage `json:"message"`
}

// Content reads what the message says now. It is not read at once because an edit may hold
// an edit.
func (e *Edit) Content() Message { return DecodeMessage(e.Message) }

// Revoke says that the sender deleted an earlier message for everyone.
type Revoke struct {
	OriginalMessageID string `json:"original_message_id"`
}
