package e2e

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// isolationTime is how long each round of the isolation test lasts. `make isolation` sets 20 s, with
// 300 endpoints and five rounds of each kind; the short run only sees that everybody is served.
var isolationTime = flag.Duration("isolation", 0, "how long a round of the isolation test lasts; 0 is a short run")

const (
	isolationAccounts = 10
	// slowResponse is what a slow endpoint takes.
	slowResponse = 2 * time.Second
)

// endpointsOf are the ISVs of the isolation test: the endpoints of the first account are dead in every
// second round, those of the second slow; the others are always well.
type endpointsOf struct {
	*httptest.Server
	channels [][]*tenant
	faulty   atomic.Bool
	over     chan struct{}

	mu       sync.Mutex
	received map[string]time.Time
}

func newEndpoints(t *testing.T, each int) *endpointsOf {
	t.Helper()
	e := &endpointsOf{received: map[string]time.Time{}, over: make(chan struct{})}
	e.Server = httptest.NewServer(http.HandlerFunc(e.receive))
	t.Cleanup(e.Close)
	t.Cleanup(func() { close(e.over) })
	for n := range isolationAccounts {
		account := newTenant(t)
		var channels []*tenant
		for range each {
			id := shared.channels.Add(1)
			channel := *account
			channel.waID, channel.phoneNumberID = fmt.Sprintf("5691%07d", id), fmt.Sprintf("20%013d", id)
			require.NoError(t, shared.store.AddChannel(t.Context(), store.Channel{
				WaID: channel.waID, PhoneNumberID: channel.phoneNumberID, Account: account.account,
				WebhookURL: e.URL + "/" + strconv.Itoa(n) + "/" + channel.waID, CreatedAt: time.Now(), UpdatedAt: time.Now(),
			}))
			channels = append(channels, &channel)
		}
		e.channels = append(e.channels, channels)
	}
	return e
}

// receive is every endpoint.
func (e *endpointsOf) receive(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // else the end of the connection is not noticed
	if e.faulty.Load() {
		switch r.URL.Path[1] {
		case '0':
			e.wait(r, time.Hour)
			return
		case '1':
			e.wait(r, slowResponse)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	contact := r.Header.Get("Chattigo-Contact")
	if _, again := e.received[contact]; !again {
		e.received[contact] = time.Now()
	}
}

func (e *endpointsOf) wait(r *http.Request, long time.Duration) {
	select {
	case <-time.After(long):
	case <-r.Context().Done():
	case <-e.over:
	}
}

func (e *endpointsOf) receivedAt(contact string) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.received[contact]
}

// isolation is one run of the test.
type isolation struct {
	*endpointsOf
	// long is how long a round lasts. well, dead and slow are how many contacts a second write to the
	// endpoints of that kind; in rounds without faults all of these are well.
	long             time.Duration
	well, dead, slow int
	serial           atomic.Int64
}

// round has contacts write at an even pace to endpoints of each kind, and returns how long those who wrote
// to healthy ones waited for the first reply, in ascending order.
func (e *isolation) round(t *testing.T) (waits []time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), e.long)
	defer cancel()
	var mu sync.Mutex
	posted := map[string]time.Time{}
	var writing sync.WaitGroup
	writing.Go(func() { e.writes(ctx, t, e.dead, e.channels[:1], func(string) {}) })
	writing.Go(func() { e.writes(ctx, t, e.slow, e.channels[1:2], func(string) {}) })
	e.writes(ctx, t, e.well, e.channels[2:], func(contact string) {
		mu.Lock()
		defer mu.Unlock()
		posted[contact] = time.Now()
	})
	writing.Wait()
	for contact, at := range posted {
		require.Eventually(t, func() bool { return !e.receivedAt(contact).IsZero() }, 3*time.Minute, 10*time.Millisecond)
		waits = append(waits, e.receivedAt(contact).Sub(at))
	}
	slices.Sort(waits)
	return waits
}

// writes has so many new contacts a second write to the channels of some accounts, in turn, until ctx ends.
func (e *isolation) writes(ctx context.Context, t *testing.T, rate int, accounts [][]*tenant, begins func(contact string)) {
	ticks := time.NewTicker(time.Second / time.Duration(rate))
	defer ticks.Stop()
	var posting sync.WaitGroup
	defer posting.Wait()
	for n := 0; ctx.Err() == nil; n++ {
		account := accounts[n%len(accounts)]
		contact := fmt.Sprintf("5695%07d", e.serial.Add(1))
		begins(contact)
		posting.Go(func() { account[n/len(accounts)%len(account)].write(t, contact) })
		select {
		case <-ticks.C:
		case <-ctx.Done():
		}
	}
}

// write posts a first message as an ISV does: again after a 503.
func (c *tenant) write(t *testing.T, contact string) {
	postUntilAccepted(t, c, webhookBody(t, c.value(contact, text("hola"))))
}

// settle waits until nothing is left to be delivered to the endpoints that failed.
func (e *endpointsOf) settle(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, channel := range slices.Concat(e.channels[0], e.channels[1]) {
			waiting, err := shared.store.WaitingDeliveries(t.Context(), channel.waID, 1)
			require.NoError(t, err)
			if len(waiting) > 0 {
				return false
			}
		}
		return true
	}, 10*time.Minute, time.Second)
}

// One dead or slow ISV slows no other down. The test is not parallel, as it takes the whole machine.
func TestDeadAndSlowEndpointsDoNotSlowDownTheOthers(t *testing.T) {
	rounds, each, run := 1, 2, &isolation{long: 3 * time.Second, well: 4, dead: 2, slow: 2}
	if *isolationTime > 0 {
		rounds, each, run = 5, 30, &isolation{long: *isolationTime, well: 8, dead: 20, slow: 4}
	}
	run.endpointsOf = newEndpoints(t, each)
	run.round(t) // warms up
	t.Logf("%-8s %-8s %8s %8s %8s %8s", "round", "faults", "p50", "p99", "messages", "cores")
	for n := range rounds {
		for _, faulty := range []bool{false, true} {
			run.faulty.Store(faulty)
			began, used := time.Now(), cpuSeconds(t)
			waits := run.round(t)
			cores := (cpuSeconds(t) - used) / time.Since(began).Seconds()
			t.Logf("%-8d %-8t %8s %8s %8d %8.1f", n+1, faulty, percentile(waits, 50), percentile(waits, 99), len(waits), cores)
			run.faulty.Store(false)
			if n < rounds-1 {
				run.settle(t)
			}
		}
	}
}

// cpuSeconds is how long this process has computed: the service and the Temporal server with it.
func cpuSeconds(t *testing.T) float64 {
	t.Helper()
	_, value, found := strings.Cut(metricsOf(t), "\nprocess_cpu_seconds_total ")
	require.True(t, found)
	value, _, _ = strings.Cut(value, "\n")
	seconds, err := strconv.ParseFloat(value, 64)
	require.NoError(t, err)
	return seconds
}

func percentile(sorted []time.Duration, p int) time.Duration {
	return sorted[(len(sorted)-1)*p/100].Round(100 * time.Microsecond)
}
