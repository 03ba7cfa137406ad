package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// A response body is read up to maxRead bytes, so that the connection can be used again, and
	// returned up to maxKept bytes.
	maxRead = 64 << 10
	maxKept = 16 << 10
	// maxReadTime is how long the rest of a 2xx response is waited for: the message is delivered, and
	// some servers announce more than they send.
	maxReadTime = time.Second
	// maxMessageID bounds an id of Meta's, in bytes; real ones have about 60.
	maxMessageID = 512
)

// Request is one attempt to deliver one body.
type Request struct {
	URL string
	// Body is sent byte for byte.
	Body []byte
	// ID is the webhook-id: the same on every attempt; equal ids are equal bytes.
	ID           string
	Conversation string
	// WaID is the channel, Contact the person at the other end.
	WaID    string
	Contact string
	// Sequence counts a conversation's messages from 1, Attempt a message's attempts from 1.
	Sequence int
	Attempt  int
	// InReplyTo is the id of the contact's message that caused this one, if one did.
	InReplyTo string
	// Keys sign the attempt, at the time at which it is made: the newest first, then those that it
	// replaced and that ISVs may still verify with. Without keys there is no signature.
	Keys []SigningKey
	// Replay marks an attempt at a dead letter that somebody asked for.
	Replay bool
	// Test marks an attempt that belongs to no conversation: the ISV asked for it, to try its endpoint.
	Test bool
	// Event marks an attempt for the ISV's back office: it is no part of a conversation.
	Event bool
	// Timeout bounds the whole attempt, with the reading of the response.
	Timeout time.Duration
}

// Class is the kind of outcome of an attempt.
type Class string

const (
	// Delivered is a response of 2xx.
	Delivered Class = "delivered"
	// Status is any other response but 410, also 101, which switches protocols; redirects are never
	// followed.
	Status Class = "status"
	// Gone is a response of 410: the endpoint wants nothing more.
	Gone Class = "gone"
	// Timeout is an attempt that ran out of its time.
	Timeout Class = "timeout"
	// Connect is an attempt that got no response for another reason.
	Connect Class = "connect"
	// Canceled is an attempt that the caller of this package gave up.
	Canceled Class = "canceled"
	// BadTarget is a URL to which no request can be made, or that CheckTarget refuses.
	BadTarget Class = "bad_target"
	// Forbidden is a target that the guard refuses: nothing was connected to.
	Forbidden Class = "forbidden"
)

// Control is what a response asks for with the header Webhook-Delivery.
type Control string

const (
	// AbortMessage gives up this message.
	AbortMessage Control = "abort-message"
	// DisableEndpoint switches the endpoint off.
	DisableEndpoint Control = "disable"
)

// Result is the outcome of an attempt.
type Result struct {
	Class Class
	// StatusCode is 0 without a response.
	StatusCode int
	// RetryAfter is the pause that the response asked for; 0 if it did not.
	RetryAfter time.Duration
	// Control is what the response asked for beside; empty if it did not.
	Control Control
	// Answer is the beginning of the response's body, at most 16 KiB.
	Answer []byte
	// MessageID is the id that Meta gave to the message (messages[0].id), when the ISV
	// answered with what Meta had answered it; else empty.
	MessageID string
	// Peer is the address that was connected to.
	Peer     string
	Timings  Timings
	Duration time.Duration
}

// Timings are the parts of an attempt, each from its beginning; 0 for what did not happen, as the first
// two where a connection was used again.
type Timings struct {
	// Connected is when the name was resolved and a connection was there, Secured when TLS was
	// agreed on, FirstByte when a response began.
	Connected, Secured, FirstByte time.Duration
}

// Client posts to webhooks. Its network is a [Guard], because ISVs choose the URLs. It is safe for
// concurrent use.
type Client struct {
	sender *sender
	// loopback lets CheckTarget accept loopback addresses, as the network does.
	loopback  bool
	userAgent string
	now       func() time.Time
}

// NewClient makes a client; version becomes part of the user agent.
func NewClient(version string, network Network) *Client {
	return &Client{sender: newSender(network), loopback: network.Loopback(), userAgent: userAgent(version), now: time.Now}
}

func userAgent(version string) string { return "Chattigo-ISV/" + version }

// Close closes the connections.
func (c *Client) Close() { c.sender.close() }

// Post makes one attempt. It returns no error: the result has the class of the failure.
func (c *Client) Post(ctx context.Context, r Request) Result {
	start := c.now()
	result := c.post(ctx, r)
	result.Duration = c.now().Sub(start)
	return result
}

func (c *Client) post(parent context.Context, r Request) (result Result) {
	if CheckTarget(r.URL, c.loopback) != nil {
		return Result{Class: BadTarget}
	}
	ctx, cancel := context.WithTimeout(parent, r.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Result{Class: BadTarget}
	}
	if err := c.setHeaders(req.Header, r); err != nil {
		return Result{Class: Canceled} // our own mistake, which says nothing about the ISV
	}
	x, err := c.sender.send(req, func(resp *http.Response) error {
		if isSuccess(resp.StatusCode) {
			defer time.AfterFunc(maxReadTime, cancel).Stop()
		}
		return c.read(resp, &result)
	})
	result.Peer, result.Timings = x.peer, x.timings()
	switch {
	case isSuccess(result.StatusCode):
		// An ISV that answered 2xx has the message, whatever becomes of the rest of its response.
		result.Class = Delivered
	case err != nil:
		result.Class = classify(parent, err)
	case result.StatusCode == http.StatusGone:
		result.Class = Gone
	default:
		result.Class = Status
	}
	return result
}

func (c *Client) read(resp *http.Response, result *Result) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRead))
	result.StatusCode = resp.StatusCode
	result.Answer = body[:min(len(body), maxKept)]
	result.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), c.now())
	result.Control = control(resp.Header.Get("Webhook-Delivery"))
	if isSuccess(resp.StatusCode) {
		result.MessageID = MessageID(body)
	}
	return err
}

// control reads the header Webhook-Delivery.
func control(header string) Control {
	switch c := Control(strings.ToLower(strings.TrimSpace(header))); c {
	case AbortMessage, DisableEndpoint:
		return c
	}
	return ""
}

func isSuccess(status int) bool { return status >= 200 && status < 300 }

// MessageID returns the id of the message in Meta's response to "send message", which we cannot know
// otherwise. It is no error if an ISV answers anything else.
func MessageID(body []byte) string {
	var sent struct {
		Messages []struct {
			ID string `json:"id"`
		} `json:"messages"`
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) // some servers send a byte order mark
	if json.Unmarshal(body, &sent) != nil || len(sent.Messages) == 0 || len(sent.Messages[0].ID) > maxMessageID {
		return ""
	}
	return sent.Messages[0].ID
}

func (c *Client) setHeaders(h http.Header, r Request) error {
	h.Set("User-Agent", c.userAgent)
	return r.setHeaders(h, c.now())
}

// classify returns the class of a failed attempt. It looks at the caller's context first: an attempt
// that we ended ourselves says nothing about the ISV.
func classify(parent context.Context, err error) Class {
	if errors.Is(err, ErrForbidden) {
		return Forbidden
	}
	if parent.Err() != nil && !errors.Is(parent.Err(), context.DeadlineExceeded) {
		return Canceled
	}
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &timeout) && timeout.Timeout()) {
		return Timeout
	}
	return Connect
}

// retryAfter reads both forms of the header (RFC 9110, 10.2.3); fractions of a second, which some
// servers send, are rounded up. It returns 0 for a header that is missing or unreadable.
func retryAfter(header string, now time.Time) time.Duration {
	if header == "" {
		return 0
	}
	if seconds, err := strconv.ParseFloat(header, 64); err == nil {
		if !(seconds > 0) {
			return 0
		}
		whole := min(seconds, maxRetryAfter.Seconds())
		return (time.Duration(whole*float64(time.Second)) + time.Second - 1).Truncate(time.Second)
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
