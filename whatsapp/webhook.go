package whatsapp

import "time"

// Webhook is one POST of the Cloud API, flattened: one Value for each entry and change.
type Webhook struct {
	Values []Value
}

// Value is one change. Messages, statuses and errors may share one value.
type Value struct {
	// Time is when the change was made, where the entry says so (entry[].time).
	Time time.Time
	// Field says what changed; "messages" is the one with messages and statuses.
	Field string
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
	Echoes     []Message
	VoiceCalls []VoiceCall
	// History, StateSync and Groups count the elements of the lists of these names.
	History, StateSync, Groups int

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
	Profile ContactProfile `json:"profile"`
	WaID    string         `json:"wa_id"`
	UserID  string         `json:"user_id"`
}

// ContactProfile is what a sender shows of themselves.
type ContactProfile struct {
	Name string `json:"name"`
}

// Error is an error object of a webhook. Its texts have other names in other versions and changed over
// time, so only the code is decoded.
type Error struct {
	Code FlexInt `json:"code"`
}

// Status tells what became of a message that the business sent.
type Status struct {
	// ID is the id of the outbound message.
	ID string `json:"id"`
	// Status is sent, delivered, read, played or failed; an open set, ordered by StatusRank.
	Status string `json:"status"`
	// Timestamp is the zero time when missing or unreadable.
	Timestamp       time.Time `json:"-"`
	RecipientID     string    `json:"recipient_id"`
	RecipientType   string    `json:"recipient_type"`
	RecipientUserID string    `json:"recipient_user_id"`
	Type            string    `json:"type"`
	GroupID         string    `json:"group_id"`
	Errors          []Error   `json:"errors"`
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
