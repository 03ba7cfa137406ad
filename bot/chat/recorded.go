package chat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot"
)

// MaxRecordedBody bounds, in bytes, the body of a call's response that is recorded, and those of a turn's
// deferred messages together. Beyond what is not kept, a conversation may not be run again.
const MaxRecordedBody = 32 << 10

const (
	// maxRecordedMessages bounds what the messages of a turn take in its record, in bytes, beside bodies:
	// a turn of a thousand ordinary messages fits. The record travels in a payload of Temporal's,
	// which may have 2 MiB, and JSON may write a byte as six.
	maxRecordedMessages = 192 << 10
	// recordedOverhead is what a message takes beside its texts.
	recordedOverhead = 32
)

// Recorded is one turn as the archive keeps it: what [Run] was given, but for the bodies of messages,
// which stand in the transcript under their ids, and how far what came of it stands there. With the
// turns before it, it makes the turn's Input again. It stands in archives: it only grows, and a
// missing field means what it meant before the field existed.
type Recorded struct {
	// Opened is set on the turn that opened the conversation.
	Opened *Opened `json:"opened,omitempty"`
	// Holds are the pauses of the idle timers that have ended since the turn before.
	Holds []Hold `json:"holds,omitempty"`
	// Held is Input.Hold.
	Held bool `json:"held,omitempty"`
	// Until is up to when timers fired after the messages; zero where the turn ended before it looked at
	// them.
	Until time.Time `json:"until,omitzero"`
	// Result is the outcome of a call. Unkept is set where its body was too large to be kept.
	Result *CallOutcome `json:"result,omitempty"`
	Unkept bool         `json:"unkept,omitempty"`
	// Messages are those that were handled or deferred, in order, without duplicates. Cut is set where
	// they were too many, or their ids and names too long, to be kept.
	Messages []RecordedMessage `json:"messages,omitempty"`
	Cut      bool              `json:"cut,omitempty"`

	// Sends counts the messages that the bot said. They stand in the transcript, in order.
	Sends int `json:"sends,omitempty"`
	// Call is the fingerprint of the call that the turn asked for; empty for none.
	Call string `json:"call,omitempty"`
	// Muted reports whether a person answers after the turn.
	Muted bool `json:"muted,omitempty"`
	// Close is how the turn ended the conversation; nil if it goes on.
	Close *bot.Close `json:"close,omitempty"`
}

// Opened is what a conversation opened with.
type Opened struct {
	Opening

	WaID   string `json:"waId,omitempty"`
	UserID string `json:"userId,omitempty"`
}

// RecordedMessage is a message, an echo or a control, by its id. Time, timestamp and body of a message
// stand in the transcript.
type RecordedMessage struct {
	ID     string `json:"id"`
	WaID   string `json:"waId,omitempty"`
	UserID string `json:"userId,omitempty"`
	Name   string `json:"name,omitempty"`
	Echo   bool   `json:"echo,omitempty"`
	// Deferred is set for a message that has to come again. It stands here with its body, because the
	// transcript does not have it if the conversation closes before it comes.
	Deferred bool `json:"deferred,omitempty"`
	// Control is set for a control. At is set for a control and for a deferred message.
	Control   *Control        `json:"control,omitempty"`
	At        time.Time       `json:"at,omitzero"`
	Timestamp int64           `json:"timestamp,omitempty"`
	Body      json.RawMessage `json:"body,omitempty"`
}

// Record returns what has to be kept of a turn. The holds are those that have ended since the turn
// before; waiting is how many messages at the head of the input had been deferred before.
func Record(in Input, out Output, holds []Hold, waiting int) Recorded {
	r := Recorded{
		Holds: holds, Held: in.Hold, Messages: recordMessages(in, out, waiting), Sends: len(out.Sends),
		Muted: out.State != nil && out.State.Muted(), Close: out.Close,
	}
	if out.Opened != nil {
		r.Opened = &Opened{Opening: *out.Opened, WaID: in.WaID, UserID: in.UserID}
	}
	if r.Cut = recordedSize(r.Messages) > maxRecordedMessages; r.Cut {
		r.Messages = nil
	}
	r.Until = until(in, out)
	if in.Result != nil {
		outcome := *in.Result
		if r.Unkept = len(outcome.Result.Body) > MaxRecordedBody; r.Unkept {
			outcome.Result.Body = ""
		}
		r.Result = &outcome
	}
	if out.Call != nil {
		r.Call = Fingerprint(*out.Call)
	}
	return r
}

// until is up to when timers fired after the messages that were handled. A timer that ends the
// conversation, or says too much for one turn, leaves the message before which it fired unhandled.
func until(in Input, out Output) time.Time {
	switch last := out.Handled - 1; {
	case out.Handled == len(in.Messages):
		return in.Until
	case last >= 0 && !out.Now.After(in.Messages[last].At), in.Result != nil && !out.Now.After(in.Result.At):
		return time.Time{}
	}
	return out.Now
}

// recordMessages leaves out duplicates, and messages that were deferred once more: while a call is in
// flight, that has no effect, and a contact who writes on and on would make the record grow with the
// square of their messages.
func recordMessages(in Input, out Output, waiting int) []RecordedMessage {
	var all []RecordedMessage
	room := MaxRecordedBody
	for i, m := range in.Messages[:out.Handled] {
		deferred := slices.Contains(out.Deferred, i)
		if slices.Contains(out.Repeats, i) || deferred && i < waiting {
			continue
		}
		kept := RecordedMessage{
			ID: m.ID, WaID: m.WaID, UserID: m.UserID, Name: m.Name, Echo: m.Echo, Control: m.Control, Deferred: deferred,
		}
		if m.Control != nil {
			kept.At = m.At
		}
		if deferred && len(m.Body) <= room {
			room -= len(m.Body)
			kept.At, kept.Timestamp, kept.Body = m.At, m.Timestamp, m.Body
		}
		all = append(all, kept)
	}
	return all
}

func recordedSize(messages []RecordedMessage) (n int) {
	for _, m := range messages {
		n += recordedOverhead + len(m.ID) + len(m.WaID) + len(m.UserID) + len(m.Name)
		if m.Control != nil {
			n += len(m.Control.Note) + len(m.Control.Reason)
		}
	}
	return n
}

// Fingerprint names what a call asks for: two calls with the same one differ at most in their id, and
// in how long and how often they are tried. It is the beginning of a SHA-256, in hex.
func Fingerprint(c bot.Call) string {
	h := sha256.New()
	part := func(text string) {
		_, _ = h.Write([]byte(text))
		_, _ = h.Write([]byte{0})
	}
	part(c.Method)
	part(c.URL)
	part(string(c.Body))
	for _, header := range c.Headers {
		part(header.Name)
		for _, value := range header.Value {
			part(value.Text)
			part(value.Secret)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Hold is a time in which something that the bot said had not reached the contact: the idle timers
// stood still.
type Hold struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to"`
}

// Delay moves the idle timers by the part of the hold that lies after each was set.
func (h Hold) Delay(timers []bot.Timer) {
	for i, t := range timers {
		from := t.Set
		if h.From.After(from) {
			from = h.From
		}
		if t.Kind == bot.TimerIdle && h.To.After(from) {
			timers[i].At = t.At.Add(h.To.Sub(from))
		}
	}
}
