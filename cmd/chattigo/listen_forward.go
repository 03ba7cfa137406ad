package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/chattigo/api-isv/cmd/chattigo/client"
)

const (
	// forwardTime bounds one exchange with the local address, as one with a webhook.
	forwardTime = 15 * time.Second
	// maxGraph bounds what is handed on of the local address's answer, in bytes.
	maxGraph = 8 << 10
	// maxShown bounds, in characters, what a line shows of a message.
	maxShown = 60
)

// pulledMessage is what GET /deliveries/next hands out.
type pulledMessage struct {
	ID       string
	Contact  string
	Sequence int
	Attempt  int
	Headers  map[string]string
	Body     string

	// until is when its lease ends, by the clock of this machine.
	until time.Time
}

// isOver reports whether the message is not to be forwarded again.
func (m *pulledMessage) isOver(ctx context.Context) bool {
	return ctx.Err() != nil || time.Until(m.until) < leaseSpare
}

// line shows a message and how it was answered.
func (m *pulledMessage) line(answer localAnswer) string {
	kind, text := m.describe()
	shown := fmt.Sprintf("%s  %s  %s  %s", time.Now().Format("15:04:05"), client.Clean(m.Contact, maxShown), kind, client.Clean(text, maxShown))
	return strings.TrimRight(shown, " ") + answer.shown()
}

// describe returns the kind of a message and its text.
func (m *pulledMessage) describe() (kind, text string) {
	type caption struct{ Body, Text, Caption, Name string }
	var body struct {
		Type                                             string
		ChatBeenClosed                                   json.RawMessage
		Text, Image, Video, Document, Template, Location caption
		Interactive                                      struct{ Body caption }
	}
	if json.Unmarshal([]byte(m.Body), &body) != nil {
		return "message", ""
	}
	if body.ChatBeenClosed != nil && body.Type == "" {
		return "closed", "the chat has ended"
	}
	for _, c := range []caption{body.Text, body.Interactive.Body, body.Image, body.Video, body.Document, body.Template, body.Location} {
		text = cmp.Or(text, c.Body, c.Text, c.Caption, c.Name)
	}
	return client.Clean(cmp.Or(body.Type, "message"), maxShown), text
}

// localAnswer is how the local address answered.
type localAnswer struct {
	// none is set if there is no local address.
	none   bool
	status int
	body   []byte
	err    error
	took   time.Duration
}

// taken reports whether the message is not needed any more.
func (a localAnswer) taken() bool { return a.none || a.status/100 == 2 }

func (a localAnswer) shown() string {
	if a.none {
		return ""
	}
	return fmt.Sprintf("  %s  %s", choose(a.status == 0, "no answer", fmt.Sprint(a.status)), a.took.Round(time.Millisecond))
}

// why says why the message was not taken.
func (a localAnswer) why() string {
	switch {
	case errors.Is(a.err, syscall.ECONNREFUSED):
		return "nothing listens at the local address"
	case errors.Is(a.err, context.DeadlineExceeded):
		return fmt.Sprintf("the local address did not answer within %s", forwardTime)
	case a.err != nil:
		return "the local address cannot be reached: " + a.err.Error()
	case a.status/100 == 3:
		return fmt.Sprintf("the local address answered %d; redirects are not followed, only 2xx takes a message", a.status)
	}
	return fmt.Sprintf("the local address answered %d; only 2xx takes a message", a.status)
}

// graph is the answer if it may be that of WhatsApp, which has the message's id.
func (a localAnswer) graph() []byte {
	var object map[string]json.RawMessage
	if len(a.body) > maxGraph || json.Unmarshal(a.body, &object) != nil || object["messages"] == nil {
		return []byte("{}")
	}
	return a.body
}

// forwarder posts messages to a local address.
type forwarder struct {
	to   string
	http *http.Client
}

func newForwarder(to string) *forwarder {
	keep := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &forwarder{to, &http.Client{Transport: &http.Transport{IdleConnTimeout: time.Minute}, CheckRedirect: keep}}
}

func (f *forwarder) close() { f.http.CloseIdleConnections() }

// post makes one attempt.
func (f *forwarder) post(ctx context.Context, m *pulledMessage) (answer localAnswer) {
	if f.to == "" {
		return localAnswer{none: true}
	}
	ctx, cancel := context.WithTimeout(ctx, forwardTime)
	defer cancel()
	began := time.Now()
	answer.status, answer.body, answer.err = f.exchange(ctx, m)
	answer.took = time.Since(began)
	return answer
}

func (f *forwarder) exchange(ctx context.Context, m *pulledMessage) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.to, bytes.NewReader([]byte(m.Body)))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("User-Agent", userAgent())
	for name, value := range m.Headers {
		request.Header.Set(name, value)
	}
	response, err := f.http.Do(request)
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the URL
	}
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it was read as far as it matters
	body, err = io.ReadAll(io.LimitReader(response.Body, maxGraph+1))
	if response.StatusCode/100 == 2 {
		err = nil // the message was taken, whatever becomes of the rest
	}
	return response.StatusCode, body, err
}
