package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Types of events.
const (
	EventClosed   = "conversation.closed"
	EventHandoff  = "handoff.requested"
	EventOptedOut = "contact.opted_out"
	EventDead     = "delivery.dead"
	EventDisabled = "webhook.disabled"
)

// Event is something that the back office of an ISV is told of.
type Event struct {
	// ID is its webhook-id. It is derived from what has happened, so that this is announced once.
	ID      string `db:"id"`
	Channel string `db:"channel"`
	// Contact is whom it is about; empty for nobody.
	Contact string `db:"contact"`
	// Type is one of those above.
	Type string `db:"type"`
	// Body is the JSON that is posted: type, timestamp and data.
	Body json.RawMessage `db:"body"`
	// MadeAt is when it happened. The time limit for its delivery counts from there.
	MadeAt time.Time `db:"made_at"`
	// State is one of a delivery's.
	State    DeliveryState `db:"state"`
	Attempts int           `db:"attempts"`
	NextTry  time.Time     `db:"next_try"`
	// LastError is the class of the latest failure.
	LastError string    `db:"last_error"`
	UpdatedAt time.Time `db:"updated_at"`
}

// ClosedData is the data of EventClosed.
type ClosedData struct {
	WaID         string    `json:"waId"`
	Conversation string    `json:"conversation"`
	Contact      string    `json:"contact"`
	Reason       string    `json:"reason"`
	OpenedAt     time.Time `json:"openedAt"`
	ClosedAt     time.Time `json:"closedAt"`
	Messages     int       `json:"messages"`
	Replies      int       `json:"replies"`
	Unanswered   int       `json:"unanswered"`
	// Variables are those of the bot that hold no personal data.
	Variables map[string]json.RawMessage `json:"variables,omitempty"`
}

// Event is made of it.
func (d ClosedData) Event() Event {
	d.OpenedAt, d.ClosedAt = milli(d.OpenedAt), milli(d.ClosedAt)
	return newEvent(EventClosed, d.WaID, d.Contact, d.ClosedAt, d, d.Conversation)
}

// HandoffData is the data of EventHandoff.
type HandoffData struct {
	WaID         string `json:"waId"`
	Conversation string `json:"conversation"`
	Contact      string `json:"contact"`
	// RequestedBy is "bot" or "operator".
	RequestedBy string `json:"requestedBy"`
	// Desk and Note are what the bot or the operator said of it; may be empty.
	Desk string `json:"desk"`
	Note string `json:"note"`

	At time.Time `json:"-"`
}

// Event is made of it.
func (d HandoffData) Event() Event {
	return newEvent(EventHandoff, d.WaID, d.Contact, d.At, d, d.Conversation, milliText(d.At))
}

// OptedOutData is the data of EventOptedOut.
type OptedOutData struct {
	WaID    string `json:"waId"`
	Contact string `json:"contact"`
	// Conversation is the one in which the contact said it; empty if WhatsApp reported it.
	Conversation string `json:"conversation,omitempty"`
	// Source is "bot" or "whatsapp".
	Source string `json:"source"`

	At time.Time `json:"-"`
}

// Event is made of it.
func (d OptedOutData) Event() Event {
	return newEvent(EventOptedOut, d.WaID, d.Contact, d.At, d, d.WaID, d.Contact, milliText(d.At))
}

// DeadData is the data of EventDead.
type DeadData struct {
	WaID         string `json:"waId"`
	Delivery     string `json:"delivery"`
	Conversation string `json:"conversation"`
	Contact      string `json:"contact"`
	Sequence     int    `json:"sequence"`
	Kind         string `json:"kind"`
	Reason       string `json:"reason"`

	At time.Time `json:"-"`
}

// Event is made of it.
func (d DeadData) Event() Event {
	return newEvent(EventDead, d.WaID, d.Contact, d.At, d, d.Delivery)
}

// DisabledData is the data of EventDisabled.
type DisabledData struct {
	WaID string `json:"waId"`
	// Reason is one of the reasons why a webhook is off.
	Reason string `json:"reason"`
	// Since is when it was switched off, FailingSince when the failures began that led to it.
	Since        time.Time `json:"since"`
	FailingSince time.Time `json:"failingSince"`
}

// Event is made of it.
func (d DisabledData) Event() Event {
	d.Since, d.FailingSince = milli(d.Since), milli(d.FailingSince)
	return newEvent(EventDisabled, d.WaID, "", d.Since, d, d.WaID, milliText(d.Since))
}

// milli is a time as it is recorded everywhere: in UTC, to the millisecond.
func milli(at time.Time) time.Time { return at.UTC().Truncate(time.Millisecond) }

func milliText(at time.Time) string { return milli(at).Format(time.RFC3339Nano) }

// newEvent makes an event of a channel; key tells what has happened from all else of its type.
func newEvent(kind, channel, contact string, at time.Time, data any, key ...string) Event {
	at = milli(at)
	h := sha256.New()
	for _, part := range append([]string{kind}, key...) {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return Event{
		ID: "evt_" + hex.EncodeToString(h.Sum(nil)[:16]), Channel: channel, Contact: contact, Type: kind,
		Body: eventBody(kind, at, data), MadeAt: at, State: DeliveryWaiting, NextTry: at, UpdatedAt: at,
	}
}

// eventBody has the shape that Standard Webhooks recommends.
func eventBody(kind string, at time.Time, data any) json.RawMessage {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	// It cannot fail: data is made of texts, numbers, times of this century and valid JSON.
	_ = encoder.Encode(struct {
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      any       `json:"data"`
	}{kind, at, data})
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
