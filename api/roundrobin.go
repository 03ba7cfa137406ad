package api

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Jobs of more than one time slice that are admitted, of all accounts and of one. Each holds memory.
const (
	maxJobs    = 32
	maxOwnJobs = 4
)

// errOwnJobs is of an account that has maxOwnJobs already.
var errOwnJobs = errors.New("too many jobs of the account")

// roundRobin divides processors between accounts in time slices: one account after the other, one slice of
// an account at a time, however many jobs it has. The jobs of an account take turns in its slices. Make it
// with newRoundRobin; it may be used by many goroutines.
type roundRobin struct {
	mu sync.Mutex
	// idle counts the processors that nobody uses, jobs those that were admitted.
	idle, jobs int
	accounts   map[string]*share
	// ready are the accounts that wait for a slice and have none, the next one first.
	ready []*share
}

// share are the jobs of an account.
type share struct {
	account string
	jobs    int
	running bool
	// waiting are its jobs that wait for a slice, the next one first.
	waiting []*waiter
}

// waiter is a job that waits.
type waiter struct {
	// granted is closed when its slice begins. None begins while it is busy with something else.
	granted chan struct{}
	busy    bool
}

// job is work that takes many slices. It is used by one goroutine.
type job struct {
	turns *roundRobin
	share *share
	// running is set during a slice.
	running bool
}

func newRoundRobin(processors int) *roundRobin {
	return &roundRobin{idle: processors, accounts: map[string]*share{}}
}

// admit makes a job, without a slice. The error is errOwnJobs, or errGateFull if there are too many of all
// accounts together. leave must follow a nil error.
func (r *roundRobin) admit(account string) (*job, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.accounts[account]
	switch {
	case s != nil && s.jobs == maxOwnJobs:
		return nil, errOwnJobs
	case r.jobs == maxJobs:
		return nil, errGateFull
	case s == nil:
		s = &share{account: account}
		r.accounts[account] = s
	}
	r.jobs++
	s.jobs++
	return &job{turns: r, share: s}, nil
}

// leave ends a job, and its slice if it has one.
func (j *job) leave() {
	j.end()
	r := j.turns
	r.mu.Lock()
	defer r.mu.Unlock()
	r.jobs--
	if j.share.jobs--; j.share.jobs == 0 {
		delete(r.accounts, j.share.account)
	}
}

// begin waits for the job's next slice. Meanwhile it calls waiting again and again, whose error ends the
// wait, as the end of the context does. How long it takes is for the caller to bound.
func (j *job) begin(ctx context.Context, every time.Duration, waiting func() error) error {
	w := &waiter{granted: make(chan struct{})}
	j.turns.enqueue(j.share, w)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-w.granted:
			j.running = true
			return nil
		case <-ctx.Done():
			j.turns.withdraw(j.share, w)
			return ctx.Err()
		case <-tick.C:
			if !j.turns.setBusy(w, true) {
				continue
			}
			if err := waiting(); err != nil {
				j.turns.withdraw(j.share, w)
				return err
			}
			j.turns.setBusy(w, false)
			tick.Reset(every)
		}
	}
}

// end ends the slice of a job, if it has one.
func (j *job) end() {
	if !j.running {
		return
	}
	j.running = false
	j.turns.mu.Lock()
	defer j.turns.mu.Unlock()
	j.turns.release(j.share)
}

func (r *roundRobin) enqueue(s *share, w *waiter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.waiting = append(s.waiting, w)
	if len(s.waiting) == 1 && !s.running {
		r.ready = append(r.ready, s)
	}
	r.dispatch()
}

// setBusy says whether a waiter is busy. It is false, and changes nothing, if its slice has begun.
func (r *roundRobin) setBusy(w *waiter, busy bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if w.isGranted() {
		return false
	}
	w.busy = busy
	r.dispatch()
	return true
}

// withdraw takes a waiter back, or the slice that it was given meanwhile.
func (r *roundRobin) withdraw(s *share, w *waiter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if w.isGranted() {
		r.release(s)
		return
	}
	s.waiting = slices.DeleteFunc(s.waiting, func(other *waiter) bool { return other == w })
	if len(s.waiting) == 0 {
		r.ready = slices.DeleteFunc(r.ready, func(other *share) bool { return other == s })
	}
}

// release takes the processor of an account, which waits behind all others for its next slice.
func (r *roundRobin) release(s *share) {
	r.idle++
	s.running = false
	if len(s.waiting) > 0 {
		r.ready = append(r.ready, s)
	}
	r.dispatch()
}

// dispatch lets slices begin on the processors that are idle.
func (r *roundRobin) dispatch() {
	for r.idle > 0 {
		i := slices.IndexFunc(r.ready, func(s *share) bool { return s.next() >= 0 })
		if i < 0 {
			return
		}
		s := r.ready[i]
		r.ready = slices.Delete(r.ready, i, i+1)
		w := s.waiting[s.next()]
		s.waiting = slices.Delete(s.waiting, s.next(), s.next()+1)
		s.running = true
		r.idle--
		close(w.granted)
	}
}

// next is the index of the waiter whose turn it is; -1 if all are busy.
func (s *share) next() int {
	return slices.IndexFunc(s.waiting, func(w *waiter) bool { return !w.busy })
}

func (w *waiter) isGranted() bool {
	select {
	case <-w.granted:
		return true
	default:
		return false
	}
}
