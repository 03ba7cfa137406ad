package api

import (
	"net/http"
	"sync"
	"time"
)

// pulls bound the requests that wait for a message: each looks into the database twice a second.
type pulls struct {
	// lease is how long a message is kept from others.
	lease time.Duration
	// stopping ends the waiting when it is closed; nil never does.
	stopping <-chan struct{}

	mu      sync.Mutex
	waiting map[string]int
	total   int
}

func newPulls(deps Deps) *pulls {
	lease := deps.PullLease
	if lease == 0 {
		lease = leaseTime
	}
	return &pulls{lease: lease, stopping: deps.Stopping, waiting: map[string]int{}}
}

// begin counts a request of an account, or returns the error that refuses it; end must follow a nil error.
func (p *pulls) begin(account string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting[account] >= pullsPerAccount || p.total >= maxPulls {
		return &apiError{
			Status: http.StatusTooManyRequests, RetryAfter: time.Second,
			Message: "too many requests wait for messages; one for each channel is enough",
		}
	}
	p.waiting[account]++
	p.total++
	return nil
}

func (p *pulls) end(account string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total--
	if p.waiting[account]--; p.waiting[account] == 0 {
		delete(p.waiting, account)
	}
}
