package webhook

import (
	"net/http"
	"slices"
	"time"

	"golang.org/x/time/rate"
)

const (
	// maxHold bounds how long a response can hold back the other messages of its endpoint.
	maxHold = maxRetryAfter
	// busyWait is the shortest wait while all places are taken.
	busyWait = 500 * time.Millisecond
	// maxSpread bounds what is added to a wait, so that those who wait do not come back all at once.
	maxSpread = 2 * time.Minute
	// paceWeight is the share of one attempt in the mean duration of attempts: 1/8.
	paceWeight = 8
)

// endpoint is the state of one URL of one account. It is not safe for concurrent use: the lock of
// Endpoints guards it.
type endpoint struct {
	account *account
	url     string
	breaker breaker
	speed   speed
	tokens  *rate.Limiter
	// held is until when the endpoint asked for a pause.
	held time.Time
	// inFlight counts the attempts by lane; waiters wait for a place in the fast lane, in this order.
	inFlight [lanes]int
	waiters  []*waiter
	// pace is the mean duration of the slow lane's attempts.
	pace time.Duration
	// next is when the latest of those who were deferred comes back.
	next time.Time
	// used is when an attempt was last asked for.
	used time.Time
}

// waiter is an attempt that waits for a place. turn is closed when it has one.
type waiter struct {
	turn   chan struct{}
	placed bool
}

// unwell returns why no attempt may be made now, whatever its place; nil if one may.
func (e *endpoint) unwell(entry Entry, now time.Time, p passage) *Deferral {
	switch {
	case now.Before(e.held):
		return &Deferral{Reason: Held, After: e.held.Sub(now)}
	case entry.Lane == FastLane && e.speed.slow(now):
		return &Deferral{Reason: SlowEndpoint, After: max(e.speed.until.Sub(now), 0)}
	case p.refused:
		return &Deferral{Reason: BreakerOpen, After: p.again.Sub(now)}
	}
	return nil
}

// record takes the result of an attempt.
func (e *endpoint) record(v *Visit, r Result, now time.Time, patience time.Duration) BreakerChange {
	e.watchSpeed(v, r, now, patience)
	if r.RetryAfter > 0 && holds(r.StatusCode) {
		e.held = later(e.held, now.Add(min(r.RetryAfter, maxHold)))
	}
	change := e.breaker.record(judge(r), v.probe, v.term, now)
	if change == Closed {
		e.next, e.pace = time.Time{}, 0
	}
	return change
}

func (e *endpoint) watchSpeed(v *Visit, r Result, now time.Time, patience time.Duration) {
	if v.lane == SlowLane && r.Class != Canceled {
		e.pace += (r.Duration - e.pace) / paceWeight
	}
	switch {
	case r.Class == Timeout || r.Class == Delivered && r.Duration > patience:
		e.speed.stall(v.began, now)
	case r.Class == Delivered:
		e.speed.respond(v.began)
	}
}

// spread returns when to come back: at the earliest after the given time, and so long after those who
// were deferred before that they come no faster than the endpoint takes messages. Jitter is a random
// number from 0 to 1.
func (e *endpoint) spread(now time.Time, after time.Duration, places int, jitter float64) time.Duration {
	step := max(time.Duration(float64(time.Second)/float64(e.tokens.Limit())), e.pace/time.Duration(places))
	at := later(e.next, now.Add(after)).Add(step)
	if latest := now.Add(after + maxSpread); at.After(latest) {
		return after + time.Duration(jitter*float64(maxSpread))
	}
	e.next = at
	return at.Sub(now) + time.Duration(jitter*float64(step))
}

// idle reports whether nobody is in or waits to get in.
func (e *endpoint) idle() bool {
	return e.inFlight == [lanes]int{} && len(e.waiters) == 0
}

// admitWaiter gives a place that became free to the waiter that came first; false if there is none.
func (e *endpoint) admitWaiter() bool {
	if len(e.waiters) == 0 {
		return false
	}
	first := e.waiters[0]
	e.waiters = e.waiters[1:]
	first.placed = true
	close(first.turn)
	return true
}

func (e *endpoint) removeWaiter(w *waiter) {
	e.waiters = slices.DeleteFunc(e.waiters, func(other *waiter) bool { return other == w })
}

// holds reports whether a status with Retry-After is about the endpoint rather than this message.
func holds(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
