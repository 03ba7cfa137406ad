package bot

import (
	"encoding/json"
	"time"
)

// State is all that a conversation remembers between two steps. It is JSON, at
// most 64 KiB, and only grows: a field that is missing means what it meant before
// the field existed.
type State struct {
	// Name and Hash are the definition's; a conversation keeps the ones it started with.
	Name string `json:"name"`
	Hash string `json:"hash"`
	// Conversation is the conversation's id (cnv_…). Reply-id tags depend on it.
	Conversation string  `json:"conversation"`
	Contact      Contact `json:"contact"`
	// Started and At are the times of the first and of the latest event.
	Started time.Time `json:"started"`
	At      time.Time `json:"at"`
	// LastIn is Meta's timestamp of the contact's last message: the 24-hour window counts from it.
	LastIn time.Time `json:"lastIn"`
	// Turns counts the contact's messages to the bot.
	Turns int `json:"turns"`
	// Ask is the open question; nil when none is open. AskNo is the number of the latest one.
	Ask   *Ask `json:"ask,omitempty"`
	AskNo int  `json:"askNo,omitempty"`
	// Unsaid is set when no question is open because the latest one did not reach the contact: the
	// next message starts anew.
	Unsaid bool `json:"unsaid,omitempty"`
	// Asks are the latest 20 questions, so that a tap on an old button is recognised.
	Asks []PastAsk `json:"asks,omitempty"`
	// MutedAt is since when a person answers instead of the bot; zero while the bot does. The
	// question that was open then stays here, to be asked again.
	MutedAt time.Time `json:"mutedAt,omitzero"`
	// HandedOff is the state that handed the conversation to a person; nil when somebody outside
	// did. Taken says that a person has answered.
	HandedOff *HandedOff `json:"handedOff,omitempty"`
	// Vars are the variables that have been set, as JSON.
	Vars map[string]json.RawMessage `json:"vars,omitempty"`
	// Stack are the states to go on with when the subroutines under way return, outermost first.
	Stack []string `json:"stack,omitempty"`
	// Frames are what else these subroutines come back to, in the same order. It may be shorter.
	Frames []Frame `json:"frames,omitempty"`
	// Aside is the digression that is under way; nil when none is.
	Aside *Aside `json:"aside,omitempty"`
	// Pending is the call whose result has not come yet; nil when there is none. Until then, Step
	// defers everything but opt-out and control.
	Pending *Pending `json:"pending,omitempty"`
	// Halfway is an event that has to come again although it has had effects already.
	Halfway *Halfway `json:"halfway,omitempty"`
	// Refused counts, by state, the messages that the bot did not understand.
	Refused map[string]int `json:"refused,omitempty"`
	// Album is Meta's time of the latest refused medium; zero once something else was said.
	Album time.Time `json:"album,omitzero"`
	// Withheld is set when the contact was told that WhatsApp does not deliver what they sent to bots,
	// and has not sent anything else since.
	Withheld bool `json:"withheld,omitempty"`
	// Lifetime is how old the conversation may become by its definition; 0 when it does not say.
	Lifetime time.Duration `json:"lifetime,omitempty"`
	// Unheard counts what the bot did by itself since the contact's last message.
	Unheard int `json:"unheard,omitempty"`
	// Recent are the times of the latest messages, QuietUntil is until when the bot does not
	// react because it seems to talk to another bot. Both only where LoopGuard is set.
	Recent     []time.Time `json:"recent,omitempty"`
	QuietUntil time.Time   `json:"quietUntil,omitzero"`
	// Opening is the text that opened the conversation; only where LoopGuard is set.
	Opening *Opening `json:"opening,omitempty"`
	Closed  bool     `json:"closed,omitempty"`

	// What follows is the shell's to set when the conversation opens.

	// Env is what expressions see as bot.env: "production", "dev" or "test".
	Env string `json:"env,omitempty"`
	// OptedOut says that the contact wants no notices.
	OptedOut bool `json:"optedOut,omitempty"`
	// LoopGuard keeps the bot from talking to another bot for ever.
	LoopGuard bool `json:"loopGuard,omitempty"`
}

// HandedOff is a handoff that the definition asked for.
type HandedOff struct {
	State string `json:"state"`
	Taken bool   `json:"taken,omitempty"`
}

// Frame is what a subroutine that is under way comes back to, beside a state.
type Frame struct {
	// Caller is the state that runs it, where that says where to go on after a failure.
	Caller string `json:"caller,omitempty"`
	// Vars are the values that its arguments had before; null for one that was not set.
	Vars map[string]json.RawMessage `json:"vars,omitempty"`
}

// Halfway is an event that flushed a collected answer, which led to a call, before it could be
// handled itself. Acts are the sends and calls that it has caused: later ones of the same cause are
// numbered from there on, so that no two have the same id.
type Halfway struct {
	Cause string `json:"cause"`
	Acts  int    `json:"acts"`
}

// Pending is a call whose result has not come yet.
type Pending struct {
	// Call is the call's ID, State the state that makes it.
	Call  string `json:"call"`
	State string `json:"state"`
}

// Muted reports whether a person answers instead of the bot.
func (s *State) Muted() bool { return !s.MutedAt.IsZero() }

// Contact is the person the bot talks to. WaID, UserID or both are known.
type Contact struct {
	WaID   string `json:"waId,omitempty"`
	UserID string `json:"userId,omitempty"`
	Name   string `json:"name,omitempty"`
}

// Identified returns the contact with the identities of a message; an empty one changes nothing.
func (c Contact) Identified(waID, userID string) Contact {
	if waID != "" {
		c.WaID = waID
	}
	if userID != "" {
		c.UserID = userID
	}
	return c
}

// Same reports whether two contacts have the same identities.
func (c Contact) Same(other Contact) bool { return c.WaID == other.WaID && c.UserID == other.UserID }

// Ask is an open question.
type Ask struct {
	No    int       `json:"no"`
	State string    `json:"state"`
	Since time.Time `json:"since"`
	Tries int       `json:"tries,omitempty"`
	// Options are the reply ids and titles as they were sent, so that typed titles
	// and ordinals can be matched against what the contact saw.
	Options []Option `json:"options,omitempty"`
	// By are the ways in which a tap on what was said for the question comes back: "button" from a
	// template, "button_reply" or "list_reply" from an interactive message, "card" from a carousel.
	By []string `json:"by,omitempty"`
	// Buf are the texts that were collected as parts of one answer.
	Buf []string `json:"buf,omitempty"`
	// Same counts how often the latest text came in a row, Text is a hash of it; only where
	// LoopGuard is set.
	Same int    `json:"same,omitempty"`
	Text uint64 `json:"text,omitempty"`
	// Hour is the latest answer if it was a time without its half of the day: "a las 5". "De la tarde" may
	// follow.
	Hour string `json:"hour,omitempty"`
}

// Option is one tappable answer as the contact saw it.
type Option struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Full is a hash of the title, folded, before it was cut or numbered; empty where it was not.
	Full string `json:"full,omitempty"`
}

// PastAsk names the state that asked question No; the last one is of the open question.
type PastAsk struct {
	No    int    `json:"no"`
	State string `json:"state"`
	// Forms are hashes of the flow_token of each Flow that was said for it, the latest 10.
	Forms []string `json:"forms,omitempty"`
	// Message is a hash of the id of the message that was tapped or filled in to answer it, by
	// the answer's context; empty when that is not known.
	Message string `json:"message,omitempty"`
}
