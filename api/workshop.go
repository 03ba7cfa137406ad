package api

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// Checking definitions and playing tests is work for the processor that tenants choose. It must not
// keep messages waiting, nor the work of one tenant that of another.
const (
	// maxWorkWaiting callers of all accounts, and maxOwnWorkWaiting of one, wait for up to workWait.
	maxWorkWaiting    = 64
	maxOwnWorkWaiting = 4
	workWait          = 10 * time.Second

	// workAge is longer than a piece of work with its wait.
	workAge     = time.Minute
	maxWorkers  = 1_000
	ownWorkDone = 2 * time.Second
)

// workshop does the work of tenants: one piece of each account at a time, and of all accounts together
// on half of the processors.
type workshop struct {
	all *gate
	own *ttlcache.Cache[string, *gate]
}

// workPlaces is how many processors work at once on what tenants choose.
func workPlaces() int { return max(1, runtime.GOMAXPROCS(0)/2) }

func newWorkshop() *workshop {
	return &workshop{
		newGate(workPlaces(), maxWorkWaiting, workWait),
		ttlcache.New(ttlcache.WithTTL[string, *gate](workAge), ttlcache.WithCapacity[string, *gate](maxWorkers)),
	}
}

// do does a piece of work when it is the account's turn.
func (w *workshop) do(ctx context.Context, account string, work func() error) error {
	item, _ := w.own.GetOrSet(account, newGate(1, maxOwnWorkWaiting, workWait))
	own := item.Value()
	if err := own.enter(ctx); errors.Is(err, errGateFull) {
		return &apiError{
			Status: http.StatusTooManyRequests, RetryAfter: ownWorkDone, cause: err,
			Message: "too many definitions and tests of this account are being checked; please send it again",
		}
	} else if err != nil {
		return errUnavailable(err)
	}
	defer own.leave()
	if err := w.all.enter(ctx); err != nil {
		return errUnavailable(err)
	}
	defer w.all.leave()
	return work()
}
