package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/fleet"
	"github.com/chattigo/api-isv/devserver/netns"
)

// A cut lasts from shortestCut to longestCut. The longest is what an ISV waits for an answer at most.
const (
	shortestCut = 3 * time.Second
	longestCut  = 20 * time.Second
	betweenCuts = time.Second
)

// cut is two processes that do not reach each other; one that reaches nobody if there is no other.
type cut struct{ one, other string }

func (c cut) String() string {
	if c.other == "" {
		return c.one + " from all"
	}
	return c.one + " from " + strings.Replace(c.other, netns.Guest, "the ISV", 1)
}

// cutsOfAFleet are made in turn, so that directed ones and whole ones alternate.
func cutsOfAFleet() []cut {
	return []cut{
		{fleet.API1, fleet.PostgreSQL},
		{fleet.Worker1, ""},
		{fleet.Worker2, fleet.Temporal},
		{fleet.Temporal, fleet.PostgreSQL},
		{fleet.API2, ""},
		{fleet.Worker1, netns.Guest},
		{fleet.API2, fleet.Temporal},
		{fleet.PostgreSQL, ""},
		{fleet.Worker2, fleet.PostgreSQL},
		{fleet.Temporal, ""},
	}
}

// newNetwork has an address for each process of a fleet. Where there can be none it says why, and returns nil:
// then nothing is cut.
func newNetwork(t *testing.T) *netns.Network {
	t.Helper()
	if err := netns.Check(t.Context()); err != nil {
		t.Logf("NOTHING IS CUT OFF, processes only end and stand still: %s", err)
		return nil
	}
	network, err := netns.New(t.Context(), fleet.PostgreSQL, fleet.Temporal, fleet.API1, fleet.API2, fleet.Worker1, fleet.Worker2)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, network.Close(context.WithoutCancel(t.Context()))) })
	return network
}

// fleetCuts cuts the processes of a fleet off from each other.
type fleetCuts struct {
	fleet   *fleet.Fleet
	network *netns.Network
	// made counts the cuts by pair; slowest is the longest time from the end of one until both did their work again.
	made    map[string]int
	slowest time.Duration
}

// run makes one cut after the other until ctx ends, and each once at least; who was cut off does its work
// again before the next. All is whole when it returns.
func (f *fleetCuts) run(ctx context.Context, t *testing.T) {
	if f.network == nil {
		return
	}
	all := cutsOfAFleet()
	for i := 0; ctx.Err() == nil || i < len(all); i++ {
		f.cut(t, all[i%len(all)])
		<-time.After(betweenCuts)
	}
}

func (f *fleetCuts) cut(t *testing.T, c cut) {
	// Most networks are back soon.
	share := rand.Float64()
	lasts := shortestCut + time.Duration(share*share*float64(longestCut-shortestCut))
	heal, err := f.make(t.Context(), c)
	attempt(t, err)
	f.made[c.String()]++
	<-time.After(lasts)
	attempt(t, heal(t.Context()))
	healed := time.Now()
	for _, name := range []string{c.one, c.other} {
		if p := f.fleet.Process(name); p != nil {
			attempt(t, p.AwaitReady(t.Context()))
		}
	}
	back := time.Since(healed)
	f.slowest = max(f.slowest, back)
	t.Logf("%s for %s, back after %s", c, lasts.Round(100*time.Millisecond), back.Round(100*time.Millisecond))
}

func (f *fleetCuts) make(ctx context.Context, c cut) (heal func(context.Context) error, err error) {
	if c.other == "" {
		return f.network.CutOff(ctx, c.one)
	}
	return f.network.Cut(ctx, c.one, c.other)
}

// String is the line that a person reads.
func (f *fleetCuts) String() string {
	return fmt.Sprintf("cut off: %v; the slowest was back at work %s after the end of a cut", f.made, f.slowest.Round(100*time.Millisecond))
}
