package bot

import "time"

// albumSpan is how far apart the photos of one album come, by Meta's times. WhatsApp hands each
// over as a message of its own when it has been uploaded; a person who has read that a photo was
// not wanted takes longer to send another.
const albumSpan = 10 * time.Second

// ofRefusedAlbum reports whether a medium was sent together with one that has been refused: people
// choose several photos at once, and one word about them is enough.
func (t *turn) ofRefusedAlbum(in input) bool {
	if in.message.Media() == nil {
		return false
	}
	at := t.sentAt(in.message.Timestamp)
	before := t.state.Album
	t.state.Album = at
	return !before.IsZero() && at.Sub(before).Abs() < albumSpan
}

// sentAt is Meta's time of a message, or the event's where it is missing or lies ahead.
func (t *turn) sentAt(at time.Time) time.Time {
	if at.IsZero() || at.After(t.now) {
		return t.now
	}
	return instant(at)
}
