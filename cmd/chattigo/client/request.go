package client

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Request is what a server is asked.
type Request struct {
	Method string
	// Path are the parts of the path, as they are: they are escaped here.
	Path  []string
	Query url.Values
	Body  []byte
	// Type is the Content-Type of the body, Accept what the response may be; empty means JSON.
	Type   string
	Accept string
	// Repeatable is whether a second one does no more than the first. It is then made again when the
	// server is busy.
	Repeatable bool
	// Within is how long a response may take, or the next line of a stream; 0 means 30 s.
	Within time.Duration
}

// Get is the request for what stands at a path.
func Get(path ...string) Request {
	return Request{Method: http.MethodGet, Path: path, Repeatable: true}
}

func (r Request) within() time.Duration { return cmp.Or(r.Within, within) }

// path is the escaped path, from the server's URL on.
func (r Request) path() string {
	var all strings.Builder
	for _, part := range r.Path {
		all.WriteString("/" + url.PathEscape(part))
	}
	return all.String()
}

func (r Request) build(ctx context.Context, base *url.URL) (*http.Request, error) {
	target := base.String() + r.path()
	if len(r.Query) > 0 {
		target += "?" + r.Query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, target, bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	if r.Body != nil {
		request.Header.Set("Content-Type", cmp.Or(r.Type, "application/json"))
	}
	request.Header.Set("Accept", cmp.Or(r.Accept, "application/json"))
	return request, nil
}

const (
	// maxAttempts is how often a request is made that may be repeated.
	maxAttempts = 4
	// maxWait is the longest wait before the next attempt. A server that wants more is left alone.
	maxWait = 20 * time.Second
)

// again makes attempts until one is no longer refused for the moment only.
func (c *Client) again(ctx context.Context, r Request, attempt func() error) error {
	for made := 1; ; made++ {
		err := attempt()
		refused, ok := errors.AsType[*Refused](err)
		if !ok || !r.Repeatable || !refused.busy() || made == maxAttempts {
			return err
		}
		wait := refused.RetryAfter
		if wait < 0 {
			wait = time.Second << (made - 1)
		}
		if wait > maxWait {
			return err
		}
		if c.options.Waiting != nil {
			c.options.Waiting(wait, refused.said())
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
