package workflows

import (
	"encoding/json"
	"time"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/whatsapp"
)

// Names by which others address a conversation. They are part of every open history: never change
// one.
const (
	ConversationType = "Conversation"
	SignalInbound    = "inbound"
	QueryState       = "conversation"
	UpdateClose      = "close"
	UpdateHandoff    = "handoff"
	UpdateResume     = "resume"
	// UpdateRetry and SignalRetry make what waits be tried at once: the update in a conversation, the signal
	// in the workflows Notice and Events.
	UpdateRetry = "retry"
	SignalRetry = "retry"
	// SignalAgain lets a Drain begin once more, and Events look for new ones.
	SignalAgain = "again"

	// NoticeType carries a close notice on, DrainType makes all that waits for a channel's webhook be
	// tried at once, EventsType sends a channel's events to its ISV's back office, RecoveryType ends a conversation that was terminated, SweepType finds them.
	NoticeType   = "Notice"
	DrainType    = "Drain"
	EventsType   = "Events"
	RecoveryType = "Recovery"
	SweepType    = "Sweep"
	// ReplayType sends dead letters of a channel again.
	ReplayType = "Replay"

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
	// StatusClosing is no value of the search attribute: the conversation closes, and refuses updates.
	StatusClosing = "closing"
)

// Envelope is the payload of SignalInbound: messages of one contact, in order, of one POST.
type Envelope struct {
	// At is when the API accepted the POST. It is the messages' time in every decision.
	At time.Time `json:"at"`
	// Bot is the hash of the definition that the channel had published then.
	Bot string `json:"bot"`
	// WaID and UserID are the identities of the contact that the API knows: a conversation that was
	// opened under one of them learns the other.
	WaID     string    `json:"waId,omitempty"`
	UserID   string    `json:"userId,omitempty"`
	Messages []Inbound `json:"messages,omitempty"`
	// Merged closes the conversation without a word: another one of the same person goes on.
	Merged bool `json:"merged,omitempty"`
	// Retry makes what waits for the webhook be tried at once.
	Retry bool `json:"retry,omitempty"`
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
	// Echo reports whether a person of the business wrote this to the contact, in the WhatsApp
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

// RetryRequest is the argument of UpdateRetry; none is like an empty one.
type RetryRequest struct {
	Addressee
}

// Addressee names the conversation that an update is for: the contact's next one runs under the same
// workflow id.
type Addressee struct {
	// Conversation is an id, and any other conversation refuses the update; empty means whichever is
	// open.
	Conversation string `json:"conversation,omitempty"`
}

// ControlResult is what an update returns once it is accepted. Its control is applied after the
// messages that came before it.
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
	// MaxEvents bounds the events of a run, where the server would let it grow longer; 0 leaves it to
	// the server. The API never sets it. The end-to-end tests do, to get runs of 30 events, and the
	// histories of the corpus that they recorded continue as new where they do because it is set.
	MaxEvents int `json:"maxEvents,omitempty"`
	// Carried is what the run before handed over; nil at the start.
	Carried *Carried `json:"carried,omitempty"`
}

// Contact is the key under which the contact is known: the phone number if there is one.
func (in ConversationInput) Contact() string {
	return whatsapp.Identity{WaID: in.WaID, UserID: in.UserID}.Key()
}

// NoticeID is the id of the workflow that carries a conversation's notice on.
func NoticeID(conversation string) string { return "notice:" + conversation }

// DrainID is the id of the workflow that drains a channel: there is one at a time.
func DrainID(channel string) string { return "drain:" + channel }

// DrainInput starts a Drain, or carries it into a new run.
type DrainInput struct {
	// Channel is the channel's waId.
	Channel string `json:"channel"`
	// Pass counts the passes that are done, After is the last conversation of the present one.
	Pass    int    `json:"pass,omitempty"`
	After   string `json:"after,omitempty"`
	Retried int    `json:"retried,omitempty"`
}

// EventsID is the id of the workflow that sends a channel's events: there is one at a time.
func EventsID(channel string) string { return "events:" + channel }

// EventsInput starts an Events, or carries it into a new run.
type EventsInput struct {
	// Channel is the channel's waId.
	Channel string `json:"channel"`
	// Sent counts the events that were accepted, Dead those that were given up.
	Sent int `json:"sent,omitempty"`
	Dead int `json:"dead,omitempty"`
}

// EventsResult is the result of an Events.
type EventsResult struct {
	Sent int `json:"sent"`
	Dead int `json:"dead,omitempty"`
}

// DrainResult is the result of a Drain.
type DrainResult struct {
	// Retried counts the conversations that were asked to try again, each once a pass.
	Retried int `json:"retried"`
}

// ReplayID is the id of the workflow that replays a channel's dead letters: there is one at a time.
func ReplayID(channel string) string { return "replay:" + channel }

// ReplayInput starts a Replay, or carries it into a new run.
type ReplayInput struct {
	activities.ReplayInput

	// Count is how many dead letters are on its list.
	Count int `json:"count"`
	// Since is when the first run began; zero in that.
	Since time.Time `json:"since,omitzero"`
	// Sent counts those that were taken, Left those that stay dead after their tries.
	Sent int `json:"sent,omitempty"`
	Left int `json:"left,omitempty"`
}

// ReplaySummary is the result of a Replay.
type ReplaySummary struct {
	ID    string `json:"id"`
	Count int    `json:"count"`
	Sent  int    `json:"sent"`
	Left  int    `json:"left"`
	// Unsent counts those that were not tried again because the replay ended before; Why says why it did.
	Unsent int    `json:"unsent,omitempty"`
	Why    string `json:"why,omitempty"`
}

// ConversationResult is what the run of an ended conversation returns.
type ConversationResult struct {
	Conversation string `json:"conversation"`
	// Outcome is the bot's or the operator's closing reason, or one of the Outcome values.
	Outcome  string `json:"outcome"`
	Messages int    `json:"messages"`
	Replies  int    `json:"replies"`
}
