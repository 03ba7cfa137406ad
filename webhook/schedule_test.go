package webhook

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNextTryFollowsTheScheduleWithin24Hours(t *testing.T) {
	made := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	at, attempts := made, 1
	for {
		next, ok := NextTry(Failure{Result: Result{Class: Status, StatusCode: 500}, Attempts: attempts, MadeAt: made, At: at})
		if !ok {
			break
		}
		at, attempts = next, attempts+1
	}
	require.Equal(t, 15, attempts)
	require.Equal(t, 23*time.Hour+53*time.Minute+51*time.Second, at.Sub(made))
}

func TestANoticeIsTriedFor72Hours(t *testing.T) {
	made := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	at, attempts := made, 1
	for {
		next, ok := NextTry(Failure{Result: Result{Class: Status, StatusCode: 500}, Attempts: attempts, MadeAt: made, At: at, Notice: true})
		if !ok {
			break
		}
		at, attempts = next, attempts+1
	}
	require.Equal(t, 19, attempts)
	require.Equal(t, 71*time.Hour+53*time.Minute+51*time.Second, at.Sub(made))
}

func TestNextTry(t *testing.T) {
	made := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	cases := []struct {
		name string
		f    Failure
		want time.Duration // after f.At; 0 means that there is no next attempt
	}{
		{"first wait", Failure{Attempts: 1, At: made}, time.Second},
		{"fourth wait", Failure{Attempts: 4, At: made}, 30 * time.Second},
		{"jitter lengthens by at most a fifth", Failure{Attempts: 4, At: made, Jitter: 1}, 36 * time.Second},
		{"Retry-After is obeyed when longer", Failure{Attempts: 1, At: made, Result: Result{RetryAfter: time.Minute}}, time.Minute},
		{"Retry-After does not shorten", Failure{Attempts: 4, At: made, Result: Result{RetryAfter: time.Second}}, 30 * time.Second},
		{"the last try stays inside the budget", Failure{Attempts: 14, At: made.Add(20 * time.Hour)}, 3*time.Hour + 59*time.Minute},
		{"nothing after the budget", Failure{Attempts: 3, At: made.Add(24 * time.Hour)}, 0},
		{"nothing after the last attempt", Failure{Attempts: 15, At: made}, 0},
		{"an unwanted body is offered five times", Failure{Attempts: 4, At: made, Result: Result{StatusCode: 422}}, 30 * time.Second},
		{"and no more", Failure{Attempts: 5, At: made, Result: Result{StatusCode: 422}}, 0},
		{"a notice goes on", Failure{Attempts: 15, At: made.Add(24 * time.Hour), Notice: true}, 12 * time.Hour},
		{"a notice's last try stays inside its budget", Failure{Attempts: 18, At: made.Add(70 * time.Hour), Notice: true}, 2*time.Hour - time.Minute},
		{"a notice that is not wanted is offered five times", Failure{Attempts: 5, At: made, Notice: true, Result: Result{StatusCode: 400}}, 0},
		{"what was pulled before does not move the schedule", Failure{Attempts: 33, Pulled: 32, At: made}, time.Second},
		{"and is no rejection", Failure{Attempts: 33, Pulled: 32, At: made, Result: Result{StatusCode: 400}}, time.Second},
		{"a URL that cannot be called is final", Failure{Attempts: 1, At: made, Result: Result{Class: BadTarget}}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.f.MadeAt = made
			next, ok := NextTry(c.f)
			require.Equal(t, c.want != 0, ok)
			if ok {
				require.Equal(t, c.want, next.Sub(c.f.At))
			}
		})
	}
}

func TestNextTryIsNeverEarlyAndNeverBeyondTheBudget(t *testing.T) {
	made := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		f := Failure{
			MadeAt: made, At: made.Add(time.Duration(rapid.Int64Range(0, int64(80*time.Hour)).Draw(t, "age"))),
			Attempts: rapid.IntRange(1, 20).Draw(t, "attempts"), Jitter: rapid.Float64Range(0, 1).Draw(t, "jitter"),
			Notice: rapid.Bool().Draw(t, "notice"),
			Result: Result{RetryAfter: time.Duration(rapid.Int64Range(0, int64(maxRetryAfter)).Draw(t, "retryAfter"))},
		}
		next, ok := NextTry(f)
		if !ok {
			return
		}
		require.True(t, next.After(f.At))
		require.False(t, next.After(made.Add(budget(f.Notice))))
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	cases := map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "120.0": 2 * time.Minute, "120.1": 121 * time.Second, "120.6": 121 * time.Second,
		"-5": 0, "0": 0, "soon": 0, "NaN": 0, "1e99": maxRetryAfter,
		"Tue, 10 Mar 2026 12:01:00 GMT": time.Minute, "Tue, 10 Mar 2026 11:00:00 GMT": 0, "Wed, 10 Mar 2032 11:00:00 GMT": maxRetryAfter,
	}
	for header, want := range cases {
		require.Equal(t, want, retryAfter(header, now), header)
	}
}

func TestAReplayTriesAMessageForAnHour(t *testing.T) {
	total, tries := time.Duration(0), 1
	for ; ; tries++ {
		pause, again := NextReplay(Result{Class: Status, StatusCode: 500}, tries, 0)
		if !again {
			break
		}
		total += pause
	}
	require.Equal(t, 6, tries)
	require.Equal(t, 57*time.Minute+35*time.Second, total)
	for name, r := range map[string]Result{
		"a body that is wrong": {Class: Status, StatusCode: 422}, "a URL that is none": {Class: BadTarget},
		"given up by the ISV": {Class: Status, StatusCode: 500, Control: AbortMessage},
	} {
		_, again := NextReplay(r, 1, 0)
		require.False(t, again, name)
	}
	pause, _ := NextReplay(Result{Class: Status, StatusCode: 503, RetryAfter: time.Minute}, 1, 1)
	require.Equal(t, time.Minute, pause)
	pause, _ = NextReplay(Result{Class: Timeout}, 1, 1)
	require.Equal(t, 6*time.Second, pause)
}
