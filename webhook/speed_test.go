package webhook

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAnEndpointThatStalledOnceIsFastAgainAfterAFewSeconds(t *testing.T) {
	t.Parallel()
	var s speed
	require.False(t, s.slow(noon()))
	s.stall(noon().Add(-3*time.Second), noon())
	for range 4 { // in flight at the same time
		s.stall(noon().Add(-2*time.Second), noon().Add(time.Second))
	}
	s.respond(noon().Add(-time.Second))
	require.True(t, s.slow(noon().Add(time.Hour)), "it began before the stall")
	s.respond(noon().Add(1500 * time.Millisecond))
	require.True(t, s.slow(noon().Add(5999*time.Millisecond)))
	require.False(t, s.slow(noon().Add(6*time.Second)))
}

func TestAnEndpointThatIsAlwaysSlowStaysSlow(t *testing.T) {
	t.Parallel()
	var s speed
	now := noon()
	s.stall(now, now.Add(3*time.Second))
	for _, pause := range []time.Duration{0, time.Second, time.Minute, time.Hour, 23 * time.Hour} {
		now = now.Add(pause)
		require.True(t, s.slow(now), pause)
		s.stall(now, now.Add(4*time.Second)) // as the slow lane sees it
		now = now.Add(4 * time.Second)
	}
}

func TestAnEndpointThatIsSlowAgainAndAgainStaysOutLonger(t *testing.T) {
	t.Parallel()
	var s speed
	now := noon()
	for _, out := range []time.Duration{5, 10, 20, 40, 80, 160, 320, 600, 600} {
		require.False(t, s.slow(now))
		s.stall(now, now)
		s.respond(now)
		require.True(t, s.slow(now.Add(out*time.Second-1)))
		now = now.Add(out * time.Second)
	}
	now = now.Add(forgiven + 1)
	s.stall(now, now)
	s.respond(now)
	require.False(t, s.slow(now.Add(firstSlow)), "after a while it begins anew")
}
