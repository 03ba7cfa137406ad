package workflows

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// WorkflowID is the id under which a contact's conversations on a channel run; no other code makes
// one. It is keyed because ids are not encrypted, not even on a cluster that encrypts payloads. The
// key is never rotated, or messages would open a second conversation beside the open one.
func WorkflowID(key []byte, channel, contact string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(channel))
	mac.Write([]byte{0})
	mac.Write([]byte(contact))
	return "conversation:" + hex.EncodeToString(mac.Sum(nil)[:16])
}

// ConversationID names a conversation after the run that opened it. A reset changes the
// run id but not the original one, which is why it is used.
func ConversationID(originalRunID string) string { return "cnv_" + originalRunID }
