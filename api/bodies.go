package api

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// maxBodies bounds the bytes of large bodies that this process holds at once, maxOwnBodies those of one
	// account. A body is held until its request is answered, and takes some times as much while it is decoded.
	// An account may so send four of the largest at once, or thousands of ordinary ones.
	maxBodies    = 64 << 20
	maxOwnBodies = 16 << 20
	// bodiesDone is when a body that found no room may be sent again.
	bodiesDone = time.Second
	// firstRead is what is set aside for a body before any of it has come: what a client announces costs it
	// nothing.
	firstRead = 8 << 10
)

var errBodiesFull = errors.New("the bodies of other requests fill the memory that they may take")

// bodies counts the bytes of bodies as they come. The zero value is ready.
type bodies struct {
	mu    sync.Mutex
	held  int64
	owned map[string]int64
}

func (b *bodies) take(account string, bytes int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.owned == nil {
		b.owned = map[string]int64{}
	}
	switch {
	case b.owned[account]+bytes > maxOwnBodies:
		return &apiError{
			Status: http.StatusTooManyRequests, RetryAfter: bodiesDone,
			Message: "too many large bodies of this account at once; please wait and try again",
		}
	case b.held+bytes > maxBodies:
		return errUnavailable(errBodiesFull)
	}
	b.held += bytes
	b.owned[account] += bytes
	return nil
}

func (b *bodies) giveBack(account string, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held -= bytes
	if b.owned[account] -= bytes; b.owned[account] <= 0 {
		delete(b.owned, account)
	}
}

// heldBody is what one request holds of the bodies. Small ones are not counted: they are bounded by the number
// of connections.
type heldBody struct {
	of      *bodies
	account string
	bytes   int64
}

// countedBody is a body that is counted while it is read.
type countedBody struct {
	io.Reader

	held *heldBody
}

// Read reads, and fails if there is no room for what came.
func (c countedBody) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if n > 0 {
		if full := c.held.of.take(c.held.account, int64(n)); full != nil {
			return 0, full
		}
		c.held.bytes += int64(n)
	}
	return n, err
}

// giveBack ends it; a second call changes nothing.
func (h *heldBody) giveBack() {
	if h.bytes > 0 {
		h.of.giveBack(h.account, h.bytes)
		h.bytes = 0
	}
}
