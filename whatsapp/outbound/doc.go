// Package outbound is the body of "send message" of the WhatsApp Cloud API.
//
// [Message] has a plain struct for every kind of message. [Parse] reads one that somebody wrote,
// strictly; [Validate] checks it against every rule and limit that a body can show, [Check] against
// what the Graph version of a channel has, and [Encode] writes it: it refuses a body that WhatsApp
// would refuse, and names every limit that is broken. Payments, addresses, calls and pins keep their
// own part as raw JSON, which is checked. [Cut] shortens a text that came from variables.
//
// The package does no I/O, reads no clock and imports nothing of this module but the webhook half,
// package whatsapp, for the names that both halves share. Start reading at [Message] and [Validate].
package outbound
