package chat

import (
	"encoding/json"
	"time"

	"github.com/chattigo/api-isv/bot"
)

// Input is one turn. Everything that Run decides by is in it.
type Input struct {
	// Conversation is the conversation's id. Reply-id tags and webhook-ids depend on it.
	Conversation string
	// WaID and UserID are the contact's phone number and user id; at least one is known.
	WaID   string
	UserID string
	// State is nil until the contact has said something.
	State *bot.State
	// Messages are what waits, in recorded order.
	Messages []Incoming
	// Timers are all that are set. Idle ones do not fire while Hold is set: the question has
	// not reached the contact.
	Timers []bot.Timer
	Hold   bool
	// Until is the deadline of a timer that has fired; zero when none has.
	Until time.Time
	// Handoff is what is known of a handoff before the turn.
	Handoff *bot.Handoff
	// Result is the outcome of the call in flight; it comes before the messages. CallFor is the
	// contact's message that led to that call, empty when none did.
	Result  *CallOutcome
	CallFor string

	// Repeats are the ids of messages that were handled in an earlier turn or conversation.
	Repeats map[string]bool `json:"-"`
	// Late reports whether the turn takes too long: no further message is begun then, and the rest waits
	// for the next turn. nil is never.
	Late func() bool `json:"-"`
	// Opening is used if the turn opens the conversation.
	Opening Opening `json:"-"`
}

// Incoming is one element of a turn: a message of the contact, an echo of a message that a person
// of the business wrote, or a control.
type Incoming struct {
	// ID is the message's or, of a control, its cause: it occurs once in a conversation.
	ID string
	// At is the message's time as its envelope recorded it.
	At time.Time
	// Timestamp is Meta's time in Unix seconds; 0 when unknown.
	Timestamp int64
	// WaID and UserID are what was known of the contact when the message came; both may be empty.
	WaID, UserID string
	// Name is the contact's profile name, where known.
	Name string
	Body json.RawMessage
	// Echo marks a message that a person of the business wrote.
	Echo bool
	// Control is set instead of all above but ID and At.
	Control *Control
}

// Control is what an operator, a cancellation or the conversation's lifetime asks for. It stands in
// histories.
type Control struct {
	Kind bot.Control `json:"control"`
	// Reason is why to close, or why a question was not said.
	Reason string `json:"reason,omitempty"`
	// Ask is the number of a question that was not said.
	Ask int `json:"ask,omitempty"`
	// Note is for the person who takes over.
	Note string `json:"note,omitempty"`
	// Silent closes without a word to the contact or the ISV.
	Silent bool `json:"silent,omitempty"`
}

// CallOutcome is the result of a call, and when it came.
type CallOutcome struct {
	Result bot.CallResult `json:"result"`
	// At is the recorded end of the call: the time of the event that its result is.
	At time.Time `json:"at"`
}
