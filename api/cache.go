package api

import (
	"context"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"golang.org/x/time/rate"
)

// cached reads through a small cache: a value that was loaded is returned again until it has its
// age, counted from when its loading began, because it may have been read then. Errors are not kept.
// It is safe for concurrent use.
type cached[K comparable, V any] struct {
	values *ttlcache.Cache[K, V]
	age    time.Duration
	load   func(context.Context, K) (V, error)
}

func newCached[K comparable, V any](size uint64, age time.Duration, load func(context.Context, K) (V, error)) *cached[K, V] {
	return &cached[K, V]{newValues[K, V](size, age), age, load}
}

// newValues makes a cache whose values have an age from when they were set. Without its cleaning
// goroutine it keeps what has expired until it is full, but never returns it.
func newValues[K comparable, V any](size uint64, age time.Duration) *ttlcache.Cache[K, V] {
	return ttlcache.New(
		ttlcache.WithTTL[K, V](age), ttlcache.WithCapacity[K, V](size), ttlcache.WithDisableTouchOnHit[K, V](),
	)
}

func (c *cached[K, V]) get(ctx context.Context, key K) (V, error) {
	if item := c.values.Get(key); item != nil {
		return item.Value(), nil
	}
	began := time.Now()
	value, err := c.load(ctx, key)
	// Nothing is kept for a time that is over: no time at all would mean the age.
	if left := c.age - time.Since(began); err == nil && left > 0 {
		c.values.Set(key, value, left)
	}
	return value, err
}

// forget makes the next get load the value anew.
func (c *cached[K, V]) forget(key K) { c.values.Delete(key) }

// limiters are rate limiters by key, all with the same limit. One that was not used for its age is
// dropped; it has to be full again by then.
type limiters struct {
	values *ttlcache.Cache[string, *rate.Limiter]
	limit  rate.Limit
	burst  int
}

func newLimiters(size uint64, age time.Duration, limit rate.Limit, burst int) *limiters {
	return &limiters{
		ttlcache.New(ttlcache.WithTTL[string, *rate.Limiter](age), ttlcache.WithCapacity[string, *rate.Limiter](size)),
		limit, burst,
	}
}

func (l *limiters) get(key string) *rate.Limiter {
	item, _ := l.values.GetOrSet(key, rate.NewLimiter(l.limit, l.burst))
	return item.Value()
}
