package whatsapp

// Feature is something that a body can use and that not every Graph version has.
type Feature string

// Features of the outbound side. What is not named here does not depend on the version.
const (
	FeatureText              Feature = "text"
	FeatureImage             Feature = "image"
	FeatureAudio             Feature = "audio"
	FeatureVideo             Feature = "video"
	FeatureDocument          Feature = "document"
	FeatureSticker           Feature = "sticker"
	FeatureLocation          Feature = "location"
	FeatureContacts          Feature = "contacts"
	FeatureReaction          Feature = "reaction"
	FeatureContext           Feature = "context"
	FeatureRead              Feature = "read"
	FeatureTyping            Feature = "typing"
	FeatureCallbackData      Feature = "biz_opaque_callback_data"
	FeatureRecipient         Feature = "recipient"
	FeatureGroup             Feature = "group"
	FeaturePin               Feature = "pin"
	FeatureButton            Feature = "interactive button"
	FeatureList              Feature = "interactive list"
	FeatureLongList          Feature = "list body above 1024 characters"
	FeatureProduct           Feature = "interactive product"
	FeatureProductList       Feature = "interactive product_list"
	FeatureCatalog           Feature = "interactive catalog_message"
	FeatureCTAURL            Feature = "interactive cta_url"
	FeatureFlow              Feature = "interactive flow"
	FeatureLocationRequest   Feature = "interactive location_request_message"
	FeatureContactRequest    Feature = "interactive request_contact_info"
	FeatureCarousel          Feature = "interactive carousel"
	FeatureAddress           Feature = "interactive address_message"
	FeatureVoiceCall         Feature = "interactive voice_call"
	FeatureCallPermission    Feature = "interactive call_permission_request"
	FeaturePayment           Feature = "interactive order_details and order_status"
	FeatureTemplate          Feature = "template"
	FeatureTemplateButtons   Feature = "template with more than 3 buttons"
	FeatureTemplateBodyOnly  Feature = "template body above 1024 characters"
	FeatureTemplateLocation  Feature = "template location header"
	FeatureTemplateProduct   Feature = "template product header"
	FeatureTemplateCopyCode  Feature = "template copy_code button"
	FeatureTemplateFlow      Feature = "template flow button"
	FeatureTemplateCatalog   Feature = "template catalog button"
	FeatureTemplateMPM       Feature = "template mpm button"
	FeatureTemplateOrder     Feature = "template order_details button"
	FeatureTemplateVoiceCall Feature = "template voice_call button"
	FeatureTemplateCarousel  Feature = "template carousel"
	FeatureTemplateOffer     Feature = "template limited_time_offer"
	FeatureTemplateTap       Feature = "template tap_target_configuration"
)

// Support says whether a version has a feature. The zero value means that nobody decided.
type Support int

const (
	undecided Support = iota
	// Refused is what a version did not have.
	Refused
	// Dated is what all living versions have since a day, whichever version is named.
	Dated
	// Supported is what a version always had.
	Supported
)

// Allowed says whether a body may use the feature today.
func (s Support) Allowed() bool { return s == Dated || s == Supported }

// Availability is a row of the table of features.
type Availability struct {
	Feature Feature
	// Since is the day (yyyy-mm-dd, or a month) from which the Cloud API takes it; empty where
	// it always did or Meta names none.
	Since string

	v14, v15, later Support
}

// Features is the table of what which version has, from Meta's reference and change log. A
// version that differs from those before gets a column.
func Features() []Availability {
	return append(baseFeatures(), []Availability{
		// None of these existed when v14.0 and v15.0 were current.
		{FeatureLongList, "", Refused, Refused, Dated},
		{FeatureTyping, "2025-04-08", Refused, Refused, Dated},
		{FeatureCallbackData, "2023-11-14", Refused, Refused, Dated},
		{FeatureRecipient, "2026-07", Refused, Refused, Dated},
		{FeatureGroup, "", Refused, Refused, Dated},
		{FeaturePin, "", Refused, Refused, Dated},
		{FeatureCatalog, "", Refused, Refused, Dated},
		{FeatureCTAURL, "", Refused, Refused, Dated},
		{FeatureFlow, "", Refused, Refused, Dated},
		{FeatureLocationRequest, "2023-12-18", Refused, Refused, Dated},
		{FeatureContactRequest, "2026-07", Refused, Refused, Dated},
		{FeatureCarousel, "2025-11-11", Refused, Refused, Dated},
		{FeatureAddress, "", Refused, Refused, Dated},
		{FeatureVoiceCall, "", Refused, Refused, Dated},
		{FeatureCallPermission, "", Refused, Refused, Dated},
		{FeaturePayment, "", Refused, Refused, Dated},
		{FeatureTemplateButtons, "2023-08-08", Refused, Refused, Dated},
		{FeatureTemplateLocation, "2023-03-14", Refused, Refused, Dated},
		{FeatureTemplateProduct, "2024-09-11", Refused, Refused, Dated},
		{FeatureTemplateCopyCode, "2023-08-08", Refused, Refused, Dated},
		{FeatureTemplateFlow, "", Refused, Refused, Dated},
		{FeatureTemplateCatalog, "", Refused, Refused, Dated},
		{FeatureTemplateMPM, "", Refused, Refused, Dated},
		{FeatureTemplateOrder, "", Refused, Refused, Dated},
		{FeatureTemplateVoiceCall, "", Refused, Refused, Dated},
		{FeatureTemplateCarousel, "", Refused, Refused, Dated},
		{FeatureTemplateOffer, "2023-10-02", Refused, Refused, Dated},
		{FeatureTemplateTap, "", Refused, Refused, Dated},
	}...)
}

func baseFeatures() []Availability {
	return []Availability{
		{FeatureText, "", Supported, Supported, Supported},
		{FeatureImage, "", Supported, Supported, Supported},
		{FeatureAudio, "", Supported, Supported, Supported},
		{FeatureVideo, "", Supported, Supported, Supported},
		{FeatureDocument, "", Supported, Supported, Supported},
		{FeatureSticker, "2022-04-05", Supported, Supported, Supported},
		{FeatureLocation, "", Supported, Supported, Supported},
		{FeatureContacts, "", Supported, Supported, Supported},
		{FeatureTemplate, "", Supported, Supported, Supported},
		{FeatureButton, "", Supported, Supported, Supported},
		{FeatureList, "", Supported, Supported, Supported},
		{FeatureContext, "", Supported, Supported, Supported},
		{FeatureRead, "", Supported, Supported, Supported},
		{FeatureReaction, "2022-09-22", Dated, Supported, Supported},
		{FeatureProduct, "2022-08-25", Dated, Supported, Supported},
		{FeatureProductList, "2022-08-25", Dated, Supported, Supported},
		// Listed on the day that v15.0 was.
		{FeatureTemplateBodyOnly, "2022-10-06", Dated, Supported, Supported},
	}
}
