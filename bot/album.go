package bot

import (
	"time"

	"github.com/chattigo/api-isv/whatsapp"
)

// albumSpan is how far apart the photos of one album arrive at most, by Meta's times. WhatsApp delivers
// each as a message of its own when it has been uploaded; a person who has read that a photo was
// not wanted takes longer to send another.
const albumSpan = 10 * time.Second

// ofRefusedAlbum reports whether a medium was sent together with one that has been refused: people
// choose several photos at once, and one word about them is enough.
func (t *core) ofRefusedAlbum(in input) bool {
	if in.message.Media() == nil {
		return false
	}
	at := t.sentAt(in.message)
	before := t.state.Album
	t.state.Album = at
	return !before.IsZero() && at.Sub(before).Abs() < albumSpan
}

// sentAt is when the person wrote the message, but never later than now.
func (t *core) sentAt(m *whatsapp.Message) time.Time {
	if at := t.writtenAt(m); !at.After(t.now) {
		return at
	}
	return t.now
}
