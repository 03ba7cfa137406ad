package outbound

// Limits of the Cloud API, from Meta's reference of the message types. Meta does not say
// what it counts as a character: code points are refused, UTF-16 units only warned about. What is cut
// to a limit fits by both, see [Cut]: there are never fewer units than code points, nor fewer code
// points than what people see as characters.
// The names with "safe" are figures of older or other sources below the documented one;
// they warn. maxOTP only warns too: a template does not say that a text of it is a one-time code,
// so that one is taken for a code by its place, and a guess must refuse nothing.
const (
	maxText         = 4096
	maxCaption      = 1024
	safeFilename    = 240 // another provider's figure; Meta names none
	maxCallbackData = 512
	maxContacts     = 257
	safeContacts    = 5 // Meta's OpenAPI file

	maxBody     = 1024
	maxListBody = 4096
	maxHeader   = 60
	maxFooter   = 60

	maxButtons     = 3
	maxButtonID    = 256
	maxButtonTitle = 20

	maxListLabel      = 20
	maxSections       = 10
	maxSectionTitle   = 24
	maxRows           = 10 // over all sections
	maxRowID          = 200
	maxRowTitle       = 24
	maxRowDescription = 72

	maxCTALabel     = 20
	safeURL         = 2000 // that of templates; none is documented for messages
	maxFlowCTA      = 30
	safeFlowCTA     = 20
	maxProducts     = 30
	minCards        = 2
	maxCards        = 10
	maxCardIndex    = 9
	maxCardBody     = 160
	maxCardBreaks   = 2
	maxCardID       = 20
	maxVoiceTTL     = 43200 // minutes
	maxVoicePayload = 512
	maxPinDays      = 30

	maxTemplateName    = 512
	maxTemplateHeader  = 60
	maxTemplateBody    = 1024  // all texts together
	maxBodyOnly        = 32768 // the same when the body is the only component
	maxOfferBody       = 600   // the same with a limited-time offer
	maxTemplateButtons = 10
	maxParameterName   = 20

	// maxTemplateCardButtons is for each card of a template's carousel, whose body may have
	// maxCardBody like that of other cards.
	maxTemplateCardButtons = 2

	safePayload = 128 // older documents
	maxOTP      = 15
	maxCoupon   = 20
	safeCoupon  = 15 // two other pages; the limit itself for limited-time offers
)
