package api

import (
	"errors"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// The work of one account that never ends keeps neither the others waiting nor more than its own calls.
func TestTheWorkOfOneAccountDoesNotHoldUpThatOfOthers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4)) // two pieces of work at a time
	synctest.Test(t, func(t *testing.T) {
		w := newWorkshop()
		finish := make(chan struct{})
		var hostile sync.WaitGroup
		statuses := make(chan int, 20)
		for range 20 {
			hostile.Go(func() {
				err := w.do(t.Context(), "hostile", func() error {
					<-finish
					return nil
				})
				if err != nil {
					statuses <- asError(err).Status
				}
			})
		}
		synctest.Wait()
		require.Len(t, statuses, 20-1-maxOwnWorkWaiting)
		require.Equal(t, http.StatusTooManyRequests, <-statuses)

		mistake := errors.New("a mistake")
		require.ErrorIs(t, w.do(t.Context(), "good", func() error { return mistake }), mistake)
		require.Panics(t, func() { _ = w.do(t.Context(), "good", func() error { panic("a fault") }) })
		require.NoError(t, w.do(t.Context(), "good", func() error { return nil }), "the slot is free again")
		close(finish)
		hostile.Wait()
	})
}
