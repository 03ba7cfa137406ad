package webhook

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// callsPerHost is how many calls to one host may be in flight in a process, callsWaiting how many
	// more may wait for a slot. Together they are a tenth of the 400 calls that a process makes at
	// once, so that a host that hangs leaves room for all others.
	callsPerHost = 20
	callsWaiting = 20
)

// errBusy says that no slot became free in time.
var errBusy = errors.New("too many calls to this host are in flight")

// slots limit the calls that are in flight, by host.
type slots struct {
	mu    sync.Mutex
	hosts map[string]*hostSlots
	wait  time.Duration
}

// hostSlots are the slots of one host.
type hostSlots struct {
	taken chan struct{}
	// users counts running and waiting calls; at zero the host is deleted.
	users int
}

func newSlots() *slots {
	return &slots{hosts: map[string]*hostSlots{}, wait: CallWait}
}

// acquire takes a slot, and waits for one if it has to. The error is errBusy or the context's.
func (s *slots) acquire(ctx context.Context, host string) (release func(), err error) {
	h := s.join(host)
	if h == nil {
		return nil, errBusy
	}
	if err := h.acquire(ctx, s.wait); err != nil {
		s.leave(host, h)
		return nil, err
	}
	return func() {
		<-h.taken
		s.leave(host, h)
	}, nil
}

// join counts a call in. It returns nil if enough others wait already.
func (s *slots) join(host string) *hostSlots {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hosts[host]
	if h == nil {
		h = &hostSlots{taken: make(chan struct{}, callsPerHost)}
		s.hosts[host] = h
	}
	if h.users == callsPerHost+callsWaiting {
		return nil
	}
	h.users++
	return h
}

func (s *slots) leave(host string, h *hostSlots) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.users--; h.users == 0 {
		delete(s.hosts, host)
	}
}

func (h *hostSlots) acquire(ctx context.Context, wait time.Duration) error {
	select {
	case h.taken <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case h.taken <- struct{}{}:
		return nil
	case <-timer.C:
		return errBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}
