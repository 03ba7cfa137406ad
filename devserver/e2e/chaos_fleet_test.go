package e2e

import (
	"context"
	"database/sql"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/fleet"
	"github.com/chattigo/api-isv/devserver/netns"
	"github.com/chattigo/api-isv/store/storetest"
)

// Any process of a production is killed, PostgreSQL with all of its own too, stands still for a while, and is
// cut off from another or from all: packets vanish. The promises are those of the test above. It takes the
// whole machine, so that it is not parallel.
func TestChaosOnAFleetBreaksNoPromise(t *testing.T) {
	if !*chaosFleet {
		t.Skip("takes the whole machine for minutes: make chaos-stack")
	}
	storetest.RequirePrograms(t)
	network := newNetwork(t)
	c, running := newFleetChaos(t, network)
	trouble := &fleetTrouble{fleet: running, killed: map[string]int{}, count: &c.killed}
	cuts := &fleetCuts{fleet: running, network: network, made: map[string]int{}}
	connections := watchConnections(t, running.Config().DatabaseURL)

	c.maltreat(t, func(ctx context.Context, t *testing.T) {
		var both sync.WaitGroup
		both.Go(func() { trouble.run(ctx, t) })
		both.Go(func() { cuts.run(ctx, t) })
		both.Wait()
	})

	t.Logf("killed: %v; stood still: %d times; %d lies were told; PostgreSQL had %d connections at most",
		trouble.killed, trouble.frozen, c.isv.lies.Load(), connections.Load())
	t.Log(cuts)
	t.Log(&c.answers)
	for _, kind := range []string{fleet.API1, fleet.Worker1, fleet.Temporal, fleet.PostgreSQL} {
		require.Positive(t, trouble.killed[kind], "%s was not killed", kind)
	}
}

// newFleetChaos is a fleet with a tenant that posts to its balancer. Without a network all processes live on
// 127.0.0.1.
func newFleetChaos(t *testing.T, network *netns.Network) (*chaos, *fleet.Fleet) {
	t.Helper()
	dir, err := os.MkdirTemp("", "chattigo-chaos-") //nolint:usetesting // the account of PostgreSQL cannot enter t.TempDir's
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	isv, places := "127.0.0.1", fleet.Network(nil)
	if network != nil {
		isv, places = network.Addr(netns.Guest), network
	}
	running, err := startFleet(t.Context(), dir, chaosEvents, places)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), fleet.StopTimeout)
		defer cancel()
		require.NoError(t, running.Stop(ctx))
	})
	c := &chaos{config: running.Config(), temporal: running.Temporal(), isv: &moodyISV{healed: newGate()}}
	c.hook = newReceiverAt(t, isv, c.isv.answer)
	c.hook.lie = c.isv.lie
	c.openTenant(t, running.APIURL())
	c.otherAPI = running.APIURLs()[1]
	return c, running
}

// fleetTrouble is what happens to the processes of a fleet.
type fleetTrouble struct {
	fleet *fleet.Fleet
	// killed and frozen count what happened; count is the chaos's own of those that were killed.
	killed map[string]int
	frozen int
	count  *atomic.Int64
}

// pauses of the trouble: between two processes that are killed, and for how long one stands still, which is
// more than a health check of the balancer takes and less than what Temporal waits for.
const (
	betweenKills = 1500 * time.Millisecond
	standStill   = 3 * time.Second
)

// run kills one process after the other until ctx ends, and each kind once at least; each does its work again
// before the next is killed. After each round one stands still.
func (f *fleetTrouble) run(ctx context.Context, t *testing.T) {
	order := []string{
		fleet.API1, fleet.Worker1, fleet.Temporal, fleet.PostgreSQL,
		fleet.API2, fleet.Worker2, fleet.PostgreSQL, fleet.Temporal,
	}
	for i := 0; ctx.Err() == nil || i < len(order)/2; i++ {
		f.kill(t, order[i%len(order)])
		if i%4 == 3 {
			f.freeze(t, order[(i/4*3)%len(order)])
		}
		<-time.After(betweenKills)
	}
}

func (f *fleetTrouble) kill(t *testing.T, name string) {
	p := f.fleet.Process(name)
	before := p.PID()
	attempt(t, p.Kill())
	f.killed[name]++
	f.count.Add(1)
	if !eventually(t, time.Minute, func() bool { return p.PID() != 0 && p.PID() != before }) {
		t.Errorf("%s was not started again", name)
	}
	attempt(t, p.AwaitReady(t.Context()))
}

func (f *fleetTrouble) freeze(t *testing.T, name string) {
	p := f.fleet.Process(name)
	attempt(t, p.Freeze())
	f.frozen++
	<-time.After(standStill)
	attempt(t, p.Thaw())
	attempt(t, p.AwaitReady(t.Context()))
}

// attempt marks the test as failed: another goroutine may not end it.
func attempt(t *testing.T, err error) {
	if err != nil {
		t.Error(err)
	}
}

// watchConnections keeps the largest number of connections that PostgreSQL had, its own connection included.
func watchConnections(t *testing.T, databaseURL string) *atomic.Int64 {
	t.Helper()
	db, err := sql.Open("postgres", databaseURL)
	require.NoError(t, err)
	most, done := &atomic.Int64{}, make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			var now int64
			err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'`).Scan(&now)
			if err == nil { // it is down now and then
				most.Store(max(most.Load(), now))
			}
			select {
			case <-tick.C:
			case <-t.Context().Done():
				return
			}
		}
	}()
	t.Cleanup(func() {
		<-done
		require.NoError(t, db.Close())
	})
	return most
}
