package workflows

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
)

// Entry is one line of a transcript.
type Entry = store.Entry

const (
	// maxWaiting is how many messages may wait to be answered.
	maxWaiting = 1000
	// maxCarried is how many bytes of them a run may hand to the next one; the rest waits in the
	// database.
	maxCarried = 1 << 20
	// maxUnreadable is how much of an unreadable envelope the transcript keeps.
	maxUnreadable = 4 << 10
)

// Why a message stands in the transcript unanswered.
const (
	noteTooMany    = "not answered: too many messages were waiting"
	noteUnreadable = "not answered: the envelope could not be read"
	noteTooLate    = "not done, the conversation was closed before"
	noteCallOut    = "not answered: the conversation was closed while a call was out"
)

// drain takes everything that has been signalled, and the wish to cancel. It does not yield.
func (c *conversation) drain() {
	for {
		// Declared here, because decoding into a used value would merge the two.
		var raw converter.RawValue
		if !c.signals.ReceiveAsync(&raw) {
			break
		}
		c.receive(raw.Payload())
	}
	if c.cancelAsked() {
		c.askToCancel()
	}
}

// receive decodes an envelope by hand: the SDK drops what it cannot decode, and a customer's
// message must not vanish.
func (c *conversation) receive(payload *commonpb.Payload) {
	var envelope Envelope
	if err := json.Unmarshal(payload.GetData(), &envelope); err != nil || envelope.At.IsZero() {
		workflow.GetLogger(c.work).Error("an inbound envelope cannot be read", "conversation", c.ID)
		c.Unanswered++
		c.note(Entry{At: c.Now, Direction: store.Note, Note: noteUnreadable, Body: asText(payload.GetData())})
		return
	}
	for _, m := range envelope.Messages {
		c.accept(Queued{At: envelope.At, Bot: envelope.Bot, WaID: envelope.WaID, UserID: envelope.UserID, Inbound: m})
	}
	if envelope.Merged {
		c.closeMerged(envelope.At)
	}
}

// closeMerged closes without a word, after what came before. Nothing is said to the ISV either: the
// person's chat goes on. The wish came by a signal, so that its place and time are recorded.
func (c *conversation) closeMerged(at time.Time) {
	if c.Closing != nil {
		return
	}
	wish := activities.Wish{Control: bot.ControlClose, Reason: OutcomeMerged, Silent: true}
	c.enqueue(Queued{At: latest(at, c.latest()), Wish: &wish, Inbound: Inbound{ID: OutcomeMerged}})
}

func (c *conversation) enqueue(m Queued) {
	c.Inbox = append(c.Inbox, m)
	c.inboxBytes += m.size()
}

// accept puts a message into the inbox, once.
func (c *conversation) accept(m Queued) {
	id := m.messageID()
	if c.own.has(id.Hash) || c.others.has(id.Hash) {
		c.Repeats++
		return
	}
	c.own.add(id)
	if m.Echo && c.Closing != nil {
		c.note(incomingEntry(m)) // it belongs to the chat that ends
		return
	}
	switch {
	case c.waiting() >= maxWaiting:
		c.leaveUnanswered(m, noteTooMany)
	case c.overflowing():
		c.behind = append(c.behind, m)
	default:
		c.enqueue(m)
	}
}

func (c *conversation) leaveUnanswered(m Queued, why string) {
	c.Unanswered++
	entry := incomingEntry(m)
	entry.Note = why
	c.note(entry)
}

// take removes the first n messages of the inbox, but for those at the places that are deferred:
// they stay at its head, in order.
func (c *conversation) take(n int, deferred []int) []Queued {
	looked, left := c.Inbox[:n], c.Inbox[n:]
	stay := make([]Queued, 0, len(deferred)+len(left))
	for _, place := range deferred {
		stay = append(stay, looked[place])
	}
	c.Inbox, c.deferred = append(stay, left...), len(stay)
	c.inboxBytes = 0
	for _, m := range c.Inbox {
		c.inboxBytes += m.size()
	}
	return looked
}

// news is what waits and has not been deferred.
func (c *conversation) news() []Queued {
	if c.calling() {
		return c.Inbox[c.deferred:]
	}
	return c.Inbox
}

// keepMessages leaves what opens the next conversation in the inbox: the contact's messages.
func (c *conversation) keepMessages() {
	waiting := c.take(len(c.Inbox), nil)
	c.Inbox = nil
	for _, m := range waiting {
		switch {
		case m.Wish != nil:
			c.note(wishEntry(m, noteTooLate))
		case m.Echo:
			c.note(incomingEntry(m))
		default:
			c.enqueue(m)
		}
	}
}

// SignalledEntries are the messages of a signal's payload as a transcript has them; none when it
// cannot be read.
func SignalledEntries(input *commonpb.Payloads) (entries []Entry) {
	for _, payload := range input.GetPayloads() {
		var envelope Envelope
		if err := json.Unmarshal(payload.GetData(), &envelope); err != nil {
			continue
		}
		for _, m := range envelope.Messages {
			entries = append(entries, incomingEntry(Queued{At: envelope.At, Inbound: m}))
		}
	}
	return entries
}

// CarriedEntries are the messages that a run was started with, as a transcript has them, and the
// conversation that it goes on with; empty for one that opens its own.
func CarriedEntries(input *commonpb.Payloads) (conversation string, entries []Entry) {
	for _, payload := range input.GetPayloads() {
		var in ConversationInput
		if err := json.Unmarshal(payload.GetData(), &in); err != nil || in.Carried == nil {
			continue
		}
		conversation = in.Carried.ID
		for _, m := range in.Carried.Inbox {
			if m.Wish == nil {
				entries = append(entries, incomingEntry(m))
			}
		}
	}
	return conversation, entries
}

func incomingEntry(m Queued) Entry {
	entry := Entry{At: m.At, Direction: store.In, ID: m.ID, Type: m.Type, Timestamp: m.Timestamp, Body: m.Message}
	if m.Echo {
		entry.Direction = store.Human
	}
	return entry
}

// wishEntry tells operators what was asked for.
func wishEntry(m Queued, suffix string) Entry {
	said := []string{string(m.Wish.Control), m.Wish.Reason, m.Wish.Note, suffix}
	said = slices.DeleteFunc(said, func(part string) bool { return part == "" })
	return Entry{At: m.At, Direction: store.Note, ID: m.ID, Note: strings.Join(said, ": ")}
}

// asText keeps bytes that are not known to be JSON as a JSON string.
func asText(b []byte) json.RawMessage {
	text := string(b[:min(len(b), maxUnreadable)])
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "�")
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		return nil
	}
	return quoted
}

// size is what a queued message takes in the input of the next run, generously.
func (m Queued) size() int {
	n := len(m.Message) + len(m.WaID) + len(m.UserID) + 2*len(m.ID) + 2*len(m.Name) + len(m.Type) + 256
	if m.Wish != nil {
		n += 6 * len(m.Wish.Note)
	}
	return n
}
