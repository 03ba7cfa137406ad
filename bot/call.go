package bot

import (
	"encoding/json"
	"time"

	"github.com/chattigo/api-isv/bot/expr"
)

// Call is one HTTP call that a state makes, as it stands in a history: complete but for its secrets,
// which only the shell knows.
type Call struct {
	// ID is the effect's id, the same on every attempt: the Idempotency-Key.
	ID string `json:"id"`
	// State is the state of the definition that makes it.
	State   string   `json:"state"`
	Method  string   `json:"method"`
	URL     string   `json:"url"`
	Headers []Header `json:"headers,omitempty"`
	// Body is JSON; empty when the call has none.
	Body json.RawMessage `json:"body,omitempty"`
	// Timeout is what one attempt may take, Retries how many more there may be after the first.
	Timeout time.Duration `json:"timeout"`
	Retries int           `json:"retries,omitempty"`
}

// Header is one header of a call.
type Header struct {
	Name  string       `json:"name"`
	Value []HeaderPart `json:"value"`
}

// HeaderPart is text, or the name of a secret of the channel. They are kept apart, so that no
// text of a contact can be taken for a secret's name. Values of expressions are on one line already;
// the shell cleans the whole value once more before it sends it, whatever a history holds.
type HeaderPart = expr.Part

// Reasons why a call got no response, in CallResult.Error.
const (
	// CallTimeout is an attempt that ran out of its time.
	CallTimeout = "timeout"
	// CallConnection is a server that could not be reached, or hung up.
	CallConnection = "connection"
	// CallForbidden is a target that may not be called.
	CallForbidden = "forbidden"
	// CallTooLarge is a response of more than 64 KiB.
	CallTooLarge = "too_large"
	// CallSecret is a secret that the channel does not have, or that could not be read.
	CallSecret = "secret"
)

// CallResult is the outcome of a call after all its attempts.
type CallResult struct {
	// Call is the call's ID.
	Call string `json:"call"`
	// Status is the HTTP status; 0 without a response.
	Status int `json:"status,omitempty"`
	// Body is the response's body, valid UTF-8, at most 64 KiB.
	Body string `json:"body,omitempty"`
	// Error says why there is no response; empty when there is one, whatever its status.
	Error string `json:"error,omitempty"`
}

// MayPass reports whether another attempt may succeed: the status says "not now" rather than
// "no", or the server was not reached in time.
func (r CallResult) MayPass() bool {
	switch r.Status {
	case 408, 425, 429, 500, 502, 503, 504:
		return true
	}
	return r.Error == CallTimeout || r.Error == CallConnection
}

// Handoff tells who has to take over, and what they should know.
type Handoff struct {
	// To is the desk's name in the definition.
	To   string `json:"to"`
	Note string `json:"note,omitempty"`
}
