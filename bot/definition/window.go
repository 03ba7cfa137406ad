package definition

import "time"

// WhatsApp takes free-form messages for 24 hours after the contact's last one, by Meta's
// clock. The margin is for the way to Meta and for clocks that differ.
const (
	Window       = 24 * time.Hour
	WindowMargin = 5 * time.Minute
)
