package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// closeNotice is the end of every chat, byte for byte as the ISVs' document gives it.
const closeNotice = `{"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`

// delivery is one POST as an ISV's webhook saw it.
type delivery struct {
	At time.Time
	// ID is the webhook-id; what follows are the chattigo-* headers.
	ID           string
	Conversation string
	WaID         string
	Contact      string
	InReplyTo    string
	Sequence     int
	Attempt      int
	Type         string
	Body         string
	// Traceparent is the header of W3C Trace Context.
	Traceparent string
	// Status is what was answered; 0 while it is held, and when the sender was gone by then.
	Status int
}

func (d delivery) taken() bool { return d.Status >= 200 && d.Status < 300 }

func (d delivery) isNotice() bool { return d.Body == closeNotice }

// said is the text that the contact reads, or the whole body if it holds none.
func (d delivery) said() string {
	type text struct{ Body, Text string }
	var body struct {
		Text        text
		Interactive struct{ Body text }
	}
	switch err := json.Unmarshal([]byte(d.Body), &body); {
	case err == nil && body.Text.Body != "":
		return body.Text.Body
	case err == nil && body.Interactive.Body.Text != "":
		return body.Interactive.Body.Text
	}
	return d.Body
}

// answer decides the status of a delivery. It may wait, at most until ctx ends: then the
// sender is gone.
type answer func(ctx context.Context, d delivery) int

// receiver is the webhook of an ISV.
type receiver struct {
	url    string
	answer answer
	// lie replaces the response to a delivery; nil, or one that returns nil, never does.
	lie func(d delivery) lie

	mu      sync.Mutex
	arrived []delivery
}

// newReceiver listens until the test ends. Without an answer it takes everything.
func newReceiver(t *testing.T, a answer) *receiver {
	t.Helper()
	return newReceiverAt(t, "127.0.0.1", a)
}

// newReceiverAt does so at an address of this machine's own.
func newReceiverAt(t *testing.T, host string, a answer) *receiver {
	t.Helper()
	if a == nil {
		a = func(context.Context, delivery) int { return http.StatusOK }
	}
	r := &receiver{answer: a}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(host, "0"))
	require.NoError(t, err)
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: r}}
	server.Start()
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	r.url = server.URL + "/hook"
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	d := read(request)
	r.mu.Lock()
	place := len(r.arrived)
	r.arrived = append(r.arrived, d)
	r.mu.Unlock()

	if r.lie != nil {
		if tell := r.lie(d); tell != nil {
			tell(request.Context(), w)
			return
		}
	}
	status := r.answer(request.Context(), d)
	if request.Context().Err() != nil {
		return
	}
	r.mu.Lock()
	r.arrived[place].Status = status
	r.mu.Unlock()
	w.WriteHeader(status)
}

func read(request *http.Request) delivery {
	h := request.Header
	body, err := io.ReadAll(request.Body)
	if err != nil {
		body = []byte("unreadable: " + err.Error())
	}
	sequence, _ := strconv.Atoi(h.Get("chattigo-sequence"))
	attempt, _ := strconv.Atoi(h.Get("chattigo-attempt"))
	return delivery{
		At: time.Now(), ID: h.Get("webhook-id"), Conversation: h.Get("chattigo-conversation"),
		WaID: h.Get("chattigo-wa-id"), Contact: h.Get("chattigo-contact"), InReplyTo: h.Get("chattigo-in-reply-to"),
		Sequence: sequence, Attempt: attempt, Type: h.Get("Content-Type"), Body: string(body),
		Traceparent: h.Get("traceparent"),
	}
}

// all returns every POST so far, in order of arrival.
func (r *receiver) all() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.arrived)
}

// taken returns the POSTs that were answered with 200.
func (r *receiver) taken() []delivery {
	return slices.DeleteFunc(r.all(), func(d delivery) bool { return !d.taken() })
}

// attempts returns the POSTs with one webhook-id.
func (r *receiver) attempts(id string) []delivery {
	return slices.DeleteFunc(r.all(), func(d delivery) bool { return d.ID != id })
}

// await returns what was taken as soon as there are n.
func (r *receiver) await(t *testing.T, n int, within time.Duration) []delivery {
	t.Helper()
	r.awaitThat(t, within, func() bool { return len(r.taken()) >= n })
	return r.taken()
}

// awaitAttempts waits until so many attempts have come, taken or not.
func (r *receiver) awaitAttempts(t *testing.T, n int, within time.Duration) {
	t.Helper()
	r.awaitThat(t, within, func() bool { return len(r.all()) >= n })
}

func (r *receiver) awaitThat(t *testing.T, within time.Duration, condition func() bool) {
	t.Helper()
	if !eventually(t, within, condition) {
		for i, d := range r.all() {
			t.Logf("%2d: %s no. %d of %s, attempt %d, status %d: %q", i+1, d.ID, d.Sequence, d.Contact, d.Attempt, d.Status, d.said())
		}
		require.FailNow(t, "the webhook did not get what it should", "within %s", within)
	}
}

// eventually asks every 10 ms.
func eventually(t *testing.T, within time.Duration, condition func() bool) bool {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	over := time.NewTimer(within)
	defer over.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-over.C:
			return condition()
		case <-t.Context().Done():
			return false
		}
	}
	return true
}

// requireSilence demands that nothing more arrives for a second.
func (r *receiver) requireSilence(t *testing.T) {
	t.Helper()
	before := len(r.all())
	require.Never(t, func() bool { return len(r.all()) != before }, time.Second, 50*time.Millisecond)
}

// fresh leaves out repeats: the same webhook-id again, which must be the same bytes.
func fresh(t *testing.T, deliveries []delivery) []delivery {
	t.Helper()
	known := map[string]delivery{}
	var found []delivery
	for _, d := range deliveries {
		first, repeated := known[d.ID]
		if !repeated {
			known[d.ID] = d
			found = append(found, d)
			continue
		}
		require.Equal(t, first.Body, d.Body, "the same webhook-id with other bytes")
		require.Equal(t, first.Sequence, d.Sequence)
		require.Equal(t, first.Conversation, d.Conversation)
	}
	return found
}

// requireInOrder demands sequence numbers from 1 on without gaps, all of one conversation,
// and returns that conversation's id.
func requireInOrder(t *testing.T, deliveries []delivery) string {
	t.Helper()
	require.NotEmpty(t, deliveries)
	for i, d := range deliveries {
		require.Equal(t, i+1, d.Sequence, "place %d: %q", i, d.said())
		require.Equal(t, deliveries[0].Conversation, d.Conversation)
	}
	return deliveries[0].Conversation
}

// of returns the deliveries for one contact.
func of(deliveries []delivery, contact string) []delivery {
	return slices.DeleteFunc(slices.Clone(deliveries), func(d delivery) bool { return d.Contact != contact })
}

// gate holds deliveries until it is opened.
type gate struct{ opened chan struct{} }

func newGate() gate { return gate{opened: make(chan struct{})} }

func (g gate) open() { close(g.opened) }

// pass answers 200 once the gate is open.
func (g gate) pass(ctx context.Context) int {
	select {
	case <-g.opened:
	case <-ctx.Done():
	}
	return http.StatusOK
}
