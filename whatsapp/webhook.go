package whatsapp

import (
	"encoding/json"
	"time"
)

// Webhook is one POST of the Cloud API, flattened: one Value for each entry and change.
type Webhook struct {
	Values []Value
}

// Value is one change. Messages, statuses and errors may share one value.
type Value struct {
	// Account is the id of the WhatsApp Business Account (entry[].id).
	Account string
	// Time is when the change was made, where the entry says so (entry[].time).
	Time time.Time
	// Field says what changed; "messages" is the one with messages and statuses.
	Field string
	// Product is "whatsapp".
	Product string
	// Metadata names the business number; nil where the value has none.
	Metadata *Metadata
	Contacts []Contact
	Messages []Message
	Statuses []Status
	Errors   []Error

	// What the fields beside `messages` hold.
	Preferences   []Preference
	UserIDUpdates []UserIDUpdate
	// Echoes are messages of the business itself, sent from the WhatsApp Business app.
	Echoes    []Message
	History   []History
	StateSync []StateSync
	Calls     []Call
	Groups    []GroupUpdate

	// Raw is the value as it came, for fields that have no type here.
	Raw json.RawMessage
	// Problem says what of the value itself could not be read; empty when all could.
	Problem string
}

// Metadata is the business number that a value belongs to.
type Metadata struct {
	DisplayPhoneNumber string `json:"display_phone_number"`
	PhoneNumberID      string `json:"phone_number_id"`
}

// Contact is a sender's profile. Relate it by WaID or UserID, never by position.
type Contact struct {
	Profile         Profiled `json:"profile"`
	WaID            string   `json:"wa_id"`
	UserID          string   `json:"user_id"`
	ParentUserID    string   `json:"parent_user_id"`
	IdentityKeyHash string   `json:"identity_key_hash"`
}

// Profiled is what a sender shows of themselves.
type Profiled struct {
	Name     string `json:"name"`
	Username string `json:"username"`
}

// Error is an error object of a webhook. Versions before v16.0 have Details flat and no Message;
// titles changed over time, so only Code is fit for decisions.
type Error struct {
	Code    FlexInt   `json:"code"`
	Title   string    `json:"title"`
	Message string    `json:"message"`
	Details string    `json:"details"`
	Data    ErrorData `json:"error_data"`
	Href    string    `json:"href"`
}

// ErrorData holds the details from v16.0 on; some errors have them as a plain string.
type ErrorData struct {
	Details string `json:"details"`
}

// UnmarshalJSON never fails, so that odd details do not lose the code of the error.
func (d *ErrorData) UnmarshalJSON(data []byte) error {
	type fields ErrorData
	var v fields
	if json.Unmarshal(data, &v.Details) != nil {
		_ = lenient("", data, &v)
	}
	*d = ErrorData(v)
	return nil
}

// Detail is the longest explanation that the error has, in either spelling.
func (e Error) Detail() string {
	switch {
	case e.Data.Details != "":
		return e.Data.Details
	case e.Details != "":
		return e.Details
	case e.Message != "":
		return e.Message
	default:
		return e.Title
	}
}

// Status tells what became of a message that the business sent.
type Status struct {
	// ID is the id of the outbound message.
	ID string `json:"id"`
	// Status is sent, delivered, read, played or failed; an open set, ordered by StatusRank.
	Status string `json:"status"`
	// Timestamp is the zero time when missing or unreadable.
	Timestamp                        time.Time       `json:"-"`
	RecipientID                      string          `json:"recipient_id"`
	RecipientType                    string          `json:"recipient_type"`
	RecipientUserID                  string          `json:"recipient_user_id"`
	RecipientParentUserID            string          `json:"recipient_parent_user_id"`
	RecipientParticipantID           string          `json:"recipient_participant_id"`
	ParticipantRecipientID           string          `json:"participant_recipient_id"`
	RecipientParticipantUserID       string          `json:"recipient_participant_user_id"`
	RecipientParticipantParentUserID string          `json:"recipient_participant_parent_user_id"`
	RecipientIdentityKeyHash         string          `json:"recipient_identity_key_hash"`
	BizOpaqueCallbackData            string          `json:"biz_opaque_callback_data"`
	Type                             string          `json:"type"`
	GroupID                          string          `json:"group_id"`
	Conversation                     *Conversation   `json:"conversation"`
	Pricing                          *Pricing        `json:"pricing"`
	Errors                           []Error         `json:"errors"`
	Raw                              json.RawMessage `json:"-"`
	// Problem says what could not be read; empty when all could.
	Problem string `json:"-"`
}

// StatusRank orders what becomes of a message: a status never replaces one of a higher rank,
// because they do not come in order. A failure is final unless the message was delivered
// after all. What is not known here ranks lowest.
func StatusRank(status string) int {
	switch status {
	case "sent":
		return 1
	case "failed":
		return 2
	case "delivered":
		return 3
	case "read":
		return 4
	case "played":
		return 5
	}
	return 0
}

// Conversation is Meta's billing conversation; gone from v24.0 on but for free entry points.
type Conversation struct {
	ID     string `json:"id"`
	Origin struct {
		Type string `json:"type"`
	} `json:"origin"`
	ExpirationTimestamp FlexInt `json:"expiration_timestamp"`
}

// Pricing says what Meta bills for a message.
type Pricing struct {
	Billable     bool   `json:"billable"`
	PricingModel string `json:"pricing_model"`
	Category     string `json:"category"`
	Type         string `json:"type"`
}
