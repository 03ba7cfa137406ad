package whatsapp

import "encoding/json"

// Values of the field of a change that matter to conversations. The set is open.
const (
	FieldMessages          = "messages"
	FieldUserPreferences   = "user_preferences"
	FieldUserIDUpdate      = "user_id_update"
	FieldEchoes            = "smb_message_echoes"
	FieldHistory           = "history"
	FieldAppStateSync      = "smb_app_state_sync"
	FieldCalls             = "calls"
	FieldGroupLifecycle    = "group_lifecycle_update"
	FieldGroupParticipants = "group_participants_update"
	FieldGroupSettings     = "group_settings_update"
	FieldGroupStatus       = "group_status_update"
)

// Preference is what a person wants to get from the business.
type Preference struct {
	WaID         string `json:"wa_id"`
	UserID       string `json:"user_id"`
	ParentUserID string `json:"parent_user_id"`
	Detail       string `json:"detail"`
	// Category is marketing_messages.
	Category string `json:"category"`
	// Value is stop, resume or signup.
	Value     string  `json:"value"`
	Timestamp FlexInt `json:"timestamp"`
	SignupID  string  `json:"signup_id"`
}

// Stopped says whether marketing messages are unwanted now; known is false for a value
// that says neither.
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
	WaID         string    `json:"wa_id"`
	Detail       string    `json:"detail"`
	UserID       ChangedID `json:"user_id"`
	ParentUserID ChangedID `json:"parent_user_id"`
	Timestamp    FlexInt   `json:"timestamp"`
}

// ChangedID is an id before and after a change.
type ChangedID struct {
	Previous string `json:"previous"`
	Current  string `json:"current"`
}

// History is one chunk of the past of a number that is shared with the WhatsApp Business app.
type History struct {
	Metadata HistoryMetadata `json:"metadata"`
	Threads  []Thread        `json:"threads"`
	// Errors says why there is none, such as a business that declined.
	Errors []Error `json:"errors"`
}

// HistoryMetadata says where in the whole a chunk stands.
type HistoryMetadata struct {
	Phase      FlexInt `json:"phase"`
	ChunkOrder FlexInt `json:"chunk_order"`
	// Progress is in percent.
	Progress FlexInt `json:"progress"`
}

// Thread is the past of one chat.
type Thread struct {
	ID       string    `json:"id"`
	Messages []Message `json:"messages"`
}

// HistoryContext says what had become of a message of the past.
type HistoryContext struct {
	Status string `json:"status"`
}

// StateSync is a change in the address book of the WhatsApp Business app.
type StateSync struct {
	// Type is contact.
	Type     string            `json:"type"`
	Contact  SyncedContact     `json:"contact"`
	Action   string            `json:"action"`
	Metadata StateSyncMetadata `json:"metadata"`
}

// SyncedContact is an entry of that address book.
type SyncedContact struct {
	FullName    string `json:"full_name"`
	FirstName   string `json:"first_name"`
	PhoneNumber string `json:"phone_number"`
	UserID      string `json:"user_id"`
}

// StateSyncMetadata says when the change was made.
type StateSyncMetadata struct {
	Timestamp FlexInt `json:"timestamp"`
}

// Call is the beginning or end of a voice call.
type Call struct {
	ID         string `json:"id"`
	From       string `json:"from"`
	FromUserID string `json:"from_user_id"`
	To         string `json:"to"`
	ToUserID   string `json:"to_user_id"`
	// Event is connect or terminate.
	Event     string  `json:"event"`
	Timestamp FlexInt `json:"timestamp"`
	// Direction is USER_INITIATED or BUSINESS_INITIATED.
	Direction             string       `json:"direction"`
	Session               *CallSession `json:"session"`
	Status                string       `json:"status"`
	StartTime             FlexInt      `json:"start_time"`
	EndTime               FlexInt      `json:"end_time"`
	Duration              FlexInt      `json:"duration"`
	BizOpaqueCallbackData string       `json:"biz_opaque_callback_data"`
	CTAPayload            string       `json:"cta_payload"`
	DeeplinkPayload       string       `json:"deeplink_payload"`
	Errors                []Error      `json:"errors"`
}

// CallSession describes the media of a call.
type CallSession struct {
	SDP     string `json:"sdp"`
	SDPType string `json:"sdp_type"`
}

// GroupUpdate is one change of a group; what changed stands in Raw.
type GroupUpdate struct {
	GroupID   string          `json:"group_id"`
	Type      string          `json:"type"`
	Timestamp FlexInt         `json:"timestamp"`
	Raw       json.RawMessage `json:"-"`
}

func (c *cursor) groupUpdate() GroupUpdate {
	var g GroupUpdate
	raw := c.Value()
	c.report("", lenient("groups", raw, &g))
	g.Raw = raw
	return g
}

func (c *cursor) history() History {
	var h History
	c.fields("history", func(key []byte) {
		switch string(key) {
		case "metadata":
			c.report("", lenient("history.metadata", c.Value(), &h.Metadata))
		case "threads":
			elements(c, "history.threads", &h.Threads, (*cursor).thread)
		case "errors":
			elements(c, "history.errors", &h.Errors, unpacked[Error]("history.errors"))
		default:
			c.Skip()
		}
	})
	return h
}

func (c *cursor) thread() Thread {
	var t Thread
	c.fields("history.threads", func(key []byte) {
		switch string(key) {
		case "id":
			c.text("history.threads.id", &t.ID)
		case "messages":
			elements(c, "history.threads.messages", &t.Messages, (*cursor).message)
		default:
			c.Skip()
		}
	})
	return t
}
