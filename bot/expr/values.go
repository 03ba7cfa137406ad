package expr

import (
	"encoding/json"
	"time"

	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types/ref"
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

	// decoded are the values of JSON that were asked for, by the name that they have.
	decoded map[string]*decodedJSON
	// generation counts the calls of SetVars.
	generation int
	spent      uint64
	// What follows belongs to the evaluation that is under way, and is here so that not every
	// one has to allocate it.
	scope   scope
	tracker cost.Tracker
	limit   uint64
}

type decodedJSON struct {
	// raw is where the JSON was found, in that generation; text is what it was.
	raw        json.RawMessage
	generation int
	text       string
	t          Type
	val        ref.Val
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

// SetVars replaces the variables. The bytes of variables must not be changed in place.
func (v *Values) SetVars(vars map[string]json.RawMessage) {
	v.Vars = vars
	v.generation++
}

// Spent is the cost of all that was evaluated so far.
func (v *Values) Spent() uint64 { return v.spent }

// start prepares an evaluation: it may cost what one expression may, and what the event has left.
func (v *Values) start(x *Expr) {
	v.scope = scope{v: v, types: x.types, answer: x.answer}
	v.limit = min(maxCost, maxEventCost-v.spent)
	v.tracker = x.lang.tracker
	v.tracker.Limit = &v.limit
}

// value decodes the JSON of a name once; nil stands for an empty one.
func (v *Values) value(name string, raw json.RawMessage, t Type) ref.Val {
	if len(raw) == 0 {
		return nil
	}
	if known, ok := v.decoded[name]; ok && known.holds(raw, v.generation, t) {
		return known.val
	}
	v.spent += uint64(len(raw) * decodeCost)
	val, err := decode(raw, t)
	if err != nil {
		return fail(name + " does not hold " + t.article())
	}
	if v.decoded == nil {
		v.decoded = map[string]*decodedJSON{}
	}
	v.decoded[name] = &decodedJSON{raw, v.generation, string(raw), t, val}
	return val
}

// holds says whether this is what raw decodes to. A loop asks for each element, so that the
// same bytes are recognised by their place; after SetVars they are compared once.
func (d *decodedJSON) holds(raw json.RawMessage, generation int, t Type) bool {
	if d.t != t || len(d.raw) != len(raw) {
		return false
	}
	if d.generation == generation && &d.raw[0] == &raw[0] {
		return true
	}
	if d.text != string(raw) {
		return false
	}
	d.raw, d.generation = raw, generation
	return true
}

// zone is the bot's time zone.
func (v *Values) zone() *time.Location {
	if v.Zone == nil {
		return time.UTC
	}
	return v.Zone
}
