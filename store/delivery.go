package store

import (
	"encoding/json"
	"time"
)

// DeliveryState is the state of a delivery in the ledger.
type DeliveryState string

const (
	// DeliveryWaiting is retried at NextTry.
	DeliveryWaiting DeliveryState = "waiting"
	// DeliveryDelivered was accepted by the ISV's webhook.
	DeliveryDelivered DeliveryState = "delivered"
	// DeliveryDead is a dead letter: it is not retried automatically.
	DeliveryDead DeliveryState = "dead"
)

// Delivery is a message to an ISV's webhook that was not delivered at once.
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
	// MadeAt is when the reply was made. The time limit for its delivery counts from there.
	MadeAt time.Time     `db:"made_at"`
	State  DeliveryState `db:"state"`
	// Attempts counts how often it was posted or pulled, those before the ledger included.
	Attempts int `db:"attempts"`
	// Retries counts those attempts that were asked for before they were due: they do not move the
	// schedule.
	Retries int `db:"retries"`
	// Leases counts those in which it was handed out to an ISV that pulls.
	Leases int `db:"leases"`
	// LeasedUntil is until when it is in the hands of an ISV that pulled it, or of a worker that posts it.
	LeasedUntil time.Time `db:"leased_until"`
	NextTry     time.Time `db:"next_try"`
	// LastError is the class of the latest failure, to be shown to people.
	LastError string `db:"last_error"`
	// WAMID is Meta's id of the message; empty unless the ISV's response contained it.
	WAMID string `db:"wamid"`
	// Replay is the id of the replay that a dead letter was last sent again by, or is going to be.
	Replay    string    `db:"replay"`
	UpdatedAt time.Time `db:"updated_at"`
}

// DeliveryProgress is the state of a delivery, without its body.
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
	// Class is the result: "delivered", "status", "timeout", "connect", …
	Class  string `db:"class"`
	Status int    `db:"status"`
	// DurationMS is the attempt's length in milliseconds.
	DurationMS int64 `db:"duration_ms"`
	// Answer is the body of the response, cut at 16 KiB.
	Answer []byte `db:"answer"`
	// Peer is the address that responded.
	Peer string `db:"peer"`
}
