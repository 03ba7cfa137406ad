package workflows

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

// maxUnreadable bounds how much of an envelope that cannot be decoded the transcript keeps, in bytes.
const maxUnreadable = 4 << 10

// drain receives all signals that have arrived, and a cancellation. It does not yield.
func (c *conversation) drain() {
	for {
		// Declared here, because decoding into a used value would merge the two.
		var raw converter.RawValue
		if !c.signals.ReceiveAsync(&raw) {
			break
		}
		c.receive(raw.Payload())
	}
	if c.cancelRequested() {
		c.canceled = true
		c.queueControl(chat.Control{Kind: bot.ControlClose, Reason: OutcomeCanceled}, "cancel")
	}
}

// cancelRequested reports whether the run was cancelled and nothing has been done about it.
func (c *conversation) cancelRequested() bool { return c.root.Err() != nil && !c.canceled }

// receive decodes an envelope by hand: the SDK drops what it cannot decode, and a customer's
// message must not vanish.
func (c *conversation) receive(payload *commonpb.Payload) {
	var envelope Envelope
	if err := json.Unmarshal(payload.GetData(), &envelope); err != nil || envelope.At.IsZero() {
		c.exec.log.Error("cannot decode inbound envelope")
		c.transcript.unanswered++
		c.transcript.add(Entry{At: c.now, Direction: store.Note, Note: noteUnreadable, Body: asJSONString(payload.GetData())})
		return
	}
	for _, m := range envelope.Messages {
		arrived := queued{At: envelope.At, Bot: envelope.Bot, WaID: envelope.WaID, UserID: envelope.UserID, Inbound: m}
		if c.inbox.accept(arrived, &c.transcript, c.closing != nil) && !m.Echo {
			c.outbox.retryFor(envelope.At)
		}
	}
	if envelope.Retry {
		c.retryNow(envelope.At)
	}
	if envelope.Merged && c.closing == nil {
		// Nothing is said to the ISV either: the person's chat goes on. This control came by a signal, so
		// its position and time are recorded.
		merged := chat.Control{Kind: bot.ControlClose, Reason: OutcomeMerged, Silent: true}
		c.inbox.enqueue(queued{At: latest(envelope.At, c.latest()), Control: &merged, Inbound: Inbound{ID: OutcomeMerged}})
	}
}

// asJSONString keeps bytes that are not known to be JSON as a JSON string.
func asJSONString(b []byte) json.RawMessage {
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

// SignalledEntries are the messages of a signal's payload as a transcript has them; none when it
// cannot be decoded.
func SignalledEntries(input *commonpb.Payloads) (entries []Entry) {
	for _, payload := range input.GetPayloads() {
		var envelope Envelope
		if err := json.Unmarshal(payload.GetData(), &envelope); err != nil {
			continue
		}
		for _, m := range envelope.Messages {
			entries = append(entries, incomingEntry(queued{At: envelope.At, Inbound: m}))
		}
	}
	return entries
}

// CarriedEntries are the messages that a run was started with, as a transcript has them, and the
// conversation that it carries on; empty for a run that opens one.
func CarriedEntries(input *commonpb.Payloads) (conversation string, entries []Entry) {
	for _, payload := range input.GetPayloads() {
		var in ConversationInput
		if err := json.Unmarshal(payload.GetData(), &in); err != nil || in.Carried == nil {
			continue
		}
		conversation = in.Carried.ID
		for _, m := range in.Carried.Inbox {
			if m.Control == nil {
				entries = append(entries, incomingEntry(m))
			}
		}
	}
	return conversation, entries
}
