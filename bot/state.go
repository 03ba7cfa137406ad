package bot

import "time"

// State is all that a conversation remembers between two events. It is JSON, at
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
	// Asks are the latest 20 questions, so that a tap on an old button is recognised.
	Asks []PastAsk `json:"asks,omitempty"`
	// MutedAt is since when a person answers instead of the bot; zero while the bot does. The
	// question that was open then stays here, to be asked again.
	MutedAt time.Time `json:"mutedAt,omitzero"`
	Closed  bool      `json:"closed,omitempty"`
}

// Muted says that a person answers instead of the bot.
func (s *State) Muted() bool { return !s.MutedAt.IsZero() }

// Contact is the person the bot talks to. WaID, UserID or both are known.
type Contact struct {
	WaID   string `json:"waId,omitempty"`
	UserID string `json:"userId,omitempty"`
	Name   string `json:"name,omitempty"`
}

// Ask is an open question.
type Ask struct {
	No    int       `json:"no"`
	State string    `json:"state"`
	Since time.Time `json:"since"`
	Tries int       `json:"tries,omitempty"`
	// Options are the reply ids and titles as they were sent, so that typed titles
	// and ordinals can be matched against what the contact saw.
	Options []Option `json:"options,omitempty"`
}

// Option is one tappable answer as the contact saw it.
type Option struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// PastAsk names the state that asked question No.
type PastAsk struct {
	No    int    `json:"no"`
	State string `json:"state"`
}
