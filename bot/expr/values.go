package expr

import (
	"encoding/json"
	"time"

	"github.com/chattigo/api-isv/bot/hours"
)

// Values are what the names stand for during one event. They are used by one goroutine.
type Values struct {
	// Vars are the variables that are set, as JSON. One that is not has its type's zero value.
	Vars    map[string]json.RawMessage
	Contact Contact
	Input   Input
	Answer  Answer
	Result  Result
	Conv    Conv
	// Now is the event's own time.
	Now time.Time
	Bot BotInfo
	// Language is that of the conversation, for fmt and money: "es" or "es-CL".
	Language string
	// Zone is the bot's time zone; nil is UTC.
	Zone *time.Location
	// Strings is the text of a key in the conversation's language.
	Strings func(key string) (string, bool)
	// Hours are the opening hours of a name; nil when there are none.
	Hours func(name string) *hours.Schedule
}

// Contact is contact: the person the bot talks to.
type Contact struct{ Key, WaID, UserID, Name string }

// Input is input: the message that is being answered. What it does not have is zero.
type Input struct {
	Type, Text, ID, Title, MediaID, Caption string
	Latitude, Longitude                     float64
	Name                                    string
	// Form and Referral are objects as JSON.
	Form, Referral json.RawMessage
}

// Answer is answer: what the contact answered to a question.
type Answer struct {
	// Value is the answer as JSON, of the type that the question asks for.
	Value                    json.RawMessage
	Text, ID, Title, MediaID string
	Latitude, Longitude      float64
	Form                     json.RawMessage
}

// Result is result: what came of a call.
type Result struct {
	Status int
	// JSON is the body when it is JSON; nil is null.
	JSON json.RawMessage
	Text string
}

// Conv is conv: the conversation.
type Conv struct {
	ID      string
	Started time.Time
	Turns   int
}

// BotInfo is bot: the definition and where it runs.
type BotInfo struct{ Name, Version, Env string }

// SetVars replaces the variables; nothing of the old ones is remembered.
func (v *Values) SetVars(vars map[string]json.RawMessage) { v.Vars = vars }

// Spent is the cost of all evaluations so far.
func (v *Values) Spent() uint64 { return 0 }
