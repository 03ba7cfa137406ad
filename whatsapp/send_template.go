package whatsapp

import "encoding/json"

// SendTemplate is an approved template with what fills its places.
type SendTemplate struct {
	Name       string          `json:"name"`
	Language   SendLanguage    `json:"language"`
	Components []SendComponent `json:"components,omitempty"`
}

// SendLanguage chooses the translation of a template.
type SendLanguage struct {
	Code string `json:"code"`
	// Policy is deterministic, or empty.
	Policy string `json:"policy,omitempty"`
}

// SendComponent fills one part of a template. Type and SubType may be in either case.
type SendComponent struct {
	// Type is header, body, button, limited_time_offer, carousel or tap_target_configuration.
	Type string `json:"type"`
	// SubType says what a button does, such as quick_reply.
	SubType string `json:"sub_type,omitempty"`
	// Index is the place of a button, "0" to "9".
	Index      string             `json:"index,omitempty" send:"number"`
	Parameters []SendParameter    `json:"parameters,omitempty"`
	Cards      []SendTemplateCard `json:"cards,omitempty"`
}

// SendTemplateCard is one card of a template's carousel. CardIndex is written also when 0.
type SendTemplateCard struct {
	CardIndex  int             `json:"card_index" send:"required"`
	Components []SendComponent `json:"components"`
}

// SendParameter fills one place. Which field is set follows from Type.
type SendParameter struct {
	Type string `json:"type"`
	// ParameterName is the name of the place, in templates that have names.
	ParameterName string `json:"parameter_name,omitempty"`

	Text             string            `json:"text,omitempty"`
	Currency         *SendCurrency     `json:"currency,omitempty"`
	DateTime         *SendDateTime     `json:"date_time,omitempty"`
	Image            *SendMedia        `json:"image,omitempty"`
	Video            *SendMedia        `json:"video,omitempty"`
	Document         *SendMedia        `json:"document,omitempty"`
	Location         *SendLocation     `json:"location,omitempty"`
	Product          *SendShopProduct  `json:"product,omitempty"`
	Payload          string            `json:"payload,omitempty"`
	CouponCode       string            `json:"coupon_code,omitempty"`
	Action           *SendButtonAction `json:"action,omitempty"`
	LimitedTimeOffer *SendOffer        `json:"limited_time_offer,omitempty"`
	TTLMinutes       int               `json:"ttl_minutes,omitempty"`
	TapTargets       []SendTapTarget   `json:"tap_target_configuration,omitempty"`
}

// SendCurrency is an amount of money, in thousandths.
type SendCurrency struct {
	FallbackValue string `json:"fallback_value"`
	// Code is that of ISO 4217.
	Code       string `json:"code"`
	Amount1000 int64  `json:"amount_1000" send:"required"`
}

// SendDateTime is a moment, of which WhatsApp shows FallbackValue.
type SendDateTime struct {
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

// SendShopProduct names a product and its catalogue.
type SendShopProduct struct {
	ProductRetailerID string `json:"product_retailer_id"`
	CatalogID         string `json:"catalog_id"`
}

// SendButtonAction is what a button of a template is given: a Flow's token and data, or
// the products of a list or catalogue. Data and order are kept raw.
type SendButtonAction struct {
	FlowToken                  string          `json:"flow_token,omitempty"`
	FlowActionData             json.RawMessage `json:"flow_action_data,omitempty"`
	ThumbnailProductRetailerID string          `json:"thumbnail_product_retailer_id,omitempty"`
	Sections                   []SendSection   `json:"sections,omitempty"`
	OrderDetails               json.RawMessage `json:"order_details,omitempty"`
}

// SendOffer says until when an offer holds, in milliseconds since 1970.
type SendOffer struct {
	ExpirationTimeMs int64 `json:"expiration_time_ms" send:"required"`
}

// SendTapTarget leads a tap on the picture of a template to a web address.
type SendTapTarget struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}
