package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/workflows"
)

const (
	// maxEnvelope and maxMessage bound a signal and one message of it, in bytes of JSON as the client
	// encodes it. Temporal refuses a payload above 2 MiB, and a workflow task with 2 MiB of
	// waiting signals.
	maxEnvelope = 256 << 10
	maxMessage  = 128 << 10
	// envelopeFrame bounds the size of an envelope without its messages, in bytes.
	envelopeFrame = 256

	// maxMessageID bounds a message id, in bytes: twice the 512 that webhook accepts.
	maxMessageID = 1024
	// maxType bounds, in bytes, the type of a message, which is an open set.
	maxType = 512
)

// sized is a message and its size in an envelope, in bytes of JSON.
type sized struct {
	workflows.Inbound

	size int
	// with is its contact, as far as known when the message came.
	with person
}

// newInbound converts a message into a message of an envelope. One that is too large is cut down to the
// fields that a bot understands, and those as far as it takes.
func newInbound(m *whatsapp.Message, name string) (sized, error) {
	in := workflows.Inbound{
		ID: messageID(m), Type: cutAt(m.Type, maxType), Timestamp: unixSeconds(m.Timestamp), Name: name,
		Message: m.Raw,
	}
	size, err := encodedSize(in)
	for limit := maxCutText; err == nil && size > maxMessage; limit /= 2 {
		in.Cut = true
		if in.Message, err = cutMessage(m, limit); err == nil {
			size, err = encodedSize(in)
		}
	}
	return sized{Inbound: in, size: size}, err
}

// encodedSize returns the size of a message as Temporal's JSON converter encodes it: with
// json.Marshal, which escapes and compacts.
func encodedSize(in workflows.Inbound) (int, error) {
	encoded, err := json.Marshal(in)
	return len(encoded) + len(","), err
}

// messageID returns the message's own id, or one made from its bytes if it has no usable one.
func messageID(m *whatsapp.Message) string {
	if usableID(m.ID) {
		return m.ID
	}
	sum := sha256.Sum256(m.Raw)
	return "raw:" + hex.EncodeToString(sum[:])[:32]
}

// usableID reports whether Meta's id of a message can be stored and compared. Bytes that were no text
// have become U+FFFD, and ids that differ only in them would be equal: the second message would be
// taken for a duplicate of the first.
func usableID(id string) bool {
	broken := func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }
	return strings.TrimSpace(id) != "" && len(id) <= maxMessageID && !strings.ContainsFunc(id, broken)
}

func unixSeconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// split packs messages into envelopes, in order. All messages of an envelope are of one number.
func split(messages []sized, at time.Time, bot string) []workflows.Envelope {
	var envelopes []workflows.Envelope
	room := 0
	var with person
	for _, m := range messages {
		if len(envelopes) == 0 || m.size > room || m.with != with {
			with = m.with
			envelopes = append(envelopes, workflows.Envelope{At: at, Bot: bot, WaID: with.waID, UserID: with.userID})
			room = maxEnvelope - envelopeFrame
		}
		room -= m.size
		last := &envelopes[len(envelopes)-1]
		last.Messages = append(last.Messages, m.Inbound)
	}
	return envelopes
}
