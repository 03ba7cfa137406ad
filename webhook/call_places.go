package webhook

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// callsPerHost is how many calls to one host may be under way in a process, callsWaiting how
	// many more may wait for a place. Together they are a tenth of the 400 calls that a process
	// makes at once, so that a host that hangs leaves room for all others.
	callsPerHost = 20
	callsWaiting = 20
)

// errBusy says that no place became free in time.
var errBusy = errors.New("too many calls to this host are under way")

// places counts the calls that are under way, by host.
type places struct {
	mu    sync.Mutex
	hosts map[string]*room
	wait  time.Duration
}

// room is one host's places.
type room struct {
	taken chan struct{}
	// users are those inside and those who wait; without any the room is taken down.
	users int
}

func newPlaces() *places {
	return &places{hosts: map[string]*room{}, wait: CallWait}
}

// enter takes a place, and waits for one if it has to. The error is errBusy or the context's.
func (p *places) enter(ctx context.Context, host string) (leave func(), err error) {
	r := p.join(host)
	if r == nil {
		return nil, errBusy
	}
	if err := r.take(ctx, p.wait); err != nil {
		p.part(host, r)
		return nil, err
	}
	return func() {
		<-r.taken
		p.part(host, r)
	}, nil
}

// join is nil when already enough others wait.
func (p *places) join(host string) *room {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.hosts[host]
	if r == nil {
		r = &room{taken: make(chan struct{}, callsPerHost)}
		p.hosts[host] = r
	}
	if r.users == callsPerHost+callsWaiting {
		return nil
	}
	r.users++
	return r
}

func (p *places) part(host string, r *room) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.users--; r.users == 0 {
		delete(p.hosts, host)
	}
}

func (r *room) take(ctx context.Context, wait time.Duration) error {
	select {
	case r.taken <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case r.taken <- struct{}{}:
		return nil
	case <-timer.C:
		return errBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}
