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
	// defaultCallTimeout bounds an attempt whose call sets no timeout, maxCallTimeout all others: a
	// person is waiting in the chat.
	defaultCallTimeout = 5 * time.Second
	maxCallTimeout     = 10 * time.Second
	// CallWait is how long a call waits for a slot, before its timeout begins, while too many others to
	// the same host are in flight.
	CallWait = 2 * time.Second
	// maxCallResponse is the largest response body that is read, in bytes.
	maxCallResponse = 64 << 10
	// maxCallURL, in bytes, is what common servers accept as the first line of a request: what a
	// contact wrote may stand in the query.
	maxCallURL = 8 << 10
)

// Classes that only a call has, beside Timeout, Connect, Canceled and Forbidden.
const (
	// Answered is a call with a response, whatever its status; redirects are never followed.
	Answered Class = "answered"
	// TooLarge is a response of more than maxCallResponse.
	TooLarge Class = "too_large"
	// Busy is a call to a host with so many calls in flight that no slot became free.
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
	// Timeout bounds the attempt, with the reading of the response; see CallTimeout.
	Timeout time.Duration
}

// Response is the outcome of a call.
type Response struct {
	Class Class
	// Status and Body are set for Answered; the body is valid UTF-8, at most maxCallResponse bytes.
	Status int
	Body   string
	// RetryAfter is the pause that the response asked for; 0 if it did not.
	RetryAfter time.Duration
	Duration   time.Duration
}

// CallTimeout bounds the timeout that a call asks for; 0 asks for the default.
func CallTimeout(wanted time.Duration) time.Duration {
	if wanted <= 0 {
		return defaultCallTimeout
	}
	return min(wanted, maxCallTimeout)
}

// Caller makes the calls of bots, whose URLs tenants choose: its network is a [Guard], and one slow
// host does not hold up the calls to others. It is safe for concurrent use, and logs nothing.
type Caller struct {
	sender    *sender
	slots     *slots
	userAgent string
	now       func() time.Time
}

// NewCaller makes a caller; version becomes part of the user agent.
func NewCaller(version string, network Network) *Caller {
	return &Caller{sender: newSender(network), slots: newSlots(), userAgent: userAgent(version), now: time.Now}
}

// Close closes the connections.
func (c *Caller) Close() { c.sender.close() }

// Call makes one attempt. It returns no error: the response has the class of the failure.
func (c *Caller) Call(ctx context.Context, call Call) Response {
	start := c.now()
	response := c.call(ctx, call)
	response.Duration = c.now().Sub(start)
	return response
}

func (c *Caller) call(parent context.Context, call Call) (response Response) {
	target, err := parsePublicTarget(call.URL, maxCallURL)
	if err != nil || !isCallMethod(call.Method) {
		return Response{Class: Forbidden}
	}
	release, err := c.slots.acquire(parent, hostName(target))
	if err != nil {
		return Response{Class: classifyCall(parent, err)}
	}
	defer release()
	ctx, cancel := context.WithTimeout(parent, CallTimeout(call.Timeout))
	defer cancel()
	req, err := c.request(ctx, call)
	if err != nil {
		return Response{Class: Forbidden}
	}
	_, err = c.sender.send(req, func(resp *http.Response) error {
		response, err = c.read(resp)
		return err
	})
	if err != nil {
		return Response{Class: classifyCall(parent, err)}
	}
	return response
}

func isCallMethod(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, method)
}

// request makes the HTTP request, with the call's headers and ours. It asks for a response that is
// not compressed: what had to be unpacked could be any size.
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

// read reads the whole response or nothing: half a body would be understood as something else. A
// switch of protocols is no response.
func (c *Caller) read(resp *http.Response) (Response, error) {
	switch {
	case resp.StatusCode < http.StatusOK:
		return Response{Class: Connect}, nil
	case resp.ContentLength > maxCallResponse:
		return Response{Class: TooLarge}, nil
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxCallResponse+1))
	if err != nil {
		return Response{}, err
	}
	body := string(raw)
	if !utf8.ValidString(body) {
		body = strings.ToValidUTF8(body, "\uFFFD") // may become longer
	}
	if len(raw) > maxCallResponse || len(body) > maxCallResponse {
		return Response{Class: TooLarge}, nil
	}
	return Response{
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
