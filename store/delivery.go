package store

import (
	"encoding/json"
	"time"
)

// DeliveryState says where a delivery of the ledger stands.
type DeliveryState string

const (
	// DeliveryWaiting is tried again at NextTry.
	DeliveryWaiting DeliveryState = "waiting"
	// DeliveryDelivered was taken by the ISV's webhook.
	DeliveryDelivered DeliveryState = "delivered"
	// DeliveryDead is a dead letter: not tried again by itself.
	DeliveryDead DeliveryState = "dead"
)

// Delivery is a message that did not go through at once.
type Delivery struct {
	// ID is its webhook-id.
	ID           string `db:"id"`
	Channel      string `db:"channel"`
	Conversation string `db:"conversation"`
	WorkflowID   string `db:"workflow_id"`
	Contact      string `db:"contact"`
	Sequence     int    `db:"sequence"`
	InReplyTo    string `db:"in_reply_to"`
	// Kind is "reply" or "notice".
	Kind string          `db:"kind"`
	Body json.RawMessage `db:"body"`
	// MadeAt is when the reply was made: its time budget counts from there.
	MadeAt time.Time     `db:"made_at"`
	State  DeliveryState `db:"state"`
	// Attempts counts real HTTP attempts, those of the fast lane too.
	Attempts int       `db:"attempts"`
	NextTry  time.Time `db:"next_try"`
	// LastError is the class of the latest failure, for people.
	LastError string `db:"last_error"`
	// WAMID is the id that Meta gave to the message; empty unless the ISV's answer told us.
	WAMID     string    `db:"wamid"`
	UpdatedAt time.Time `db:"updated_at"`
}

// DeliveryProgress is how far a delivery came, without what it delivers.
type DeliveryProgress struct {
	ID        string        `db:"id"`
	State     DeliveryState `db:"state"`
	Attempts  int           `db:"attempts"`
	LastError string        `db:"last_error"`
	WAMID     string        `db:"wamid"`
}

// Attempt is one HTTP request of a delivery.
type Attempt struct {
	Delivery string    `db:"delivery"`
	Number   int       `db:"number"`
	At       time.Time `db:"at"`
	// Class is what came of it: "delivered", "status", "timeout", "connect", …
	Class  string `db:"class"`
	Status int    `db:"status"`
	// DurationMS is the attempt's length in milliseconds.
	DurationMS int64 `db:"duration_ms"`
	// Answer is at most 16 KiB of the answer's body.
	Answer []byte `db:"answer"`
	// Peer is the address that answered.
	Peer string `db:"peer"`
}
