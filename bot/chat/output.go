package chat

import (
	"encoding/json"
	"time"

	"github.com/chattigo/api-isv/bot"
)

const (
	// maxTurnBytes ends a turn early, by the size of what it says and of what it answers, in
	// bytes. One event adds at most 128 KiB to either, which keeps the output, a marker in the
	// history, under 256 KiB, and what a turn adds to the transcript under 512 KiB.
	maxTurnBytes = 128 << 10
	// sendOverhead is what a send takes in the output beside its body and cause, in bytes.
	sendOverhead = 256
	// maxNote bounds a note, in bytes; noteOverhead is what it takes in the output beside its text.
	maxNote      = 4 << 10
	noteOverhead = 64
)

// Output is the result of a turn. It stands in histories, but for what is tagged "-".
type Output struct {
	// State is nil while nobody has said anything new.
	State *bot.State `json:"state,omitempty"`
	// Opened is Input.Opening, if the turn opened the conversation: it is read outside of the workflow,
	// and the archive keeps it.
	Opened *Opening `json:"opened,omitempty"`
	// Label is name@hash8 of the bot.
	Label string `json:"label,omitempty"`
	// Handled counts the messages that were handled or deferred, in order; the rest waits.
	Handled int `json:"handled,omitempty"`
	// Deferred are the indexes of handled messages that have to come again after the call in flight.
	Deferred []int `json:"deferred,omitempty"`
	// Repeats are the indexes of the messages that had been handled before.
	Repeats []int  `json:"repeats,omitempty"`
	Sends   []Send `json:"sends,omitempty"`
	// Timers are all that are set after the turn.
	Timers []bot.Timer `json:"timers,omitempty"`
	Close  *bot.Close  `json:"close,omitempty"`
	// Call is the call that the state now waits for, if the turn has asked for it. CallFor is the
	// contact's message that led to it, directly or through another call.
	Call    *bot.Call `json:"call,omitempty"`
	CallFor string    `json:"callFor,omitempty"`
	// Handoff says to which desk a conversation is handed off after the turn, and its note.
	Handoff *bot.Handoff `json:"handoff,omitempty"`
	// Notes are for the transcript.
	Notes []Note `json:"notes,omitempty"`
	// Now is the time of the turn's latest event; zero when there was none.
	Now time.Time `json:"now,omitzero"`

	// OptOut is the contact's latest word on notices; nil when there was none in the turn.
	OptOut *OptOut `json:"-"`
	// Kept are the variables that outlive the conversation, if a step of the turn has changed one, even if
	// a later one has changed it back; nil otherwise.
	Kept *Kept `json:"-"`
	// Steps are the events of the turn with all their effects, in order.
	Steps []Step `json:"-"`
	// Faults are the steps that failed. The conversation was ended with an apology.
	Faults []Fault `json:"-"`
}

// Send is a message that the turn wants delivered.
type Send struct {
	// ID is its webhook-id.
	ID string `json:"id"`
	// InReplyTo is the contact's message that caused it; empty for timers and controls.
	InReplyTo string `json:"inReplyTo,omitempty"`
	// At is the time of its event: its 24 hours count from there.
	At time.Time `json:"at"`
	// Ask is the number of the question that it says; 0 for none.
	Ask int `json:"ask,omitempty"`
	// Body is compact JSON without HTML escaping. Histories have to keep its bytes: package
	// app sees to it.
	Body json.RawMessage `json:"body"`
}

// Note is a line in the transcript that operators read.
type Note struct {
	At time.Time `json:"at"`
	// After counts the turn's messages that stand before it.
	After int    `json:"after,omitempty"`
	Text  string `json:"text"`
}

// OptOut is a contact who opted out of notices, or in again.
type OptOut struct {
	WaID, UserID string
	Out          bool
	At           time.Time
}

// Step is one event and its effects.
type Step struct {
	Event   bot.Event
	Effects []bot.Effect
}

// Fault is a step that returned an error or panicked.
type Fault struct {
	Err error
	// Panic is the value of a panic, which may hold what the contact wrote: never log it. Stack is
	// where it came from.
	Panic any
	Stack string
}
