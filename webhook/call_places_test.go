package webhook

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAHostThatHangsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces()
		var inside []func()
		for range callsPerHost {
			leave, err := p.enter(t.Context(), "slow")
			require.NoError(t, err)
			inside = append(inside, leave)
		}
		start := time.Now()
		var waiting sync.WaitGroup
		for range callsWaiting {
			waiting.Go(func() {
				_, err := p.enter(t.Context(), "slow")
				require.ErrorIs(t, err, errBusy)
			})
		}
		synctest.Wait()
		_, err := p.enter(t.Context(), "slow")
		require.ErrorIs(t, err, errBusy)
		require.Zero(t, time.Since(start), "who comes when enough wait does not wait")

		leave, err := p.enter(t.Context(), "quick")
		require.NoError(t, err)
		leave()
		waiting.Wait()
		require.Equal(t, CallWait, time.Since(start))

		for _, leave := range inside {
			leave()
		}
		require.Empty(t, p.hosts, "a host without calls is forgotten")
	})
}

func TestAPlaceThatBecomesFreeIsTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces()
		var leaves []func()
		for range callsPerHost {
			leave, err := p.enter(t.Context(), "slow")
			require.NoError(t, err)
			leaves = append(leaves, leave)
		}
		time.AfterFunc(time.Second, leaves[0])
		start := time.Now()
		leave, err := p.enter(t.Context(), "slow")
		require.NoError(t, err)
		require.Equal(t, time.Second, time.Since(start))
		leave()

		blocked, err := p.enter(t.Context(), "slow")
		require.NoError(t, err)
		defer blocked()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err = p.enter(ctx, "slow")
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestCallSaysThatAHostIsBusy(t *testing.T) {
	t.Parallel()
	caller, base := callTo(t, func(http.ResponseWriter, *http.Request) {})
	caller.places.wait = time.Millisecond
	for range callsPerHost {
		leave, err := caller.places.enter(t.Context(), apiName)
		require.NoError(t, err)
		defer leave()
	}
	require.Equal(t, Busy, caller.Call(t.Context(), Call{Method: "GET", URL: base}).Class)
}
