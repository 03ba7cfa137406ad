package whatsapp

// FieldMessages is the field of a change that holds messages and statuses.
const FieldMessages = "messages"

// Preference says whether a person wants marketing messages of the business.
type Preference struct {
	WaID   string `json:"wa_id"`
	UserID string `json:"user_id"`
	// Value is stop, resume or signup.
	Value     string  `json:"value"`
	Timestamp FlexInt `json:"timestamp"`
}

// Stopped reports whether marketing messages are unwanted now; known is false for a value that says
// neither.
func (p Preference) Stopped() (stopped, known bool) {
	switch p.Value {
	case "stop":
		return true, true
	case "resume", "signup":
		return false, true
	}
	return false, false
}

// UserIDUpdate says that a person has a new business-scoped user id.
type UserIDUpdate struct {
	WaID      string    `json:"wa_id"`
	UserID    ChangedID `json:"user_id"`
	Timestamp FlexInt   `json:"timestamp"`
}

// ChangedID is an id before and after a change.
type ChangedID struct {
	Previous string `json:"previous"`
	Current  string `json:"current"`
}

// VoiceCall is the beginning or end of a voice call.
type VoiceCall struct {
	From       string  `json:"from"`
	FromUserID string  `json:"from_user_id"`
	Timestamp  FlexInt `json:"timestamp"`
	// Direction is USER_INITIATED or BUSINESS_INITIATED.
	Direction string `json:"direction"`
}
