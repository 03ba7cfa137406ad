package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// DefaultCallTimeout is what an attempt may take when a call does not say.
	DefaultCallTimeout = 5 * time.Second
	// MaxCallTimeout is the most that a call may ask for: a person is waiting in the chat.
	MaxCallTimeout = 10 * time.Second
	// CallWait is how long a call waits for a place, beside its timeout, while others to the same
	// host are under way.
	CallWait = 2 * time.Second
	// MaxCallAnswer is the largest answer that is taken, in bytes.
	MaxCallAnswer = 64 << 10
)

// What comes of a call, beside Timeout, Connect, Canceled and Forbidden.
const (
	// Answered is an answer, whatever its status; redirects are never followed.
	Answered Class = "answered"
	// TooLarge is an answer of more than MaxCallAnswer.
	TooLarge Class = "too_large"
	// Busy is a host with so many calls under way that no place became free.
	Busy Class = "busy"
)

// Call is one attempt of a bot's HTTP call.
type Call struct {
	// Method is GET, POST, PUT, PATCH or DELETE.
	Method string
	URL    string
	Header http.Header
	// Body is sent byte for byte; empty is none.
	Body []byte
	// Timeout bounds the attempt, with the reading of the answer; see CallTimeout.
	Timeout time.Duration
}

// Answer is what came of a call.
type Answer struct {
	Class Class
	// Status and Body are set for Answered; the body is valid UTF-8, at most MaxCallAnswer bytes.
	Status int
	Body   string
	// RetryAfter is what the answer asked for; 0 when it did not.
	RetryAfter time.Duration
	Duration   time.Duration
}

// CallTimeout is what an attempt may take for a call that wants so much.
func CallTimeout(wanted time.Duration) time.Duration {
	if wanted <= 0 {
		return DefaultCallTimeout
	}
	return min(wanted, MaxCallTimeout)
}

// Caller makes the calls of bots, whose URLs tenants choose: it goes through a Guard, and one
// slow host does not hold up the calls to others. It is safe for concurrent use, and logs nothing.
type Caller struct {
	sender    *sender
	places    *places
	userAgent string
	now       func() time.Time
}

// NewCaller makes a caller; version becomes part of the user agent.
func NewCaller(version string, guard *Guard, options ...Option) *Caller {
	return &Caller{sender: newSender(guard, options), places: newPlaces(), userAgent: userAgent(version), now: time.Now}
}

// Close drops the connections.
func (c *Caller) Close() { c.sender.close() }

// Call makes one attempt. It never fails: what went wrong is in the answer.
func (c *Caller) Call(ctx context.Context, call Call) Answer {
	start := c.now()
	answer := c.call(ctx, call)
	answer.Duration = c.now().Sub(start)
	return answer
}

func (c *Caller) call(parent context.Context, call Call) (answer Answer) {
	target, err := parseCallTarget(call.URL)
	if err != nil || !isCallMethod(call.Method) {
		return Answer{Class: Forbidden}
	}
	leave, err := c.places.enter(parent, hostName(target))
	if err != nil {
		return Answer{Class: classifyCall(parent, err)}
	}
	defer leave()
	ctx, cancel := context.WithTimeout(parent, CallTimeout(call.Timeout))
	defer cancel()
	req, err := c.request(ctx, call)
	if err != nil {
		return Answer{Class: Forbidden}
	}
	_, err = c.sender.send(req, func(resp *http.Response) error {
		answer, err = c.read(resp)
		return err
	})
	if err != nil {
		return Answer{Class: classifyCall(parent, err)}
	}
	return answer
}

func isCallMethod(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, method)
}

// request has the caller's headers and ours. A body is asked for as it is: what had to be
// unpacked could be any size.
func (c *Caller) request(ctx context.Context, call Call) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, call.Method, call.URL, bytes.NewReader(call.Body))
	if err != nil {
		return nil, err
	}
	if call.Header != nil {
		req.Header = call.Header.Clone()
	}
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Accept-Encoding", "identity")
	return req, nil
}

// read takes the whole answer or nothing: half a body would be understood as something else. A
// switch of protocols is no answer.
func (c *Caller) read(resp *http.Response) (Answer, error) {
	switch {
	case resp.StatusCode < http.StatusOK:
		return Answer{Class: Connect}, nil
	case resp.ContentLength > MaxCallAnswer:
		return Answer{Class: TooLarge}, nil
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, MaxCallAnswer+1))
	if err != nil {
		return Answer{}, err
	}
	body := string(raw)
	if !utf8.ValidString(body) {
		body = strings.ToValidUTF8(body, "\uFFFD") // may become longer
	}
	if len(raw) > MaxCallAnswer || len(body) > MaxCallAnswer {
		return Answer{Class: TooLarge}, nil
	}
	return Answer{
		Class: Answered, Status: resp.StatusCode, Body: body,
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), c.now()),
	}, nil
}

func classifyCall(parent context.Context, err error) Class {
	if errors.Is(err, errBusy) {
		return Busy
	}
	return classify(parent, err)
}
