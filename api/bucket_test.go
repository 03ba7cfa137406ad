package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestABucketFillsAndTakesBack(t *testing.T) {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	b := newBuckets(10, quota{burst: 2, every: 10 * time.Second})
	take := func(wantLeft int, wantWait time.Duration) {
		t.Helper()
		left, wait := b.take("a", at)
		require.Equal(t, wantLeft, left)
		require.Equal(t, wantWait, wait)
	}
	take(1, 0)
	take(0, 0)
	take(0, 10*time.Second)
	at = at.Add(4 * time.Second)
	take(0, 6*time.Second)
	at = at.Add(6 * time.Second)
	take(0, 0)
	b.giveBack("a", at)
	take(0, 0)
	at = at.Add(time.Hour)
	b.giveBack("a", at)
	take(1, 0) // not more than it holds
	at = at.Add(-time.Minute)
	take(0, 0) // a clock that is set back takes nothing away
	take(0, 10*time.Second)
}

func TestBucketsAreBounded(t *testing.T) {
	at := time.Now()
	b := newBuckets(2, quota{burst: 1, every: time.Second})
	for _, key := range []string{"a", "b", "c"} {
		_, wait := b.take(key, at)
		require.Zero(t, wait)
	}
	require.Equal(t, 2, b.values.Len())
	_, wait := b.take("c", at)
	require.NotZero(t, wait)
}
