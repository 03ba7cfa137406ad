// Package client speaks to a Chattigo server over HTTP with one account's token, for the commands of
// bot authors. It knows bytes, statuses and sentences, and nothing of bots: what is asked, and what
// the answer means, the commands say.
//
// Every wait and every size is bounded. The token goes to one server only: redirects are not
// followed, and plain http is spoken with this machine only. A request that may be made twice waits
// and comes again when the server says that it is busy. Start reading at [Client.Do]; request.go
// says what a request is, refused.go what comes back when the server does not want it.
package client

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

const (
	// maxResponse bounds a response that is read as a whole, in bytes, maxLine one line of a stream.
	maxResponse = 16 << 20
	maxLine     = 1 << 20
	// within is how long a response may take, or the next line of a stream, unless the request says
	// otherwise.
	within = 30 * time.Second
)

// Options say which server a [Client] speaks to, and as whom.
type Options struct {
	// URL is where the server is; see [ParseURL].
	URL string
	// Token is what the login answered; empty for what needs none.
	Token string
	// UserAgent names the program.
	UserAgent string
	// Renew is what a person has to do once the token has ended, as a sentence.
	Renew string
	// Waiting is told of each wait for a server that is busy, and what it said; nil tells nobody.
	Waiting func(wait time.Duration, why string)
}

// Client speaks to one server. It may be used by several goroutines.
type Client struct {
	options Options
	base    *url.URL
	http    *http.Client
}

// New makes a client. It connects to nothing yet; [Client.Close] must follow.
func New(o Options) (*Client, error) {
	base, err := ParseURL(o.URL)
	if err != nil {
		return nil, err
	}
	if !printable(o.Token) {
		return nil, errors.New("the token holds characters that no token has; it is the access_token that POST /login answers")
	}
	return &Client{o, base, &http.Client{Transport: transport(), CheckRedirect: keepRedirect}}, nil
}

// printable reports whether a token can stand in a header.
func printable(token string) bool {
	for _, c := range []byte(token) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

func transport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     time.Minute,
	}
}

// keepRedirect makes a redirect the response: the token is for one server.
func keepRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Close ends the connections that are kept for the next request.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// URL is where the server is.
func (c *Client) URL() string { return c.base.String() }

// Response is what a server answered with a status of 2xx.
type Response struct {
	// Type and ETag are the headers of those names.
	Type string
	ETag string
	Body []byte
}

// Do makes a request and reads the whole response. What the server does not want is a [*Refused].
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	var got *Response
	err := c.again(ctx, r, func() error {
		ctx, cancel := context.WithTimeoutCause(ctx, r.within(), errLate)
		defer cancel()
		return c.attempt(ctx, r, func(response *http.Response) error {
			body, err := readAll(response.Body)
			got = &Response{response.Header.Get("Content-Type"), response.Header.Get("ETag"), body}
			return err
		})
	})
	return got, err
}

// JSON makes a request and reads the response into a value.
func (c *Client) JSON(ctx context.Context, r Request, into any) error {
	got, err := c.Do(ctx, r)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(got.Body, into); err != nil {
		return fmt.Errorf("%s %s of %s answered something that is no such JSON: %w", r.Method, r.path(), c.base.Host, err)
	}
	return nil
}

// Lines makes a request and hands on each line of the response as it comes, until each fails or ctx is
// done; what each returns, Lines returns. A line is valid until each returns. Empty lines, which only
// show that the server is at work, are left out.
func (c *Client) Lines(ctx context.Context, r Request, each func(line []byte) error) error {
	var own error
	err := c.again(ctx, r, func() error {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		late := time.AfterFunc(r.within(), func() { cancel(errLate) })
		defer late.Stop()
		return c.attempt(ctx, r, func(response *http.Response) error {
			lines := bufio.NewScanner(response.Body)
			lines.Buffer(nil, maxLine)
			for own == nil && lines.Scan() {
				late.Reset(r.within())
				if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 {
					own = each(line)
				}
			}
			return lines.Err()
		})
	})
	return cmp.Or(own, err)
}

// errLate ends a request that takes too long.
var errLate = errors.New("too late")

// attempt makes a request once, and lets read have a response of 2xx.
func (c *Client) attempt(ctx context.Context, r Request, read func(*http.Response) error) error {
	request, err := r.build(ctx, c.base)
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", c.options.UserAgent)
	if c.options.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.options.Token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return c.explain(ctx, r, err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read as far as it matters
	if response.StatusCode/100 != 2 {
		return c.refused(ctx, r, response)
	}
	if err := read(response); err != nil {
		return c.explain(ctx, r, err)
	}
	return nil
}

// explain says what has happened to a request, without what net/http puts around it.
func (c *Client) explain(ctx context.Context, r Request, err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	switch {
	case errors.Is(context.Cause(ctx), errLate):
		return fmt.Errorf("%s did not answer within %s", c.base, r.within())
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing listens at %s", c.base)
	case errors.Is(err, errTooLong), errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%s answers more than is read here: %w", c.base, err)
	}
	return fmt.Errorf("cannot speak to %s: %w", c.base, err)
}

var errTooLong = fmt.Errorf("more than %d bytes", maxResponse)

func readAll(body io.Reader) ([]byte, error) {
	all, err := io.ReadAll(io.LimitReader(body, maxResponse+1))
	if err == nil && len(all) > maxResponse {
		err = errTooLong
	}
	return all, err
}
