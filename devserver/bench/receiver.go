package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// echo begins every reply; the text that it answers follows.
const echo = "eco "

// receiver is the webhook of all targets. It knows when the reply to each text came first.
type receiver struct {
	listener net.Listener
	server   *http.Server

	mu      sync.Mutex
	waiting map[string]chan time.Time
}

// maxReply bounds a reply, in bytes.
const maxReply = 64 << 10

func newReceiver(ctx context.Context) (*receiver, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{listener: listener, waiting: map[string]chan time.Time{}}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: postTimeout}
	go func() { _ = r.server.Serve(listener) }() // until stop
	return r, nil
}

func (r *receiver) stop() error { return r.server.Close() }

func (r *receiver) url() string { return "http://" + r.listener.Addr().String() + "/" }

// expect returns a channel that gets the time at which the reply to a text comes first.
func (r *receiver) expect(text string) <-chan time.Time {
	came := make(chan time.Time, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting[text] = came
	return came
}

// ServeHTTP takes one reply.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	var reply struct {
		Text struct{ Body string }
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, request.Body, maxReply)).Decode(&reply); err != nil {
		http.Error(w, fmt.Sprintf("not a reply: %v", err), http.StatusBadRequest)
		return
	}
	if text, ok := strings.CutPrefix(reply.Text.Body, echo); ok {
		r.arrived(text, time.Now())
	}
}

func (r *receiver) arrived(text string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if came := r.waiting[text]; came != nil {
		came <- at
		delete(r.waiting, text) // a repeat is not counted
	}
}
