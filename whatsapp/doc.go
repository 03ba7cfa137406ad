// Package whatsapp holds the two JSON contracts of the WhatsApp Cloud API: the webhook
// that a business receives and the body of "send message".
//
// What comes in is decoded tolerantly: every field is optional, numbers may be strings
// and strings numbers, an unknown type is kept raw, and one broken message does not lose
// the others of its batch. What goes out is encoded strictly: [Encode] refuses a body
// that WhatsApp would refuse, and names every limit that it breaks.
//
// The package does no I/O, reads no clock and imports nothing of this module. Start
// reading at [Decode] for the inbound side and at [Send] for the outbound side.
package whatsapp
