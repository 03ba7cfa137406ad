package definition

import "time"

// MaxLifetime is how long a conversation may last, in the service and in tests; a definition may
// only ask for less.
const MaxLifetime = 7 * 24 * time.Hour

// maxEntered and maxSaid bound the states that one event may enter, and the messages that it may
// say. They stop definitions that go round in circles; the loader refuses the plain ones.
const (
	MaxEntered = 50
	MaxSaid    = 20
)

// These are the closing reasons that no definition names.
const (
	ReasonError   = "error"
	ReasonTimeout = "timeout"
	ReasonLimit   = "limit"
	ReasonOptout  = "optout"
	// ReasonNumberChanged is a chat whose contact has left the number for another one.
	ReasonNumberChanged = "number_changed"
)
