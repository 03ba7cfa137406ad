package api

import (
	"context"
	"errors"
	"time"
)

var errGateFull = errors.New("too many at once")

// gate limits how many callers are in a critical section at once. A bounded number of others waits
// for a bounded time; all further ones get an error.
type gate struct {
	inside  chan struct{}
	queue   chan struct{}
	maxWait time.Duration
}

func newGate(inside, waiting int, maxWait time.Duration) *gate {
	return &gate{make(chan struct{}, inside), make(chan struct{}, inside+waiting), maxWait}
}

// enter waits for a slot; leave must follow a nil error.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.queue <- struct{}{}:
	default:
		return errGateFull
	}
	timer := time.NewTimer(g.maxWait)
	defer timer.Stop()
	select {
	case g.inside <- struct{}{}:
		return nil
	case <-timer.C:
		<-g.queue
		return errGateFull
	case <-ctx.Done():
		<-g.queue
		return ctx.Err()
	}
}

func (g *gate) leave() {
	<-g.inside
	<-g.queue
}
