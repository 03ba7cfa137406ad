package bot

import "time"

// WhatsApp takes free-form messages for 24 hours after the contact's last one, by Meta's
// clock. The margin is for the way to Meta and for clocks that differ.
const (
	window       = 24 * time.Hour
	windowMargin = 5 * time.Minute
)
