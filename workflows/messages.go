package workflows

import (
	"encoding/json"
	"time"
)

// Names by which the rest of the world addresses a conversation. They are part of
// every open history: never change one.
const (
	ConversationType = "Conversation"
	SignalInbound    = "inbound"
	QueryState       = "conversation"
	UpdateClose      = "close"
	UpdateHandoff    = "handoff"
	UpdateResume     = "resume"

	// NoticeType carries a close notice on, RecoveryType ends what was terminated, SweepType
	// looks for it.
	NoticeType   = "Notice"
	RecoveryType = "Recovery"
	SweepType    = "Sweep"

	// TaskQueue runs workflows, their local activities and the archive.
	TaskQueue = "chattigo"
	// DeliveriesQueue runs the slow lane: deliveries with long retries, and notices.
	DeliveriesQueue = "chattigo-deliveries"
)

// Status values of the search attribute ChattigoStatus.
const (
	StatusOpen           = "open"
	StatusWaitingWebhook = "waiting_webhook"
	// StatusHandedOff is a conversation whose bot is mute: a person answers.
	StatusHandedOff = "handed_off"
	// StatusClosing is no search attribute: the end is under way, and no update is taken.
	StatusClosing = "closing"
)

// Envelope is the payload of SignalInbound: messages of one contact, in order, of one POST.
type Envelope struct {
	// At is when the API accepted the POST: the messages' time for everything that is decided.
	At time.Time `json:"at"`
	// Bot is the hash of the definition that the channel had published then.
	Bot string `json:"bot"`
	// WaID and UserID are what is known of the contact by now: a conversation that was opened
	// under one of them learns the other.
	WaID     string    `json:"waId,omitempty"`
	UserID   string    `json:"userId,omitempty"`
	Messages []Inbound `json:"messages,omitempty"`
	// Merged closes the conversation without a word: another one of the same person goes on.
	Merged bool `json:"merged,omitempty"`
}

// Inbound is one message of the contact, or an echo.
type Inbound struct {
	// ID is the message's id, or "raw:" and a hash of its bytes when it has none.
	ID   string `json:"id"`
	Type string `json:"type,omitempty"`
	// Timestamp is Meta's time in Unix seconds, 0 when missing or unreadable.
	Timestamp int64 `json:"timestamp,omitempty"`
	// Name is the contact's profile name, where the webhook gave one.
	Name string `json:"name,omitempty"`
	// Message is the message as it came. Above 128 KiB only the decoded fields are kept and Cut is set.
	Message json.RawMessage `json:"message"`
	Cut     bool            `json:"cut,omitempty"`
	// Echo says that a person of the business wrote this to the contact, from the WhatsApp
	// Business app: it mutes the bot. An echo alone starts no conversation.
	Echo bool `json:"echo,omitempty"`
}

// CloseRequest is the argument of UpdateClose; none is like an empty one.
type CloseRequest struct {
	// Reason becomes the conversation's outcome: 1 to 32 of a-z, 0-9 and _. Empty means
	// "operator".
	Reason string `json:"reason,omitempty"`
	Addressee
}

// HandoffRequest is the argument of UpdateHandoff; none is like an empty one.
type HandoffRequest struct {
	// Note is kept in the transcript, for whoever takes over: at most 500 bytes.
	Note string `json:"note,omitempty"`
	Addressee
}

// ResumeRequest is the argument of UpdateResume; none is like an empty one.
type ResumeRequest struct {
	Addressee
}

// Addressee says which conversation is meant: the contact's next one runs under the same
// workflow id.
type Addressee struct {
	// Conversation is refused by any other than the one of that id; empty means whichever is
	// open.
	Conversation string `json:"conversation,omitempty"`
}

// ControlResult is what an update returns once it is accepted; what it asks for is done in
// its turn, after the messages that came before it.
type ControlResult struct {
	Conversation string `json:"conversation"`
	// Status is what the conversation's status is going to be.
	Status string `json:"status"`
}

// ConversationInput starts a conversation, or carries it into a new run.
type ConversationInput struct {
	// Channel is the channel's waId.
	Channel string `json:"channel"`
	// WaID and UserID are the contact's identities; at least one is set.
	WaID   string `json:"waId,omitempty"`
	UserID string `json:"userId,omitempty"`
	// MaxEvents continues as new beyond this many events; 0 leaves it to the server. For tests.
	MaxEvents int `json:"maxEvents,omitempty"`
	// Carried is what an earlier run of the same workflow handed over; nil at the start.
	Carried *Carried `json:"carried,omitempty"`
}

// Contact is the key under which the contact is known: the phone number if there is one.
func (in ConversationInput) Contact() string {
	if in.WaID != "" {
		return in.WaID
	}
	return in.UserID
}

// ConversationResult is what the run of an ended conversation returns.
type ConversationResult struct {
	Conversation string `json:"conversation"`
	// Outcome is the bot's or the operator's closing reason, or one of the Outcome values.
	Outcome  string `json:"outcome"`
	Messages int    `json:"messages"`
	Replies  int    `json:"replies"`
}
