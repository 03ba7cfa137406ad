package outbound

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

// Interactive is a message that is answered with a tap.
type Interactive struct {
	// Type is one of the constants, such as InteractiveButton.
	Type   string  `json:"type"`
	Header *Header `json:"header,omitempty"`
	Body   *Text   `json:"body,omitempty"`
	Footer *Text   `json:"footer,omitempty"`
	Action *Action `json:"action,omitempty"`
}

// Text is a body or a footer.
type Text struct {
	Text string `json:"text"`
}

// Header stands above the body: a text or one medium, as Type says.
type Header struct {
	Type     string `json:"type"`
	Text     string `json:"text,omitempty"`
	Image    *Media `json:"image,omitempty"`
	Video    *Media `json:"video,omitempty"`
	Document *Media `json:"document,omitempty"`
}

// Action holds what can be tapped; which fields depends on the type of the message.
type Action struct {
	// Name says what an action without buttons or sections does, such as "cta_url".
	Name string `json:"name,omitempty"`
	// Buttons belong to a button message and to the cards of a carousel.
	Buttons []Button `json:"buttons,omitempty"`
	// Button is the label that opens a list.
	Button string `json:"button,omitempty"`
	// CatalogID and ProductRetailerID belong to products.
	CatalogID         string    `json:"catalog_id,omitempty"`
	ProductRetailerID string    `json:"product_retailer_id,omitempty"`
	Sections          []Section `json:"sections,omitempty"`
	Cards             []Card    `json:"cards,omitempty"`
	// Parameters is a *CTAParameters, *FlowParameters, *CatalogParameters or RawParameters.
	Parameters Parameters `json:"parameters,omitempty"`
}

// Button is a reply button of Type "reply", or a quick reply of Type "quick_reply" on
// the card of a carousel.
type Button struct {
	Type       string `json:"type"`
	Reply      Reply  `json:"reply,omitzero"`
	QuickReply *Reply `json:"quick_reply,omitempty"`
}

// Reply is the id that comes back and the title that is shown.
type Reply struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Section is a part of a list, with Rows, or of a list of products, with ProductItems.
type Section struct {
	Title        string    `json:"title,omitempty"`
	Rows         []Row     `json:"rows,omitempty"`
	ProductItems []Product `json:"product_items,omitempty"`
}

// Row is one choice of a list.
type Row struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// Product names one product of a catalogue.
type Product struct {
	ProductRetailerID string `json:"product_retailer_id"`
}

// Card is one card of a carousel. CardIndex is written also when 0.
type Card struct {
	CardIndex int `json:"card_index" parse:"required"`
	// Type is cta_url, also for quick replies, or product.
	Type   string  `json:"type"`
	Header *Header `json:"header,omitempty"`
	Body   *Text   `json:"body,omitempty"`
	Action *Action `json:"action,omitempty"`
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
	FlowMessageVersion string `json:"flow_message_version" parse:"number"`
	// FlowToken comes back with the answer.
	FlowToken string `json:"flow_token,omitempty"`
	// Exactly one of FlowID and FlowName is needed.
	FlowID   string `json:"flow_id,omitempty" parse:"number"`
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
