package rerun

import (
	"encoding/json"
	"time"
)

// Kind says how a bot differs from what was archived. Its texts are part of the API.
type Kind string

// The kinds of differences: in what is said, in how the conversation ends, and in who answers afterwards.
const (
	SaysOther      Kind = "says_other"
	SaysLess       Kind = "says_less"
	SaysMore       Kind = "says_more"
	Closes         Kind = "closes"
	StaysOpen      Kind = "stays_open"
	ClosesOther    Kind = "closes_other"
	HandsOff       Kind = "hands_off"
	KeepsAnswering Kind = "keeps_answering"
	// UnrecordedCall is of a call that the bot makes and the record has no response for: nobody knows
	// how it would have gone on.
	UnrecordedCall Kind = "unrecorded_call"
)

// Difference is the first place where a bot and the archive part.
type Difference struct {
	Kind Kind
	// State is the state whose question was open; empty when none was.
	State string
	// Turn is the number of the turn, from 1, At its time.
	Turn int
	At   time.Time
	// Heard are the messages that led to it, as they came; none where a timer did.
	Heard []json.RawMessage
	// Was is what was said from there on within the turn, Is what the bot says instead.
	Was, Is []json.RawMessage
	// WasEnd and IsEnd are how the conversation was closed, as "reason" or "reason, without a notice";
	// empty where it was not.
	WasEnd, IsEnd string
	// Call is the method and the URL of an UnrecordedCall.
	Call string
}
