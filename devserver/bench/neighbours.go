package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/chattigo/api-isv/devserver/stack"
	"github.com/chattigo/api-isv/store"
)

// The load of healthy contacts beside those of another account.
const (
	healthyRate      = 10 // messages a second, from contacts with open conversations
	neighbourRate    = 20 // first messages a second of the other account
	neighbourName    = "neighbour"
	neighbourWaID    = "56900000002"
	neighbourPhone   = "100000000000002"
	neighbourTimeout = 3 * time.Minute
	neighbourPoll    = 500 * time.Millisecond
)

// neighbours is how long healthy contacts waited while the webhook of another account worked, and while
// it took requests and never answered; a sample has a figure of each round, in milliseconds.
type neighbours struct{ wellP50, wellP99, deadP50, deadP99 sample }

// neighbour is an account whose webhook can be dead.
type neighbour struct {
	target   *target
	store    *store.Store
	listener net.Listener
	server   *http.Server
	dead     atomic.Bool
	over     chan struct{}
}

// addNeighbour adds an account with a channel and a webhook of its own, and logs in.
func (s *site) addNeighbour(ctx context.Context) (_ *neighbour, err error) {
	n := &neighbour{over: make(chan struct{})}
	if n.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	n.server = &http.Server{Handler: n, ReadHeaderTimeout: postTimeout}
	go func() { _ = n.server.Serve(n.listener) }() // until stop
	if n.store, err = store.Open(ctx, s.place.Database); err != nil {
		return nil, errors.Join(err, n.server.Close())
	}
	if err := n.add(ctx); err != nil {
		return nil, errors.Join(err, n.stop())
	}
	token, err := s.login(ctx, neighbourName)
	if err != nil {
		return nil, errors.Join(err, n.stop())
	}
	n.target = newTarget(neighbourName, s.ours.url, token)
	n.target.waID, n.target.phoneNumberID = neighbourWaID, neighbourPhone
	return n, nil
}

// add writes the account, with the password of the demo's, and the channel.
func (n *neighbour) add(ctx context.Context) error {
	demo, err := n.store.Account(ctx, stack.DemoAccount)
	if err != nil {
		return err
	}
	now := time.Now()
	if err := n.store.AddAccount(ctx, store.Account{Name: neighbourName, PasswordHash: demo.PasswordHash, CreatedAt: now}); err != nil {
		return err
	}
	return n.store.AddChannel(ctx, store.Channel{
		WaID: neighbourWaID, PhoneNumberID: neighbourPhone, Account: neighbourName,
		WebhookURL: "http://" + n.listener.Addr().String() + "/", CreatedAt: now, UpdatedAt: now,
	})
}

func (n *neighbour) stop() error {
	close(n.over)
	return errors.Join(n.server.Close(), n.store.Close())
}

// ServeHTTP is the webhook: it answers, or holds the request until the caller gives up.
func (n *neighbour) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, request.Body, maxReply)); err != nil || !n.dead.Load() {
		return
	}
	select {
	case <-n.over:
	case <-request.Context().Done():
	}
}

// neighbours has healthy contacts write beside an account whose webhook works in one half of each round
// and is dead in the other, under the same load.
func (r *runner) neighbours(ctx context.Context, s *site) (*neighbours, error) {
	n, err := s.addNeighbour(ctx)
	if err != nil {
		return nil, fmt.Errorf("the neighbour: %w", err)
	}
	defer func() { _ = n.stop() }() // it has delivered, or failed, what it had to
	found := &neighbours{}
	if _, err := r.beside(ctx, s, n, false); err != nil { // warms up and does not count
		return nil, err
	}
	for round := range r.plan.Beside {
		r.say("%s: beside a dead webhook, round %d of %d", s.place.Name, round+1, r.plan.Beside)
		for _, dead := range []bool{false, true} {
			latencies, err := r.beside(ctx, s, n, dead)
			if err != nil {
				return nil, err
			}
			found.add(dead, latencies)
		}
	}
	return found, nil
}

func (n *neighbours) add(dead bool, latencies []time.Duration) {
	p50, p99 := &n.wellP50, &n.wellP99
	if dead {
		p50, p99 = &n.deadP50, &n.deadP99
	}
	*p50 = append(*p50, quantile(latencies, 0.5))
	*p99 = append(*p99, quantile(latencies, 0.99))
}

// beside is one half of a round: the latencies of the healthy contacts. It returns once the neighbour's
// messages are delivered, too, so that they do not burden the next half.
func (r *runner) beside(ctx context.Context, s *site, n *neighbour, dead bool) (latencies []time.Duration, err error) {
	contacts := s.load.newContacts(steadyContacts)
	if err := s.load.greet(ctx, s.ours, contacts); err != nil {
		return nil, err
	}
	n.dead.Store(dead)
	load, ctxLoad := errgroup.WithContext(ctx)
	load.Go(func() error { return s.load.pour(ctxLoad, n.target, neighbourRate, r.plan.Steady) })
	load.Go(func() (err error) {
		latencies, err = s.load.steady(ctxLoad, s.ours, contacts, healthyRate, r.plan.Steady)
		return err
	})
	err = load.Wait()
	n.dead.Store(false)
	if err != nil {
		return nil, err
	}
	// A webhook that takes a message is sent at once what waits for it.
	last := s.load.newContacts(1)[0]
	if err := n.target.post(ctx, last, "hola", last); err != nil {
		return nil, err
	}
	return latencies, n.settle(ctx)
}

// pour sends the first messages of so many contacts a second, and waits for no reply.
func (l *load) pour(ctx context.Context, to *target, perSecond int, long time.Duration) error {
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	posting, ctx := errgroup.WithContext(ctx)
	for _, contact := range l.newContacts(int(long.Seconds() * float64(perSecond))) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return posting.Wait()
		}
		posting.Go(func() error { return to.post(ctx, contact, "hola", contact) })
	}
	return posting.Wait()
}

// settle waits until the ledger has nothing more to deliver for the neighbour.
func (n *neighbour) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, neighbourTimeout)
	defer cancel()
	tick := time.NewTicker(neighbourPoll)
	defer tick.Stop()
	for {
		waiting, err := n.store.WaitingDeliveries(ctx, neighbourWaID, 1)
		if err != nil || len(waiting) == 0 {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("the neighbour's messages are not delivered: %w", ctx.Err())
		}
	}
}
