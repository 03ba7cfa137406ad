package outbound

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/chattigo/api-isv/whatsapp"
)

// MessagingProduct is the messaging_product of every message.
const MessagingProduct = "whatsapp"

// Types of recipients.
const (
	// Individual is the recipient type of a message to one person.
	Individual = "individual"
	// Group is the recipient type of a message to a group; To is the group's id then.
	Group = "group"
)

// Types of messages that only go out.
const (
	TypeTemplate = "template"
	TypePin      = "pin"
)

// Message is the body of "send message". Its fields are written in the order of this struct.
// The tag `parse` is for [Parse]: "required" is a field that must be there also when it
// may be zero, "number" a text that may be written as a number.
type Message struct {
	// MessagingProduct is always the constant of that name.
	MessagingProduct string `json:"messaging_product"`
	RecipientType    string `json:"recipient_type,omitempty"`
	// To is a phone number (wa_id); Recipient a business-scoped user id. One of them is needed; To wins.
	To        string   `json:"to,omitempty"`
	Recipient string   `json:"recipient,omitempty"`
	Type      string   `json:"type"`
	Context   *Context `json:"context,omitempty"`
	// BizOpaqueCallbackData comes back in the statuses of the message.
	BizOpaqueCallbackData string `json:"biz_opaque_callback_data,omitempty"`
	// RecipientIdentityKeyHash makes WhatsApp refuse the message when the security code is another.
	RecipientIdentityKeyHash string `json:"recipient_identity_key_hash,omitempty"`

	Text        *TextBody              `json:"text,omitempty"`
	Image       *Media                 `json:"image,omitempty"`
	Audio       *Media                 `json:"audio,omitempty"`
	Video       *Media                 `json:"video,omitempty"`
	Document    *Media                 `json:"document,omitempty"`
	Sticker     *Media                 `json:"sticker,omitempty"`
	Location    *Location              `json:"location,omitempty"`
	Contacts    []whatsapp.ContactCard `json:"contacts,omitempty"`
	Reaction    *Reaction              `json:"reaction,omitempty"`
	Interactive *Interactive           `json:"interactive,omitempty"`
	Template    *Template              `json:"template,omitempty"`
	// Pin is kept raw: {type, message_id, expiration_days}.
	Pin json.RawMessage `json:"pin,omitempty"`
}

// Context quotes an earlier message.
type Context struct {
	MessageID string `json:"message_id"`
}

// TextBody is the payload of a text. PreviewURL is always written, also when false.
type TextBody struct {
	PreviewURL bool   `json:"preview_url"`
	Body       string `json:"body"`
}

// Media names a medium by the id of an upload or by a public link.
type Media struct {
	ID   string `json:"id,omitempty"`
	Link string `json:"link,omitempty"`
	// Caption belongs to pictures, videos and documents that are messages of their own.
	Caption string `json:"caption,omitempty"`
	// Filename belongs to documents.
	Filename string `json:"filename,omitempty"`
	// Voice makes a recording look like a voice note.
	Voice bool `json:"voice,omitempty"`
}

// Location is a place, in degrees. Zeros are written: they are a place too.
type Location struct {
	Latitude  float64 `json:"latitude" parse:"required"`
	Longitude float64 `json:"longitude" parse:"required"`
	Name      string  `json:"name,omitempty"`
	// Address is shown only under a name.
	Address string `json:"address,omitempty"`
}

// Reaction puts an emoji on a message; an empty one takes it back and is written.
type Reaction struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji" parse:"required"`
}

// NewText is a text for a phone number, the fields as the plainest text message has them.
func NewText(to, body string) Message {
	return Message{
		MessagingProduct: MessagingProduct,
		RecipientType:    Individual,
		To:               to,
		Type:             whatsapp.TypeText,
		Text:             &TextBody{Body: body},
	}
}

// usualSize is the room, in bytes, with which the text of a body begins: three buttons or a paragraph fit.
const usualSize = 512

// Encode checks a body and writes it: compact, in the order of the struct's fields,
// without HTML escaping. A body that breaks a rule is an *Invalid.
func Encode(s Message) ([]byte, error) {
	if problems := Validate(s); hasErrors(problems) {
		return nil, &Invalid{Problems: problems}
	}
	buf := bytes.NewBuffer(make([]byte, 0, usualSize))
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// UnmarshalJSON reads a body as [Parse] does; its error is an *Invalid.
func (s *Message) UnmarshalJSON(data []byte) error {
	read, problems := Parse(data)
	if len(problems) > 0 {
		return &Invalid{Problems: problems}
	}
	*s = read
	return nil
}
