package whatsapp

import "encoding/json"

// Types of interactive messages.
const (
	// InteractiveButton is the type of an interactive message with reply buttons.
	InteractiveButton             = "button"
	InteractiveList               = "list"
	InteractiveCTAURL             = "cta_url"
	InteractiveProduct            = "product"
	InteractiveProductList        = "product_list"
	InteractiveCatalog            = "catalog_message"
	InteractiveFlow               = "flow"
	InteractiveLocationRequest    = "location_request_message"
	InteractiveContactInfoRequest = "request_contact_info"
	InteractiveCarousel           = "carousel"
	InteractiveAddress            = "address_message"
	InteractiveCallPermission     = "call_permission_request"
	InteractiveVoiceCall          = "voice_call"
	InteractiveOrderDetails       = "order_details"
	InteractiveOrderStatus        = "order_status"
)

// SendInteractive is a message that is answered with a tap.
type SendInteractive struct {
	// Type is one of the constants, such as InteractiveButton.
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

// SendAction holds what can be tapped; which fields depends on the type of the message.
type SendAction struct {
	// Name says what an action without buttons or sections does, such as "cta_url".
	Name string `json:"name,omitempty"`
	// Buttons belong to a button message and to the cards of a carousel.
	Buttons []SendButton `json:"buttons,omitempty"`
	// Button is the label that opens a list.
	Button string `json:"button,omitempty"`
	// CatalogID and ProductRetailerID belong to products.
	CatalogID         string        `json:"catalog_id,omitempty"`
	ProductRetailerID string        `json:"product_retailer_id,omitempty"`
	Sections          []SendSection `json:"sections,omitempty"`
	Cards             []SendCard    `json:"cards,omitempty"`
	// Parameters is a *CTAParameters, *FlowParameters, *CatalogParameters or RawParameters.
	Parameters Parameters `json:"parameters,omitempty"`
}

// SendButton is a reply button of Type "reply", or a quick reply of Type "quick_reply" on
// the card of a carousel.
type SendButton struct {
	Type       string     `json:"type"`
	Reply      SendReply  `json:"reply,omitzero"`
	QuickReply *SendReply `json:"quick_reply,omitempty"`
}

// SendReply is the id that comes back and the title that is shown.
type SendReply struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// SendSection is a part of a list, with Rows, or of a list of products, with ProductItems.
type SendSection struct {
	Title        string        `json:"title,omitempty"`
	Rows         []SendRow     `json:"rows,omitempty"`
	ProductItems []SendProduct `json:"product_items,omitempty"`
}

// SendRow is one choice of a list.
type SendRow struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// SendProduct names one product of a catalogue.
type SendProduct struct {
	ProductRetailerID string `json:"product_retailer_id"`
}

// SendCard is one card of a carousel. CardIndex is written also when 0.
type SendCard struct {
	CardIndex int `json:"card_index" send:"required"`
	// Type is cta_url, also for quick replies, or product.
	Type   string      `json:"type"`
	Header *SendHeader `json:"header,omitempty"`
	Body   *SendText   `json:"body,omitempty"`
	Action *SendAction `json:"action,omitempty"`
}

// Parameters are those of an action; the set is closed.
type Parameters interface{ parameters() }

// CTAParameters are those of a button that opens a web address.
type CTAParameters struct {
	DisplayText string `json:"display_text"`
	URL         string `json:"url"`
}

// FlowParameters are those of a button that opens a Flow.
type FlowParameters struct {
	// FlowMessageVersion is "3".
	FlowMessageVersion string `json:"flow_message_version" send:"number"`
	// FlowToken comes back with the answer.
	FlowToken string `json:"flow_token,omitempty"`
	// Exactly one of FlowID and FlowName is needed.
	FlowID   string `json:"flow_id,omitempty" send:"number"`
	FlowName string `json:"flow_name,omitempty"`
	FlowCTA  string `json:"flow_cta"`
	// Mode is draft or published.
	Mode string `json:"mode,omitempty"`
	// FlowAction is navigate or data_exchange.
	FlowAction        string       `json:"flow_action,omitempty"`
	FlowActionPayload *FlowPayload `json:"flow_action_payload,omitempty"`
}

// FlowPayload names the first screen of a Flow and what it is given.
type FlowPayload struct {
	Screen string          `json:"screen"`
	Data   json.RawMessage `json:"data,omitempty"`
}

// CatalogParameters choose the product whose picture stands for a catalogue.
type CatalogParameters struct {
	ThumbnailProductRetailerID string `json:"thumbnail_product_retailer_id,omitempty"`
}

// RawParameters are those of addresses, calls and payments: one JSON object, kept as it is.
type RawParameters json.RawMessage

// MarshalJSON writes the object as it is.
func (p RawParameters) MarshalJSON() ([]byte, error) { return p, nil }

func (*CTAParameters) parameters()     {}
func (*FlowParameters) parameters()    {}
func (*CatalogParameters) parameters() {}
func (RawParameters) parameters()      {}
