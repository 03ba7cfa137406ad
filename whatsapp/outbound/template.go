package outbound

import "encoding/json"

// Template is an approved template with what fills its places.
type Template struct {
	Name       string      `json:"name"`
	Language   Language    `json:"language"`
	Components []Component `json:"components,omitempty"`
}

// Language chooses the translation of a template.
type Language struct {
	Code string `json:"code"`
	// Policy is deterministic, or empty.
	Policy string `json:"policy,omitempty"`
}

// Component fills one part of a template. Type and SubType may be in either case.
type Component struct {
	// Type is header, body, button, limited_time_offer, carousel or tap_target_configuration.
	Type string `json:"type"`
	// SubType says what a button does, such as quick_reply.
	SubType string `json:"sub_type,omitempty"`
	// Index is the place of a button, "0" to "9".
	Index      string         `json:"index,omitempty" parse:"number"`
	Parameters []Parameter    `json:"parameters,omitempty"`
	Cards      []TemplateCard `json:"cards,omitempty"`
}

// TemplateCard is one card of a template's carousel. CardIndex is written also when 0.
type TemplateCard struct {
	CardIndex  int         `json:"card_index" parse:"required"`
	Components []Component `json:"components"`
}

// Parameter fills one place. Which field is set follows from Type.
type Parameter struct {
	Type string `json:"type"`
	// ParameterName is the name of the place, in templates that have names.
	ParameterName string `json:"parameter_name,omitempty"`

	Text             string          `json:"text,omitempty"`
	Currency         *Currency       `json:"currency,omitempty"`
	DateTime         *DateTime       `json:"date_time,omitempty"`
	Image            *Media          `json:"image,omitempty"`
	Video            *Media          `json:"video,omitempty"`
	Document         *Media          `json:"document,omitempty"`
	Location         *Location       `json:"location,omitempty"`
	Product          *CatalogProduct `json:"product,omitempty"`
	Payload          string          `json:"payload,omitempty"`
	CouponCode       string          `json:"coupon_code,omitempty"`
	Action           *ButtonAction   `json:"action,omitempty"`
	LimitedTimeOffer *Offer          `json:"limited_time_offer,omitempty"`
	TTLMinutes       int             `json:"ttl_minutes,omitempty"`
	TapTargets       []TapTarget     `json:"tap_target_configuration,omitempty"`
}

// Currency is an amount of money, in thousandths.
type Currency struct {
	FallbackValue string `json:"fallback_value"`
	// Code is that of ISO 4217.
	Code       string `json:"code"`
	Amount1000 int64  `json:"amount_1000" parse:"required"`
}

// DateTime is a moment, of which WhatsApp shows FallbackValue.
type DateTime struct {
	FallbackValue string `json:"fallback_value"`
	DayOfWeek     int    `json:"day_of_week,omitempty"`
	Year          int    `json:"year,omitempty"`
	Month         int    `json:"month,omitempty"`
	DayOfMonth    int    `json:"day_of_month,omitempty"`
	// Hour and Minute are written also when 0, if they are set.
	Hour     *int   `json:"hour,omitempty"`
	Minute   *int   `json:"minute,omitempty"`
	Calendar string `json:"calendar,omitempty"`
}

// CatalogProduct names a product and its catalogue.
type CatalogProduct struct {
	ProductRetailerID string `json:"product_retailer_id"`
	CatalogID         string `json:"catalog_id"`
}

// ButtonAction is what a button of a template is given: a Flow's token and data, or
// the products of a list or catalogue. Data and order are kept raw.
type ButtonAction struct {
	FlowToken                  string          `json:"flow_token,omitempty"`
	FlowActionData             json.RawMessage `json:"flow_action_data,omitempty"`
	ThumbnailProductRetailerID string          `json:"thumbnail_product_retailer_id,omitempty"`
	Sections                   []Section       `json:"sections,omitempty"`
	OrderDetails               json.RawMessage `json:"order_details,omitempty"`
}

// Offer says until when an offer holds, in milliseconds since 1970.
type Offer struct {
	ExpirationTimeMs int64 `json:"expiration_time_ms" parse:"required"`
}

// TapTarget leads a tap on the picture of a template to a web address.
type TapTarget struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}
