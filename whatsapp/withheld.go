package whatsapp

import (
	"slices"
	"strings"
)

// Withheld reports whether a person sent something that WhatsApp names and does not hand over: a
// photo to be viewed once, a live location, a GIF. What it is stands in unsupported.type, which
// messages have since November 2025; a kind without a name here counts, because new ways of
// saying something come without notice.
func (m *Message) Withheld() bool {
	kind := m.unsupportedKind()
	return kind != "" && !aboutAnother(kind)
}

// unsupportedKind is what WhatsApp says of an unsupported message; empty when it says nothing.
func (m *Message) unsupportedKind() string {
	if m.Unsupported == nil || (m.Type != TypeUnsupported && m.Type != TypeUnknown) {
		return ""
	}
	kind := strings.ToLower(m.Unsupported.Type)
	if kind == TypeUnknown || kind == TypeUnsupported {
		return ""
	}
	return kind
}

// unavailable reports whether a message without a kind is one that a person sent. Only the error
// of a message that is unavailable says so: polls and pins have come without a kind, too.
func (m *Message) unavailable() bool { return m.unsupportedKind() == "" && m.HasError(CodeUnavailable) }

// aboutAnother reports whether an unsupported message of this kind changes another message or
// belongs to a poll: nothing that a bot could be told. "pool" is a spelling of "poll" that has
// been seen.
func aboutAnother(kind string) bool {
	if strings.HasPrefix(kind, "poll") {
		return true
	}
	return slices.Contains([]string{
		"pool", "pin", "unpin", "keep_in_chat", "edit", "revoke", "delete", "deleted", "reaction", "protocol", "ephemeral",
	}, kind)
}
