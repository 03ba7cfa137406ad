package definition

import "time"

// WhatsApp accepts messages other than templates for 24 hours after the contact's last message, by
// Meta's clock. The margin is for the time a message takes to Meta, and for clocks that differ.
const (
	Window       = 24 * time.Hour
	WindowMargin = 5 * time.Minute
)
