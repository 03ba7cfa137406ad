package webhook

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func noon() time.Time { return time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC) }

func TestJudgeCountsOnlyWhatIsTheEndpointsFault(t *testing.T) {
	t.Parallel()
	for want, results := range map[outcome][]Result{
		good: {{Class: Delivered, StatusCode: 200}},
		bad: {
			{Class: Timeout},
			{Class: Connect},
			{Class: Gone, StatusCode: 410},
			{Class: Status, StatusCode: 500},
			{Class: Status, StatusCode: 503},
			{Class: Status, StatusCode: 404},
			{Class: Status, StatusCode: 302},
			{Class: Status, StatusCode: 101},
		},
		neutral: {
			{Class: Status, StatusCode: 400},
			{Class: Status, StatusCode: 413},
			{Class: Status, StatusCode: 415},
			{Class: Status, StatusCode: 422},
			{Class: Status, StatusCode: 429},
		},
		silent: {{Class: Canceled}, {Class: Forbidden}, {Class: BadTarget}, {}},
	} {
		for _, r := range results {
			require.Equal(t, want, judge(r), "%s %d", r.Class, r.StatusCode)
		}
	}
}

func TestABreakerOpensAfterFiveFailuresInARow(t *testing.T) {
	t.Parallel()
	var b breaker
	for range 4 {
		require.Equal(t, Unchanged, b.record(bad, false, 0, noon()))
	}
	require.Equal(t, Unchanged, b.record(good, false, 0, noon()))
	for range 4 {
		require.Equal(t, Unchanged, b.record(bad, false, 0, noon()))
		require.Equal(t, Unchanged, b.record(neutral, false, 0, noon()), "not a success, not a failure")
		require.Equal(t, Unchanged, b.record(silent, false, 0, noon()))
	}
	require.Equal(t, Opened, b.record(bad, false, 0, noon()))
	require.Equal(t, passage{refused: true, again: noon().Add(30 * time.Second)}, b.ask(noon(), false))
}

func TestABreakerOpensWhenHalfOfTwentyFailWithinAMinute(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		pause time.Duration
		want  BreakerChange
	}{
		{"all at once", 0, Opened},
		{"within a minute", 2800 * time.Millisecond, Opened},
		{"over more than a minute", 4 * time.Second, Unchanged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b breaker
			at := noon()
			for n := range 19 { // good and bad by turns, the first and the last are good
				require.Equal(t, Unchanged, b.record([]outcome{good, bad}[n%2], false, 0, at))
				at = at.Add(tt.pause)
			}
			require.Equal(t, tt.want, b.record(bad, false, 0, at))
		})
	}
}

// open is a breaker that opened at noon.
func open(t *testing.T) *breaker {
	t.Helper()
	b := &breaker{}
	for range tripInRow {
		b.record(bad, false, 0, noon())
	}
	require.True(t, b.open)
	return b
}

func TestAnOpenBreakerLetsOneProbeThroughAndDoublesWhileProbesFail(t *testing.T) {
	t.Parallel()
	b, now := open(t), noon()
	for _, wait := range []time.Duration{30, 60, 120, 240, 480, 900, 900} {
		wait *= time.Second
		require.Equal(t, now.Add(wait), b.ask(now.Add(wait-1), false).again)
		now = now.Add(wait)
		require.Equal(t, passage{probe: true}, b.ask(now, false))
		b.startProbe(now)
		require.Equal(t, passage{refused: true, again: now.Add(probeWait)}, b.ask(now, true), "one at a time")
		now = now.Add(time.Second)
		require.Equal(t, Unchanged, b.record(bad, true, 0, now))
	}
	now = now.Add(maxOpen)
	b.startProbe(now)
	require.Equal(t, Closed, b.record(good, true, 0, now))
	require.Equal(t, passage{}, b.ask(now, false))
	for range tripInRow {
		b.record(bad, false, b.term, now)
	}
	require.Equal(t, now.Add(30*time.Second), b.until, "it begins anew")
}

func TestAProbeThatIsNotDueNeitherShortensNorProlongsTheTime(t *testing.T) {
	t.Parallel()
	b := open(t)
	for n := range 5 {
		now := noon().Add(time.Duration(n) * earlyProbe)
		require.Equal(t, passage{probe: true}, b.ask(now, true))
		require.True(t, b.ask(now, false).refused, "not for everybody")
		b.startProbe(now)
		b.record(bad, true, 0, now.Add(time.Second))
		require.True(t, b.ask(now.Add(earlyProbe-1), true).refused, "one in 5 s")
	}
	require.Equal(t, noon().Add(30*time.Second), b.until)
}

func TestAProbeThatToldNothingMakesRoomForAnother(t *testing.T) {
	t.Parallel()
	b := open(t)
	now := b.until
	b.startProbe(now)
	b.record(silent, true, 0, now)
	require.Equal(t, passage{probe: true}, b.ask(now, false))
	b.startProbe(now)
	require.True(t, b.ask(now.Add(probeLost-1), false).refused)
	require.Equal(t, passage{probe: true}, b.ask(now.Add(probeLost), false), "a probe that never came back")
	require.Equal(t, Closed, b.record(neutral, true, 0, now), "it responds")
}

func TestAttemptsFromBeforeTheBreakerClosedDoNotOpenItAgain(t *testing.T) {
	t.Parallel()
	b := open(t)
	require.Equal(t, Unchanged, b.record(bad, false, 0, noon()), "it is open")
	require.Equal(t, Closed, b.record(good, false, 0, noon()))
	for range 20 {
		require.Equal(t, Unchanged, b.record(bad, false, 0, noon()))
	}
	require.Equal(t, passage{}, b.ask(noon(), false))
}
