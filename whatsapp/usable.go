package whatsapp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxIdentity bounds an identity in bytes. The longest that WhatsApp gives is the user id of a
// parent portfolio: "US.ENT." and up to 128 characters, 135 in all; a phone number has up to 15
// digits, and a few more characters where somebody wrote it out. What keeps identities wants them
// short: Temporal's search attributes hold 255 characters on a SQL database, and refuse a
// conversation with more only when it is long accepted.
const maxIdentity = 150

// UsableIdentity reports whether a phone number or user id of a webhook can be somebody's. It is
// what a person is stored, found and answered under, so it has 1 to 150 bytes, all of them of
// visible characters, and at least one letter or digit. Control and format characters can be
// seen by nobody, databases refuse some of them, and bytes that were no text have become U+FFFD,
// by which several people would be one.
func UsableIdentity(identity string) bool {
	return len(identity) <= maxIdentity && utf8.ValidString(identity) &&
		strings.ContainsFunc(identity, alphanumeric) && !strings.ContainsFunc(identity, invisible)
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func invisible(r rune) bool { return !unicode.IsGraphic(r) || r == utf8.RuneError }
