package chat

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// MessageID is the webhook-id of the index-th message that a cause produced in a conversation. The
// body is part of it, so that equal ids are equal bytes.
func MessageID(conversation, cause string, index int, body []byte) string {
	h := sha256.New()
	for _, part := range []string{conversation, cause, strconv.Itoa(index)} {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	_, _ = h.Write(body)
	return "msg_" + hex.EncodeToString(h.Sum(nil)[:16])
}

// timerCause names one firing of a timer: its id comes again when a question is asked again, its id
// with its deadline does not.
func timerCause(id string, deadline time.Time) string {
	return "timer:" + id + "@" + strconv.FormatInt(deadline.UnixMilli(), 10)
}
