package bot

import (
	"time"

	"github.com/chattigo/api-isv/whatsapp"
)

// maxAhead is by how much WhatsApp's clock may be ahead of the one that recorded the arrival.
const maxAhead = 5 * time.Minute

// firstMessage is the year in which WhatsApp appeared: no message was written before it.
const firstMessage = 2009

// writtenAt returns when the person wrote the message, by WhatsApp's own clock. It lies days before the
// arrival when a webhook is delivered again after an outage. A time that is missing or cannot
// be true counts as the arrival.
func (t *core) writtenAt(m *whatsapp.Message) time.Time {
	at := m.Timestamp
	if at.Year() < firstMessage || at.After(t.arrived.Add(maxAhead)) {
		return t.arrived
	}
	return instant(at)
}
