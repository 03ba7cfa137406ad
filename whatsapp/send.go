package whatsapp

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Product is what every body says in messaging_product.
const Product = "whatsapp"

// Individual is the recipient type of a message to one person.
const Individual = "individual"

// Send is the body of "send message". Its fields are written in the order of this struct.
type Send struct {
	// MessagingProduct is always [Product].
	MessagingProduct string `json:"messaging_product"`
	RecipientType    string `json:"recipient_type,omitempty"`
	// To is a phone number (wa_id); Recipient a business-scoped user id. One of them is needed; To wins.
	To        string       `json:"to,omitempty"`
	Recipient string       `json:"recipient,omitempty"`
	Type      string       `json:"type"`
	Context   *SendContext `json:"context,omitempty"`
	// BizOpaqueCallbackData comes back in the statuses of the message.
	BizOpaqueCallbackData string `json:"biz_opaque_callback_data,omitempty"`

	Text        *TextBody        `json:"text,omitempty"`
	Interactive *SendInteractive `json:"interactive,omitempty"`
}

// SendContext quotes an earlier message.
type SendContext struct {
	MessageID string `json:"message_id"`
}

// TextBody is the payload of a text. PreviewURL is always written, also when false.
type TextBody struct {
	PreviewURL bool   `json:"preview_url"`
	Body       string `json:"body"`
}

// InteractiveButton is the type of an interactive message with reply buttons.
const InteractiveButton = "button"

// SendInteractive is a message that is answered with a tap.
type SendInteractive struct {
	// Type is InteractiveButton.
	Type   string      `json:"type"`
	Header *SendHeader `json:"header,omitempty"`
	Body   *SendText   `json:"body,omitempty"`
	Footer *SendText   `json:"footer,omitempty"`
	Action *SendAction `json:"action,omitempty"`
}

// SendText is a body or a footer.
type SendText struct {
	Text string `json:"text"`
}

// SendHeader stands above the body: a text or one medium, as Type says.
type SendHeader struct {
	Type     string     `json:"type"`
	Text     string     `json:"text,omitempty"`
	Image    *SendMedia `json:"image,omitempty"`
	Video    *SendMedia `json:"video,omitempty"`
	Document *SendMedia `json:"document,omitempty"`
}

// SendMedia names a medium by the id of an upload or by a public link.
type SendMedia struct {
	ID       string `json:"id,omitempty"`
	Link     string `json:"link,omitempty"`
	Filename string `json:"filename,omitempty"`
}

// SendAction holds what can be tapped.
type SendAction struct {
	Buttons []SendButton `json:"buttons,omitempty"`
}

// SendButton is a reply button; Type is "reply".
type SendButton struct {
	Type  string    `json:"type"`
	Reply SendReply `json:"reply"`
}

// SendReply is the id that comes back and the title that is shown.
type SendReply struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// NewText is a text for a phone number, the fields as the plainest text message has them.
func NewText(to, body string) Send {
	return Send{
		MessagingProduct: Product,
		RecipientType:    Individual,
		To:               to,
		Type:             TypeText,
		Text:             &TextBody{Body: body},
	}
}

// Encode checks a body and writes it: compact, in the order of the struct's fields,
// without HTML escaping. A body that breaks a rule is an *Invalid.
func Encode(s Send) ([]byte, error) {
	if problems := Validate(s); hasErrors(problems) {
		return nil, &Invalid{Problems: problems}
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
