package definition

import "time"

// MaxLifetime is how long a conversation may last, in the service and in tests; a definition may
// only ask for less.
const MaxLifetime = 7 * 24 * time.Hour

// MaxEntered and MaxSaid bound how many states one event may enter and how many messages it may
// say. They stop a bot that goes round in circles by way of expressions; circles without one are
// refused by [Load].
const (
	MaxEntered = 50
	MaxSaid    = 20
)

// MaxKept bounds the variables of a bot that are kept of a contact, in bytes as they are written.
const MaxKept = 4 << 10

// MaxEach bounds how often a message is said for the elements of a list.
const MaxEach = 10

// Why a conversation was closed, where no definition says so.
const (
	ReasonError         = "error"          // the bot could not go on
	ReasonTimeout       = "timeout"        // nobody wrote or answered for too long
	ReasonLimit         = "limit"          // more turns than the definition allows
	ReasonOptout        = "optout"         // the contact wants no more messages
	ReasonNumberChanged = "number_changed" // the contact has left the number for another one
)
