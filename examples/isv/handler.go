package isv

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxBody bounds a delivery, in bytes: far above the longest WhatsApp message.
const maxBody = 1 << 20

// ServeHTTP is the whole ISV: POST / receives a delivery, GET /messages lists deliveries as JSON,
// GET / shows them as a page.
func (in *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in.routes.ServeHTTP(w, r)
}

// receive accepts one delivery. Chattigo sends it again unless the response is 2xx, so the
// message is kept first.
func (in *Inbox) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		refuse(w, http.StatusRequestEntityTooLarge, "the body is larger than 1 MB")
		return
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "the body ended early")
		return
	}
	in.keep(r.Header, body)
	respond(w, http.StatusOK, struct{}{})
}

// list responds with [{index, receivedAt, headers, body}], oldest first. The query may have
// contact, conversation and after=<index>; with wait=<duration> the response waits for a message,
// see [Inbox.Await].
func (in *Inbox) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	filter := Filter{Contact: query.Get("contact"), Conversation: query.Get("conversation")}
	if after := query.Get("after"); after != "" {
		index, err := strconv.ParseInt(after, 10, 64)
		if err != nil {
			refuse(w, http.StatusBadRequest, "after must be the index of a message")
			return
		}
		filter.After = index
	}
	wait, err := time.ParseDuration(cmp.Or(query.Get("wait"), "0s"))
	if err != nil || wait < 0 || wait > maxWait {
		refuse(w, http.StatusBadRequest, "wait must be a duration such as 5s, at most 30s")
		return
	}
	respond(w, http.StatusOK, in.Await(r.Context(), filter, wait))
}

func refuse(w http.ResponseWriter, status int, message string) {
	respond(w, status, map[string]string{"message": message})
}

func respond(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // it can only fail if the client is gone
}
