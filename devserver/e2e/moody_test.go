package e2e

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"
)

// moodyISV refuses some, takes its time with others, and is away now and then, until it is
// healed.
type moodyISV struct {
	healed gate
	away   atomic.Bool
	lies   atomic.Int64
}

// lie is told now and then in place of a response.
func (m *moodyISV) lie(d delivery) lie {
	select {
	case <-m.healed.opened:
		return nil
	default:
	}
	if d.Attempt > 3 || rand.IntN(25) > 0 {
		return nil
	}
	m.lies.Add(1)
	return randomLie()
}

func (m *moodyISV) answer(ctx context.Context, d delivery) int {
	if d.Attempt > 3 {
		return http.StatusOK // the waits grow with the attempts, and the test has to end
	}
	select {
	case <-m.healed.opened:
		return http.StatusOK
	default:
	}
	switch n := rand.IntN(200); {
	case n == 0:
		m.away.Store(!m.away.Load())
		return http.StatusServiceUnavailable
	case m.away.Load() && n < 150:
		return http.StatusBadGateway
	case n < 10:
		return http.StatusInternalServerError
	case n < 20:
		select {
		case <-ctx.Done():
		case <-m.healed.opened:
		case <-time.After(time.Duration(rand.IntN(300)) * time.Millisecond):
		}
	}
	return http.StatusOK
}
