package client

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// maxMessage bounds the server's sentence, in characters.
const maxMessage = 2000

// unauthorized is what the service says to an account that may not do what it asks, and to nobody
// whose token has ended.
const unauthorized = "unauthorized Access"

// Refused is the error of a response that is not 2xx.
type Refused struct {
	Status int
	// Message is the server's sentence, fit for a terminal; empty if the response has none, as that of
	// a proxy.
	Message string
	// Body is the whole response, for what it holds beside the sentence; see [Refused.Into].
	Body []byte
	// RetryAfter is when the server wants the request again; negative if it does not say.
	RetryAfter time.Duration

	server   string
	location string
	renew    string
}

// Error is the server's sentence, and what can be done.
func (e *Refused) Error() string {
	said := e.said()
	switch {
	case e.location != "":
		return fmt.Sprintf("%s sends on to %s; if that is right, name it as the URL of the service", e.server, e.location)
	case e.Status == http.StatusUnauthorized && e.Message == unauthorized:
		return said + ": this account may not do that"
	case e.Status == http.StatusUnauthorized:
		return said + ": " + e.renew
	case e.busy() && e.RetryAfter > 0:
		return fmt.Sprintf("%s (again in %s)", said, e.RetryAfter)
	}
	return said
}

// said is the server's sentence, or one about its status.
func (e *Refused) said() string {
	return cmp.Or(e.Message, fmt.Sprintf("%s answered %d %s", e.server, e.Status, http.StatusText(e.Status)))
}

// Into reads the response as JSON, and reports whether it is that.
func (e *Refused) Into(v any) bool { return json.Unmarshal(e.Body, v) == nil }

// busy reports whether the same request may be taken later.
func (e *Refused) busy() bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable
}

// refused reads a response that is not 2xx.
func (c *Client) refused(ctx context.Context, r Request, response *http.Response) error {
	body, err := readAll(response.Body)
	if err != nil {
		return c.explain(ctx, r, err)
	}
	e := &Refused{Status: response.StatusCode, Body: body, RetryAfter: retryAfter(response), server: c.base.String(), renew: c.options.Renew}
	var said struct{ Message string }
	if json.Unmarshal(body, &said) == nil {
		e.Message = Clean(said.Message, maxMessage)
	}
	if response.StatusCode/100 == 3 {
		e.location = Clean(response.Header.Get("Location"), maxMessage)
	}
	return e
}

// retryAfter is the header of that name in seconds, which is how the service writes it.
func retryAfter(response *http.Response) time.Duration {
	seconds, err := strconv.ParseUint(response.Header.Get("Retry-After"), 10, 31)
	if err != nil {
		return -1
	}
	return time.Duration(seconds) * time.Second // at most 2^31 seconds: no overflow
}

// Clean makes a text from a server fit for a line of a terminal: without control characters, which
// could move the cursor, and cut.
func Clean(text string, most int) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
