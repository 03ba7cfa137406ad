package webhook

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Lane is one of the two ways of a delivery.
type Lane int

const (
	// FastLane is the first attempt, while a workflow task waits for it.
	FastLane Lane = iota
	// SlowLane is every other attempt.
	SlowLane

	lanes = 2
)

// String returns "fast" or "slow".
func (l Lane) String() string {
	if l == FastLane {
		return "fast"
	}
	return "slow"
}

// Reason is why an attempt is not made now.
type Reason string

const (
	// BreakerOpen is a circuit breaker that is open, or half-open with its probe in flight.
	BreakerOpen Reason = "breaker_open"
	// NoPlace is an endpoint, an account or a lane whose places are all taken.
	NoPlace Reason = "busy"
	// RateLimited is an endpoint that got its messages of this second.
	RateLimited Reason = "rate"
	// Held is an endpoint that asked for a pause, by 429 or 503 with Retry-After.
	Held Reason = "held"
	// SlowEndpoint is an endpoint that takes longer to respond than the fast lane waits.
	SlowEndpoint Reason = "slow_endpoint"
)

// EndpointKey identifies an endpoint. The account is part of it: another tenant that sets the same
// URL cannot open the breaker of this one, hold it, or use up its places.
type EndpointKey struct{ Account, URL string }

// EndpointLimits bound the requests of one worker process.
type EndpointLimits struct {
	// Fast and Slow bound the requests in flight to one endpoint, by lane: each lane has places of its
	// own, so that a backlog in the slow lane does not block the fast one.
	Fast, Slow int
	// Account bounds, in each lane, the requests of an account over all its URLs, so that a tenant with
	// many dead URLs leaves room for others.
	Account int
	// AllFast bounds the requests of the fast lane altogether: each holds a workflow slot.
	AllFast int
	// Rate is how many requests a second an endpoint gets, after a burst of Burst; it is above 0.
	Rate  float64
	Burst int
	// Patience is how long the fast lane waits for a response.
	Patience time.Duration
	// Size bounds how many endpoints are remembered, Age for how long one that is not used.
	Size int
	Age  time.Duration
}

// DefaultEndpointLimits are for a worker with 400 workflow slots and 400 delivery slots.
func DefaultEndpointLimits() EndpointLimits {
	return EndpointLimits{
		Fast: 4, Slow: 16, Account: 60, AllFast: 200, Rate: 50, Burst: 100,
		Patience: 3 * time.Second, Size: 10_000, Age: 24 * time.Hour,
	}
}

// EventLimits are for the URLs to which events are posted, which are no part of a conversation: far fewer
// places than for replies, and one attempt after the other.
func EventLimits() EndpointLimits {
	return EndpointLimits{
		Fast: 1, Slow: 4, Account: 8, AllFast: 1, Rate: 20, Burst: 40,
		Patience: 3 * time.Second, Size: 10_000, Age: 24 * time.Hour,
	}
}

// Endpoints keeps the endpoints of ISVs apart: one that is dead, slow or overloaded costs the others
// neither places nor time. Each has a circuit breaker, a bound of requests in flight, a rate limit,
// and the pause that it asked for. A worker process has one Endpoints for both lanes. It is safe for
// concurrent use, and keeps nothing when the process ends.
//
// It is our own code, because the checks have to be made together: a probe, a token or a place
// must not be used up by an attempt that another check refuses. Of the libraries, sony/gobreaker
// has no growing open time and no clock to be set, and failsafe-go has one policy for each check.
type Endpoints struct {
	limits EndpointLimits
	jitter func() float64

	mu       sync.Mutex
	accounts map[string]*account
	size     int
	fast     int
}

// account counts the requests of an account by lane, those that wait for a place included.
type account struct {
	name      string
	endpoints map[string]*endpoint
	inFlight  [lanes]int
}

// NewEndpoints makes an Endpoints that knows nothing yet.
func NewEndpoints(limits EndpointLimits) *Endpoints {
	return &Endpoints{limits: limits, jitter: rand.Float64, accounts: map[string]*account{}}
}

// OpenBreakers counts the endpoints whose circuit breaker is open.
func (e *Endpoints) OpenBreakers() (open int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, account := range e.accounts {
		for _, endpoint := range account.endpoints {
			if endpoint.breaker.open {
				open++
			}
		}
	}
	return open
}

// Entry asks for one attempt.
type Entry struct {
	EndpointKey
	Lane Lane
	// Probe lets the attempt through an open breaker, at most one in 5 s for each endpoint: somebody is
	// waiting for it, or the webhook was set anew. It does not end a pause that the endpoint asked for.
	Probe bool
}

// Deferral is an attempt that is not made now. It is no attempt: nothing was sent, and nothing is
// known about the message.
type Deferral struct {
	Reason Reason
	// After is when to ask again. In the slow lane it is spread, so that those who wait do not all
	// come at once.
	After time.Duration
}

// Enter asks for an attempt. It returns a visit, which has to be left after the attempt, or else a
// deferral. It does not wait.
func (e *Endpoints) Enter(entry Entry, now time.Time) (*Visit, *Deferral) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.enter(e.endpoint(entry.EndpointKey, now), entry, now)
}

// EnterSoon is Enter, but waits until the context ends while all places of the endpoint are taken. A
// waiting attempt counts as one of its account and its lane.
func (e *Endpoints) EnterSoon(ctx context.Context, entry Entry, now func() time.Time) (*Visit, *Deferral) {
	e.mu.Lock()
	at := e.endpoint(entry.EndpointKey, now())
	visit, deferral := e.enter(at, entry, now())
	if deferral == nil || deferral.Reason != NoPlace || !e.hasRoom(at.account, entry.Lane) {
		e.mu.Unlock()
		return visit, deferral
	}
	w := &waiter{turn: make(chan struct{})}
	at.waiters = append(at.waiters, w)
	e.count(at.account, entry.Lane, 1)
	e.mu.Unlock()

	select {
	case <-w.turn:
	case <-ctx.Done():
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.count(at.account, entry.Lane, -1)
	if !w.placed {
		at.removeWaiter(w)
		return nil, deferral
	}
	at.inFlight[entry.Lane]-- // it was kept for this waiter
	visit, deferral = e.enter(at, entry, now())
	if visit == nil {
		e.release(at, entry.Lane)
	}
	return visit, deferral
}

// enter makes all checks before it takes anything.
func (e *Endpoints) enter(at *endpoint, entry Entry, now time.Time) (*Visit, *Deferral) {
	p := at.breaker.ask(now, entry.Probe)
	deferral := at.unwell(entry, now, p)
	switch {
	case deferral != nil:
	case at.inFlight[entry.Lane] >= e.places(entry.Lane) || !e.hasRoom(at.account, entry.Lane):
		deferral = &Deferral{Reason: NoPlace, After: busyWait}
	case !at.tokens.AllowN(now, 1):
		deferral = &Deferral{Reason: RateLimited}
	}
	if deferral != nil {
		switch {
		case entry.Lane == FastLane:
		case entry.Probe && deferral.Reason == BreakerOpen:
			deferral.After += time.Duration(e.jitter() * float64(busyWait)) // it does not queue behind the others
		default:
			deferral.After = at.spread(now, deferral.After, e.places(entry.Lane), e.jitter())
		}
		return nil, deferral
	}
	if p.probe {
		at.breaker.startProbe(now)
	}
	at.inFlight[entry.Lane]++
	e.count(at.account, entry.Lane, 1)
	return &Visit{endpoints: e, at: at, lane: entry.Lane, probe: p.probe, term: at.breaker.term, began: now}, nil
}

// places is how many requests of a lane one endpoint may have in flight.
func (e *Endpoints) places(lane Lane) int {
	if lane == FastLane {
		return e.limits.Fast
	}
	return e.limits.Slow
}

// hasRoom reports whether an account may have one more request in a lane.
func (e *Endpoints) hasRoom(a *account, lane Lane) bool {
	return a.inFlight[lane] < e.limits.Account && (lane != FastLane || e.fast < e.limits.AllFast)
}

func (e *Endpoints) count(a *account, lane Lane, n int) {
	a.inFlight[lane] += n
	if lane == FastLane {
		e.fast += n
	}
}

// release gives a free place of the endpoint to who waits for it.
func (e *Endpoints) release(at *endpoint, lane Lane) {
	if lane == FastLane && at.admitWaiter() {
		at.inFlight[lane]++
	}
}

// Visit is an attempt that may be made.
type Visit struct {
	endpoints *Endpoints
	at        *endpoint
	lane      Lane
	probe     bool
	term      int
	began     time.Time
	left      bool
}

// Lane returns the lane in which the attempt is made.
func (v *Visit) Lane() Lane { return v.lane }

// Leave ends the visit with the result of the attempt, and reports a change of the circuit breaker.
// Only the first call counts.
func (v *Visit) Leave(r Result, now time.Time) BreakerChange {
	e := v.endpoints
	e.mu.Lock()
	defer e.mu.Unlock()
	if v.left {
		return Unchanged
	}
	v.left = true
	v.at.inFlight[v.lane]--
	e.count(v.at.account, v.lane, -1)
	change := v.at.record(v, r, now, e.limits.Patience)
	e.release(v.at, v.lane)
	return change
}

// newEndpoint makes an endpoint of which nothing is known.
func (e *Endpoints) newEndpoint(a *account, url string) *endpoint {
	return &endpoint{account: a, url: url, tokens: rate.NewLimiter(rate.Limit(e.limits.Rate), e.limits.Burst)}
}
