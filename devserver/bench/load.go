package bench

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// replyTimeout bounds how long a reply may take; a run that loses one fails.
const replyTimeout = 2 * time.Minute

// load sends messages to targets and waits for the replies.
type load struct {
	receiver *receiver
	// sent numbers the texts of all targets, contacts the contacts.
	sent, contacts atomic.Int64
}

// newContacts are contacts who have not written before; none has the number of the channel.
func (l *load) newContacts(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("5698%07d", l.contacts.Add(1))
	}
	return all
}

// exchange is one message and its reply.
type exchange struct{ sent, accepted, replied time.Time }

// latency is the time from the POST to the arrival of the reply.
func (e exchange) latency() time.Duration { return e.replied.Sub(e.sent) }

// start sends a message and returns once it is accepted; wait returns the exchange once the reply has come.
func (l *load) start(ctx context.Context, to *target, contact string) (wait func() (exchange, error), err error) {
	text := strconv.FormatInt(l.sent.Add(1), 10)
	came := l.receiver.expect(text)
	e := exchange{sent: time.Now()}
	if err := to.post(ctx, contact, text, text); err != nil {
		return nil, err
	}
	e.accepted = time.Now()
	return func() (exchange, error) {
		limit := time.NewTimer(replyTimeout)
		defer limit.Stop()
		select {
		case e.replied = <-came:
			return e, nil
		case <-limit.C:
			return e, fmt.Errorf("%s: no reply to %q of %s within %s", to.name, text, contact, replyTimeout)
		case <-ctx.Done():
			return e, ctx.Err()
		}
	}, nil
}

// burst lets every contact send so many messages, each as soon as the one before is accepted, and
// returns how many replies came a second.
func (l *load) burst(ctx context.Context, to *target, contacts []string, messages int) (perSecond float64, err error) {
	all, err := l.together(contacts, func(contact string) ([]exchange, error) { return l.chat(ctx, to, contact, messages) })
	if err != nil {
		return 0, err
	}
	first, last := all[0].sent, all[0].replied
	for _, e := range all {
		if e.sent.Before(first) {
			first = e.sent
		}
		if e.replied.After(last) {
			last = e.replied
		}
	}
	return float64(len(all)) / last.Sub(first).Seconds(), nil
}

// chat sends messages of one contact one after the other, and waits for all replies at the end.
func (l *load) chat(ctx context.Context, to *target, contact string, messages int) ([]exchange, error) {
	var waits []func() (exchange, error)
	for range messages {
		wait, err := l.start(ctx, to, contact)
		if err != nil {
			return nil, err
		}
		waits = append(waits, wait)
	}
	var all []exchange
	for _, wait := range waits {
		e, err := wait()
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// inTurn lets one contact send messages, each after the reply to the one before.
func (l *load) inTurn(ctx context.Context, to *target, contact string, messages int) error {
	for range messages {
		if _, err := l.chat(ctx, to, contact, 1); err != nil {
			return err
		}
	}
	return nil
}

// together does something for every contact at the same time, at most as many as there are connections.
func (l *load) together(contacts []string, do func(contact string) ([]exchange, error)) ([]exchange, error) {
	var (
		mu    sync.Mutex
		all   []exchange
		errs  []error
		group sync.WaitGroup
		slots = make(chan struct{}, connections)
	)
	for _, contact := range contacts {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			found, err := do(contact)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, found...)
			if err != nil {
				errs = append(errs, err)
			}
		})
	}
	group.Wait()
	if len(errs) > 0 {
		return nil, fmt.Errorf("%d of %d contacts failed; the first: %w", len(errs), len(contacts), errs[0])
	}
	if len(all) == 0 {
		return nil, errors.New("nothing was sent")
	}
	return all, nil
}

// steady sends so many messages a second for some time, the contacts in turn, whatever becomes of those
// before, and returns the latencies.
func (l *load) steady(ctx context.Context, to *target, contacts []string, perSecond int, long time.Duration) ([]time.Duration, error) {
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	total := int(long.Seconds() * float64(perSecond))
	done := make(chan error, total)
	latencies := make([]time.Duration, total)
	for i := range total {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		go func() {
			all, err := l.chat(ctx, to, contacts[i%len(contacts)], 1)
			if err == nil {
				latencies[i] = all[0].latency()
			}
			done <- err
		}()
	}
	for range total {
		if err := <-done; err != nil {
			return nil, err
		}
	}
	return latencies, nil
}
