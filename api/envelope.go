package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/workflows"
)

const (
	// maxEnvelope and maxMessage bound what is signalled, in bytes of JSON as the client
	// encodes it. Temporal refuses a payload above 2 MiB, and a workflow task with 2 MiB of
	// waiting signals.
	maxEnvelope = 256 << 10
	maxMessage  = 128 << 10
	// envelopeFrame is what an envelope has around its messages, generously.
	envelopeFrame = 256

	// maxMessageID is twice what a message id must be allowed to have.
	maxMessageID = 1024
	// Of a message that is cut, texts keep maxCutText bytes and other fields maxCutField:
	// together they stay below maxMessage even if every byte needs six.
	maxCutText  = 12 << 10
	maxCutField = 512
)

// sized is a message and its size in an envelope, in bytes of JSON.
type sized struct {
	workflows.Inbound

	size int
}

// measure makes the message that is signalled. One that is too large is cut down to the
// fields that a bot understands.
func measure(m *whatsapp.Message, name string) (sized, error) {
	in := workflows.Inbound{
		ID: messageID(m), Type: cutAt(m.Type, maxCutField), Timestamp: unixSeconds(m.Timestamp), Name: name,
		Message: m.Raw,
	}
	size, err := encodedSize(in)
	if err != nil || size <= maxMessage {
		return sized{in, size}, err
	}
	if in.Message, err = cutMessage(m); err != nil {
		return sized{}, err
	}
	in.Cut = true
	size, err = encodedSize(in)
	return sized{in, size}, err
}

// encodedSize counts what Temporal's JSON converter will make of a message: it is
// json.Marshal, which escapes and compacts.
func encodedSize(in workflows.Inbound) (int, error) {
	encoded, err := json.Marshal(in)
	return len(encoded) + len(","), err
}

// messageID is the message's own id, or a name made of its bytes if it has none that can
// be kept.
func messageID(m *whatsapp.Message) string {
	if m.ID != "" && len(m.ID) <= maxMessageID && strings.IndexFunc(m.ID, unicode.IsControl) < 0 {
		return m.ID
	}
	sum := sha256.Sum256(m.Raw)
	return "raw:" + hex.EncodeToString(sum[:])[:32]
}

func unixSeconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// cutMessage builds a small message of the same shape out of what was decoded.
func cutMessage(m *whatsapp.Message) (json.RawMessage, error) {
	small := object{}
	put := func(into object, name, value string, limit int) {
		if value != "" {
			into[name], _ = json.Marshal(cutAt(value, limit)) // a string always encodes
		}
	}
	nest := func(name string, fill func(object)) {
		inner := object{}
		fill(inner)
		small[name], _ = json.Marshal(inner) // made of valid JSON
	}
	put(small, "id", m.ID, maxMessageID)
	put(small, "from", m.From, maxCutField)
	put(small, "from_user_id", m.FromUserID, maxCutField)
	put(small, "type", m.Type, maxCutField)
	if !m.Timestamp.IsZero() {
		put(small, "timestamp", strconv.FormatInt(m.Timestamp.Unix(), 10), maxCutField)
	}
	if m.Context != nil {
		nest("context", func(o object) { put(o, "id", m.Context.ID, maxMessageID) })
	}
	if m.Text != nil {
		nest("text", func(o object) { put(o, "body", m.Text.Body, maxCutText) })
	}
	if m.Button != nil {
		nest("button", func(o object) {
			put(o, "payload", m.Button.Payload, maxCutField)
			put(o, "text", m.Button.Text, maxCutField)
		})
	}
	cutReply(m, nest, put)
	cutMedia(m, nest, put)
	return json.Marshal(small)
}

type (
	putter func(into object, name, value string, limit int)
	nester func(name string, fill func(object))
)

func cutReply(m *whatsapp.Message, nest nester, put putter) {
	if m.Interactive == nil {
		return
	}
	reply := func(r *whatsapp.Reply) json.RawMessage {
		o := object{}
		put(o, "id", r.ID, maxCutField)
		put(o, "title", r.Title, maxCutField)
		put(o, "description", r.Description, maxCutField)
		encoded, _ := json.Marshal(o) // made of valid JSON
		return encoded
	}
	nest("interactive", func(o object) {
		put(o, "type", m.Interactive.Type, maxCutField)
		if r := m.Interactive.ButtonReply; r != nil {
			o["button_reply"] = reply(r)
		}
		if r := m.Interactive.ListReply; r != nil {
			o["list_reply"] = reply(r)
		}
	})
}

func cutMedia(m *whatsapp.Message, nest nester, put putter) {
	for _, part := range []struct {
		name  string
		media *whatsapp.Media
	}{{"image", m.Image}, {"audio", m.Audio}, {"video", m.Video}, {"document", m.Document}, {"sticker", m.Sticker}} {
		if part.media == nil {
			continue
		}
		nest(part.name, func(o object) {
			put(o, "id", part.media.ID, maxCutField)
			put(o, "mime_type", part.media.MimeType, maxCutField)
			put(o, "filename", part.media.Filename, maxCutField)
			put(o, "caption", part.media.Caption, maxCutField)
		})
	}
}

// split packs messages into envelopes, in order.
func split(messages []sized, at time.Time, bot string) []workflows.Envelope {
	var envelopes []workflows.Envelope
	room := 0
	for _, m := range messages {
		if len(envelopes) == 0 || m.size > room {
			envelopes = append(envelopes, workflows.Envelope{At: at, Bot: bot})
			room = maxEnvelope - envelopeFrame
		}
		room -= m.size
		last := &envelopes[len(envelopes)-1]
		last.Messages = append(last.Messages, m.Inbound)
	}
	return envelopes
}
