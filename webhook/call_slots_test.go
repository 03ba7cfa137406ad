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
		s := newSlots()
		var inside []func()
		for range callsPerHost {
			release, err := s.acquire(t.Context(), "slow")
			require.NoError(t, err)
			inside = append(inside, release)
		}
		start := time.Now()
		var waiting sync.WaitGroup
		for range callsWaiting {
			waiting.Go(func() {
				_, err := s.acquire(t.Context(), "slow")
				require.ErrorIs(t, err, errBusy)
			})
		}
		synctest.Wait()
		_, err := s.acquire(t.Context(), "slow")
		require.ErrorIs(t, err, errBusy)
		require.Zero(t, time.Since(start), "who comes when enough wait does not wait")

		release, err := s.acquire(t.Context(), "quick")
		require.NoError(t, err)
		release()
		waiting.Wait()
		require.Equal(t, CallWait, time.Since(start))

		for _, release := range inside {
			release()
		}
		require.Empty(t, s.hosts, "a host without calls is forgotten")
	})
}

func TestASlotThatBecomesFreeIsTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSlots()
		var releases []func()
		for range callsPerHost {
			release, err := s.acquire(t.Context(), "slow")
			require.NoError(t, err)
			releases = append(releases, release)
		}
		time.AfterFunc(time.Second, releases[0])
		start := time.Now()
		release, err := s.acquire(t.Context(), "slow")
		require.NoError(t, err)
		require.Equal(t, time.Second, time.Since(start))
		release()

		blocked, err := s.acquire(t.Context(), "slow")
		require.NoError(t, err)
		defer blocked()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err = s.acquire(ctx, "slow")
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestCallSaysThatAHostIsBusy(t *testing.T) {
	t.Parallel()
	caller, base := callTo(t, func(http.ResponseWriter, *http.Request) {})
	caller.slots.wait = time.Millisecond
	for range callsPerHost {
		release, err := caller.slots.acquire(t.Context(), apiName)
		require.NoError(t, err)
		defer release()
	}
	require.Equal(t, Busy, caller.Call(t.Context(), Call{Method: "GET", URL: base}).Class)
}
