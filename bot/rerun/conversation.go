package rerun

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/chattigo/api-isv/bot/chat"
)

// Why a conversation cannot be run again.
var (
	// ErrNoRecord is of a conversation that an older version of the service archived, without a record
	// of its turns.
	ErrNoRecord = errors.New("it was archived without a record of its turns")
	// ErrIncomplete is of a record that does not fit the transcript: a part of it is gone.
	ErrIncomplete = errors.New("a part of its record is missing")
)

// Conversation is an archived conversation.
type Conversation struct {
	// ID is its id (cnv_…), Bot the hash of the definition that answered.
	ID  string
	Bot string
	// Turns are in the order in which they were run.
	Turns []chat.Recorded
	// Messages are those of the contact and of persons of the business, by their ids.
	Messages map[string]Message
	// Said is what the bot said, in order, without the notice.
	Said []Said
}

// Message is what the transcript has of a message.
type Message struct {
	At        time.Time
	Timestamp int64
	Body      json.RawMessage
}

// Said is a message of the bot.
type Said struct {
	// ID is its webhook-id.
	ID   string
	Body json.RawMessage
}

// check returns why the conversation cannot be run again; nil if it can.
func (c *Conversation) check() error {
	if len(c.Turns) == 0 {
		return ErrNoRecord
	}
	sends := 0
	for i, turn := range c.Turns {
		sends += turn.Sends
		if turn.Cut || (i == 0) != (turn.Opened != nil) {
			return ErrIncomplete
		}
		for _, m := range turn.Messages {
			if _, ok := c.message(m); !ok {
				return ErrIncomplete
			}
		}
	}
	if sends != len(c.Said) {
		return ErrIncomplete
	}
	return nil
}

// incoming returns the messages of a turn as chat.Run takes them.
func (c *Conversation) incoming(turn *chat.Recorded) []chat.Incoming {
	all := make([]chat.Incoming, 0, len(turn.Messages))
	for _, m := range turn.Messages {
		kept, _ := c.message(m)
		all = append(all, chat.Incoming{
			ID: m.ID, At: kept.At, Timestamp: kept.Timestamp, WaID: m.WaID, UserID: m.UserID, Name: m.Name,
			Body: kept.Body, Echo: m.Echo, Control: m.Control,
		})
	}
	return all
}

// message returns a message from the record itself or from the transcript.
func (c *Conversation) message(m chat.RecordedMessage) (kept Message, ok bool) {
	if m.Control != nil || m.Body != nil {
		return Message{At: m.At, Timestamp: m.Timestamp, Body: m.Body}, true
	}
	kept, ok = c.Messages[m.ID]
	return kept, ok
}
