package api

import (
	"sync"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// quota is what a token bucket holds when it is full, and how long one token takes to come.
type quota struct {
	burst int
	every time.Duration
}

// fills is how long an empty bucket takes to be full.
func (q quota) fills() time.Duration { return time.Duration(q.burst) * q.every }

// buckets are token buckets by key, all with the same quota. It has at most a number of keys, of which the
// ones that were not used for longest go first; one that goes is full again when it comes back.
// It is safe for concurrent use. Unlike rate.Limiter, a token that was taken can be given back.
type buckets struct {
	quota

	mu     sync.Mutex
	values *ttlcache.Cache[string, *bucket]
}

// bucket is how many tokens there were at a time; buckets.mu guards it.
type bucket struct {
	tokens float64
	at     time.Time
}

func newBuckets(size uint64, q quota) *buckets {
	// A bucket that nobody used while it filled is as good as a new one.
	age := q.fills() + time.Minute
	return &buckets{
		quota:  q,
		values: ttlcache.New(ttlcache.WithTTL[string, *bucket](age), ttlcache.WithCapacity[string, *bucket](size)),
	}
}

// take takes a token and returns how many are left, or how long the next one takes to come.
func (b *buckets) take(key string, now time.Time) (left int, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.filled(key, now)
	if one.tokens < 1 {
		return 0, max(time.Duration((1-one.tokens)*float64(b.every)), 1)
	}
	one.tokens--
	return int(one.tokens), 0
}

// giveBack returns a token that was taken.
func (b *buckets) giveBack(key string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.filled(key, now)
	one.tokens = min(one.tokens+1, float64(b.burst))
}

// filled is a bucket with what has come until now.
func (b *buckets) filled(key string, now time.Time) *bucket {
	item, _ := b.values.GetOrSet(key, &bucket{float64(b.burst), now})
	one := item.Value()
	if passed := now.Sub(one.at); passed > 0 {
		one.tokens = min(one.tokens+float64(passed)/float64(b.every), float64(b.burst))
		one.at = now
	}
	return one
}
