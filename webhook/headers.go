package webhook

import (
	"net/http"
	"strconv"
	"time"
)

// Headers returns the headers with which a request that is made at the given time comes, its signatures
// among them; of the request it uses neither URL nor Timeout. It is for messages that the ISV pulls: they
// come with what would be posted. It returns an error only for a signing key that is none.
func (r Request) Headers(at time.Time) (http.Header, error) {
	h := http.Header{}
	return h, r.setHeaders(h, at)
}

func (r Request) setHeaders(h http.Header, at time.Time) error {
	h.Set("Content-Type", "application/json")
	h.Set("Chattigo-Wa-Id", r.WaID)
	if r.Event {
		return sign(h, r.Keys, r.ID, at, r.Body)
	}
	h.Set("Chattigo-Attempt", strconv.Itoa(r.Attempt))
	if r.Test {
		h.Set("Chattigo-Test", "true")
	} else {
		h.Set("Chattigo-Conversation", r.Conversation)
		h.Set("Chattigo-Contact", headerValue(r.Contact))
		h.Set("Chattigo-Sequence", strconv.Itoa(r.Sequence))
	}
	if r.InReplyTo != "" {
		h.Set("Chattigo-In-Reply-To", headerValue(r.InReplyTo))
	}
	if r.Replay {
		h.Set("Webhook-Replay", "true")
	}
	return sign(h, r.Keys, r.ID, at, r.Body)
}

// headerValue makes a header's value of a contact's or a message's id: bytes that a header cannot
// carry are replaced, and it is cut at 512 bytes.
func headerValue(s string) string {
	b := []byte(s[:min(len(s), 512)])
	for i, c := range b {
		if c < 0x20 || c > 0x7e {
			b[i] = '?'
		}
	}
	return string(b)
}
