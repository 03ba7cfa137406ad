package workflows

import (
	"encoding/json"
	"time"

	"go.temporal.io/sdk/temporal"
)

// Names by which the rest of the world addresses a conversation. They are part of
// every open history: never change one.
const (
	ConversationType = "Conversation"
	SignalInbound    = "inbound"
	QueryState       = "conversation"

	// TaskQueue runs workflows, their local activities and the archive.
	TaskQueue = "chattigo"
	// DeliveriesQueue runs the slow lane: deliveries with long retries, and notices.
	DeliveriesQueue = "chattigo-deliveries"
)

// Status values of the search attribute ChattigoStatus.
const (
	StatusOpen           = "open"
	StatusWaitingWebhook = "waiting_webhook"
)

// AttributeWaID is the channel's waId. Operators search by this and the other three attributes,
// all keywords; each function makes its key anew because a package holds no variables.
func AttributeWaID() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("ChattigoWaId")
}

// AttributeContact is the contact's phone number, or its user id when the phone is not known.
func AttributeContact() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("ChattigoContact")
}

// AttributeBot is name@hash8 of the bot that answers.
func AttributeBot() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("ChattigoBot")
}

// AttributeStatus is one of the Status values.
func AttributeStatus() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("ChattigoStatus")
}

// Envelope is the payload of SignalInbound: messages of one contact, in order, of one POST.
type Envelope struct {
	// At is when the API accepted the POST: the messages' time for everything that is decided.
	At time.Time `json:"at"`
	// Bot is the hash of the definition that the channel had published then.
	Bot      string    `json:"bot"`
	Messages []Inbound `json:"messages,omitempty"`
}

// Inbound is one message of the contact.
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
	// Outcome is the bot's closing reason, or "canceled", "lifetime", "repeat".
	Outcome  string `json:"outcome"`
	Messages int    `json:"messages"`
	Replies  int    `json:"replies"`
}
