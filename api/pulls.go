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

	mu        sync.Mutex
	byAccount map[string]int
	byChannel map[pulledBy]int
	total     int
}

// pulledBy is a channel with the account that asks for it, which need not be its own: nobody uses up
// another's requests.
type pulledBy struct{ account, channel string }

func newPulls(deps Deps) *pulls {
	lease := deps.PullLease
	if lease == 0 {
		lease = leaseTime
	}
	return &pulls{lease: lease, stopping: deps.Stopping, byAccount: map[string]int{}, byChannel: map[pulledBy]int{}}
}

// begin counts a request of an account for a channel, or returns the error that refuses it; end
// must follow a nil error.
func (p *pulls) begin(account, channel string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byChannel[pulledBy{account, channel}] >= pullsPerChannel || p.byAccount[account] >= pullsPerAccount || p.total >= maxPulls {
		return &apiError{
			Status: http.StatusTooManyRequests, RetryAfter: time.Second,
			Message: "too many requests wait for messages; one for each channel is enough",
		}
	}
	p.byAccount[account]++
	p.byChannel[pulledBy{account, channel}]++
	p.total++
	return nil
}

func (p *pulls) end(account, channel string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total--
	countDown(p.byAccount, account)
	countDown(p.byChannel, pulledBy{account, channel})
}

// countDown takes one away, and forgets a name without any.
func countDown[K comparable](counts map[K]int, name K) {
	if counts[name]--; counts[name] == 0 {
		delete(counts, name)
	}
}
