package outbound

import "github.com/chattigo/api-isv/whatsapp"

// Features that are named in [Check]. Those of the type of an interactive message, and of the buttons
// of a template, are made of the name of the type.
const (
	featureLongList         = "list body above 1024 characters"
	featureCallbackData     = "biz_opaque_callback_data"
	featureRecipient        = "recipient"
	featureGroup            = "group"
	featurePin              = "pin"
	featurePayment          = "interactive order_details and order_status"
	featureTemplateButtons  = "template with more than 3 buttons"
	featureTemplateLocation = "template location header"
	featureTemplateProduct  = "template product header"
	featureTemplateCarousel = "template carousel"
	featureTemplateOffer    = "template limited_time_offer"
	featureTemplateTap      = "template tap_target_configuration"
)

// v16 is the first version that was released after Meta introduced what follows, or the first of those
// that have had it since a day, which stands beside it where Meta names one.
var v16 = whatsapp.Version{Major: 16}

// since lists the features that not every served version has, and the first version that has them, from
// Meta's reference and change log. What is not listed here does not depend on the version.
var since = map[string]whatsapp.Version{
	featureLongList:                        v16,
	featureCallbackData:                    v16, // 2023-11-14
	featureRecipient:                       v16, // 2026-07
	featureGroup:                           v16,
	featurePin:                             v16,
	featurePayment:                         v16,
	"interactive catalog_message":          v16,
	"interactive cta_url":                  v16,
	"interactive flow":                     v16,
	"interactive location_request_message": v16, // 2023-12-18
	"interactive request_contact_info":     v16, // 2026-07
	"interactive carousel":                 v16, // 2025-11-11
	"interactive address_message":          v16,
	"interactive voice_call":               v16,
	"interactive call_permission_request":  v16,
	featureTemplateButtons:                 v16, // 2023-08-08
	featureTemplateLocation:                v16, // 2023-03-14
	featureTemplateProduct:                 v16, // 2024-09-11
	featureTemplateCarousel:                v16,
	featureTemplateOffer:                   v16, // 2023-10-02
	featureTemplateTap:                     v16,
	"template copy_code button":            v16, // 2023-08-08
	"template flow button":                 v16,
	"template catalog button":              v16,
	"template mpm button":                  v16,
	"template order_details button":        v16,
	"template voice_call button":           v16,
}
