package expr

import (
	"bytes"
	"encoding/json"
	"time"

	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/chattigo/api-isv/bot/hours"
)

// Values are the values of the names during one event. They are used by one goroutine.
type Values struct {
	// Vars are the variables that are set, as JSON. One that is not has its type's zero value.
	// The map may be replaced between two evaluations; the bytes in it are never changed in place.
	Vars    map[string]json.RawMessage
	Contact Contact
	Input   Input
	Answer  Answer
	Result  Result
	Each    Each
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
	// Missing is told of each ${…} that is empty because a map has no such key; nil tells nobody.
	Missing func(error)

	// known are the values of the JSON that was decoded, by their name.
	known map[string]decodedJSON
	spent uint64
	// The rest belongs to the current evaluation, and is here so that not every evaluation has to
	// allocate it.
	scope   scope
	tracker cost.Tracker
	meter   meter
	// allowed is the cost that it is allowed in all, limit the part that charge has left of it.
	allowed, limit uint64
}

// decodedJSON is a value and the JSON of which it was made.
type decodedJSON struct {
	raw json.RawMessage
	t   Type
	val ref.Val
}

// Contact is contact: the person the bot talks to.
type Contact struct{ Key, WaID, UserID, Name string }

// Input is input: the message of the contact. A field that it does not have is zero.
type Input struct {
	Type, Text, ID, Title, MediaID, Caption string
	Latitude, Longitude                     float64
	Name                                    string
	// Form and Referral are objects as JSON.
	Form, Referral json.RawMessage
}

// Answer is answer: the contact's answer to a question.
type Answer struct {
	// Value is the answer as JSON, of the type that the question asks for.
	Value                    json.RawMessage
	Text, ID, Title, MediaID string
	Latitude, Longitude      float64
	Form                     json.RawMessage
}

// Result is result: the result of a call.
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

// start prepares an evaluation: it is limited by the limit of one expression and by what is left of
// the event's.
func (v *Values) start(x *Expr) {
	v.scope = scope{v: v, types: x.types, answer: x.answer, data: x.data}
	v.allowed = min(maxCost, maxEventCost-v.spent)
	v.limit = v.allowed
	v.tracker = *x.lang.tracker
	v.tracker.Limit, v.tracker.Estimator = &v.limit, &v.meter
}

// finish adds the cost of the evaluation to that of the event: what CEL charged, and what charge took
// from the limit.
func (v *Values) finish() { v.spent += v.tracker.ActualCost() + v.allowed - v.limit }

// decoded is the value of the JSON of a name, or the zero value of its type when there is none
// or it is null. The JSON is decoded once.
func (v *Values) decoded(name string, raw json.RawMessage, t Type) ref.Val {
	if len(raw) == 0 {
		return zero(t)
	}
	// A loop asks for each element: bytes.Equal returns at once for the same bytes at the same address.
	if d, ok := v.known[name]; ok && d.t == t && bytes.Equal(d.raw, raw) {
		return d.val
	}
	v.spent += uint64(len(raw) * decodeCost)
	val, err := decode(raw, t)
	if err != nil {
		return fail(name + " does not hold " + t.article())
	}
	if val == types.NullValue {
		val = zero(t)
	}
	if v.known == nil {
		v.known = map[string]decodedJSON{}
	}
	v.known[name] = decodedJSON{raw, t, val}
	return val
}

// zone is the bot's time zone.
func (v *Values) zone() *time.Location {
	if v.Zone == nil {
		return time.UTC
	}
	return v.Zone
}
