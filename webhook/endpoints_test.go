package webhook

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// endpoints are some with the default limits, and no jitter.
func endpoints(change ...func(*EndpointLimits)) *Endpoints {
	limits := DefaultEndpointLimits()
	for _, c := range change {
		c(&limits)
	}
	e := NewEndpoints(limits)
	e.jitter = func() float64 { return 0 }
	return e
}

// unhurried is for limits without a rate.
func unhurried(l *EndpointLimits) { l.Rate, l.Burst = 1e9, 1e9 }

func entry(account, url string, lane Lane) Entry {
	return Entry{EndpointKey: EndpointKey{account, url}, Lane: lane}
}

// attempt makes an attempt that ends as it began.
func attempt(t require.TestingT, e *Endpoints, entry Entry, now time.Time, r Result) BreakerChange {
	visit, deferral := e.Enter(entry, now)
	require.Nil(t, deferral)
	return visit.Leave(r, now)
}

func reasonOf(e *Endpoints, entry Entry, now time.Time) Reason {
	visit, deferral := e.Enter(entry, now)
	if deferral != nil {
		return deferral.Reason
	}
	visit.Leave(Result{}, now)
	return ""
}

func TestEachLaneHasPlacesOfItsOwn(t *testing.T) {
	t.Parallel()
	e := endpoints()
	var inside []*Visit
	for lane, places := range map[Lane]int{FastLane: 4, SlowLane: 16} {
		for range places {
			visit, deferral := e.Enter(entry("a", "u", lane), noon())
			require.Nil(t, deferral)
			inside = append(inside, visit)
		}
		require.Equal(t, NoPlace, reasonOf(e, entry("a", "u", lane), noon()))
	}
	for _, visit := range inside {
		visit.Leave(Result{}, noon())
		visit.Leave(Result{}, noon()) // leaving twice frees no second place
	}
	require.Zero(t, e.fast)
	require.Equal(t, [lanes]int{}, e.accounts["a"].inFlight)
	require.Equal(t, [lanes]int{}, e.accounts["a"].endpoints["u"].inFlight)
}

func TestAnAccountWithManyURLsLeavesRoomForOthers(t *testing.T) {
	t.Parallel()
	e := endpoints()
	fill := func(account string, lane Lane) (taken int) {
		for url := range 100 {
			for range 20 {
				if visit, _ := e.Enter(entry(account, strconv.Itoa(url), lane), noon()); visit != nil {
					taken++
				}
			}
		}
		return taken
	}
	require.Equal(t, 60, fill("greedy", SlowLane))
	require.Equal(t, 60, fill("greedy", FastLane))
	require.Empty(t, reasonOf(e, entry("other", "0", SlowLane), noon()))
	require.Empty(t, reasonOf(e, entry("other", "0", FastLane), noon()))

	require.Equal(t, 60, fill("b", FastLane))
	require.Equal(t, 60, fill("c", FastLane))
	require.Equal(t, 20, fill("d", FastLane), "half of all workflow slots")
	require.Equal(t, NoPlace, reasonOf(e, entry("other", "0", FastLane), noon()))
	require.Empty(t, reasonOf(e, entry("other", "0", SlowLane), noon()))
}

func TestAnEndpointGetsItsRateAfterABurst(t *testing.T) {
	t.Parallel()
	e := endpoints()
	count := func(now time.Time) (taken int) {
		for range 1000 {
			if reasonOf(e, entry("a", "u", SlowLane), now) == "" {
				taken++
			}
		}
		return taken
	}
	require.Equal(t, 100, count(noon()))
	require.Equal(t, 50, count(noon().Add(time.Second)))
	require.Equal(t, 100, count(noon().Add(time.Hour)))
	require.Equal(t, RateLimited, reasonOf(e, entry("a", "u", FastLane), noon().Add(time.Hour)))
}

func TestThoseWhoAreDeferredComeBackAtTheEndpointsRate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		prepare func(e *Endpoints)
		reason  Reason
		after   time.Duration
		step    time.Duration
	}{
		{"the rate is used up", func(e *Endpoints) {
			for range 100 {
				attempt(t, e, entry("a", "u", SlowLane), noon(), Result{Class: Delivered})
			}
		}, RateLimited, 0, 20 * time.Millisecond},
		{"it asked for a pause", func(e *Endpoints) {
			attempt(t, e, entry("a", "u", SlowLane), noon(), Result{Class: Status, StatusCode: 429, RetryAfter: time.Minute})
		}, Held, time.Minute, 20 * time.Millisecond},
		{"its breaker is open", func(e *Endpoints) {
			for range 5 {
				attempt(t, e, entry("a", "u", SlowLane), noon(), Result{Class: Connect})
			}
		}, BreakerOpen, 30 * time.Second, 20 * time.Millisecond},
		{"its places are taken, and it takes its time", func(e *Endpoints) {
			e.endpoint(EndpointKey{"a", "u"}, noon()).pace = 16 * time.Second
			for range 16 {
				_, deferral := e.Enter(entry("a", "u", SlowLane), noon())
				require.Nil(t, deferral)
			}
		}, NoPlace, busyWait, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := endpoints()
			tt.prepare(e)
			for n := range 100 {
				_, deferral := e.Enter(entry("a", "u", SlowLane), noon())
				require.Equal(t, &Deferral{tt.reason, tt.after + time.Duration(n+1)*tt.step}, deferral)
			}
			e.jitter = func() float64 { return 1 }
			for range 10_000 {
				_, deferral := e.Enter(entry("a", "u", SlowLane), noon())
				require.LessOrEqual(t, deferral.After, tt.after+maxSpread+tt.step)
			}
		})
	}
}

func TestAPauseHoldsTheWholeEndpointAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		result Result
		want   time.Duration
	}{
		{"429", Result{Class: Status, StatusCode: 429, RetryAfter: time.Minute}, time.Minute},
		{"503", Result{Class: Status, StatusCode: 503, RetryAfter: time.Minute}, time.Minute},
		{"never longer than a quarter of an hour", Result{Class: Status, StatusCode: 503, RetryAfter: time.Hour}, 15 * time.Minute},
		{"429 without a time", Result{Class: Status, StatusCode: 429}, 0},
		{"another status is about the message", Result{Class: Status, StatusCode: 500, RetryAfter: time.Minute}, 0},
		{"nor does a success hold", Result{Class: Delivered, StatusCode: 200, RetryAfter: time.Minute}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := endpoints()
			attempt(t, e, entry("a", "u", SlowLane), noon(), tt.result)
			if tt.want > 0 {
				for _, lane := range []Lane{FastLane, SlowLane} {
					one := entry("a", "u", lane)
					one.Probe = true
					require.Equal(t, Held, reasonOf(e, one, noon().Add(tt.want-1)), "a probe neither")
				}
			}
			require.Empty(t, reasonOf(e, entry("a", "new", SlowLane), noon()), "a new URL is free at once")
			require.Empty(t, reasonOf(e, entry("b", "u", SlowLane), noon()), "another tenant")
			require.Empty(t, reasonOf(e, entry("a", "u", SlowLane), noon().Add(tt.want)))
		})
	}
}

func TestASlowEndpointIsKeptOutOfTheFastLaneOnly(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]Result{
		"it ran out of time":    {Class: Timeout, Duration: 3 * time.Second},
		"it took 4 s to accept": {Class: Delivered, StatusCode: 200, Duration: 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := endpoints()
			attempt(t, e, entry("a", "u", FastLane), noon(), r)
			require.Equal(t, SlowEndpoint, reasonOf(e, entry("a", "u", FastLane), noon()))
			require.Empty(t, reasonOf(e, entry("a", "new", FastLane), noon()))
			require.Empty(t, reasonOf(e, entry("b", "u", FastLane), noon()))
			attempt(t, e, entry("a", "u", SlowLane), noon(), Result{Class: Delivered, Duration: time.Second})
			require.Empty(t, reasonOf(e, entry("a", "u", FastLane), noon().Add(firstSlow)))
		})
	}
}

func TestAProbeGoesThroughAnOpenBreakerAndClosesIt(t *testing.T) {
	t.Parallel()
	e := endpoints()
	one := entry("a", "u", SlowLane)
	for range 4 {
		require.Equal(t, Unchanged, attempt(t, e, one, noon(), Result{Class: Timeout}))
	}
	require.Equal(t, Opened, attempt(t, e, one, noon(), Result{Class: Timeout}))
	require.Equal(t, BreakerOpen, reasonOf(e, one, noon().Add(time.Second)))
	one.Probe = true
	probe, deferral := e.Enter(one, noon().Add(time.Second))
	require.Nil(t, deferral)
	require.Equal(t, BreakerOpen, reasonOf(e, one, noon().Add(2*time.Second)), "one at a time")
	require.Equal(t, Closed, probe.Leave(Result{Class: Delivered, StatusCode: 200}, noon().Add(2*time.Second)))
	one.Probe = false
	require.Empty(t, reasonOf(e, one, noon().Add(2*time.Second)))
}

// What another check refuses uses up neither a probe nor a token.
func TestADeferralTakesNothing(t *testing.T) {
	t.Parallel()
	e := endpoints(func(l *EndpointLimits) { l.Account = 1 })
	one := entry("a", "u", SlowLane)
	for range 5 {
		attempt(t, e, one, noon(), Result{Class: Timeout})
	}
	other, deferral := e.Enter(entry("a", "other", SlowLane), noon())
	require.Nil(t, deferral)
	due := noon().Add(firstOpen)
	tokens := e.accounts["a"].endpoints["u"].tokens.TokensAt(due)
	for range 10 {
		require.Equal(t, NoPlace, reasonOf(e, one, due))
	}
	require.InDelta(t, tokens, e.accounts["a"].endpoints["u"].tokens.TokensAt(due), 1e-9)
	other.Leave(Result{}, due)
	require.Empty(t, reasonOf(e, one, due), "the probe is still to be had")
}

func TestWhoWaitsForAPlaceGetsTheFirstThatBecomesFree(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := endpoints(unhurried)
		one := entry("a", "u", FastLane)
		var inside []*Visit
		for range 4 {
			visit, _ := e.Enter(one, time.Now())
			inside = append(inside, visit)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		came := make(chan int, 3)
		for n := range 3 {
			go func() {
				visit, deferral := e.EnterSoon(ctx, one, time.Now)
				if deferral != nil {
					came <- -1
					return
				}
				came <- n
				visit.Leave(Result{Class: Delivered}, time.Now())
			}()
			synctest.Wait() // one after the other
		}
		require.Equal(t, 7, e.fast, "who waits holds a workflow slot too")
		require.Equal(t, NoPlace, reasonOf(e, one, time.Now()))
		inside[0].Leave(Result{Class: Delivered}, time.Now())
		require.Equal(t, []int{0, 1, 2}, []int{<-came, <-came, <-came})
		synctest.Wait()
		require.Equal(t, 3, e.fast)

		last, _ := e.Enter(one, time.Now())
		start := time.Now()
		_, deferral := e.EnterSoon(ctx, one, time.Now)
		require.Equal(t, NoPlace, deferral.Reason)
		require.Equal(t, time.Second, time.Since(start))
		for _, visit := range append(inside, last) {
			visit.Leave(Result{}, time.Now())
		}
		require.Zero(t, e.fast)
		require.True(t, e.accounts["a"].endpoints["u"].idle())
	})
}

func TestWhoWaitsIsSentAwayWhenTheEndpointTurnsOutDead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := endpoints(unhurried)
		one := entry("a", "u", FastLane)
		var inside []*Visit
		for range 4 {
			visit, _ := e.Enter(one, time.Now())
			inside = append(inside, visit)
		}
		reasons := make(chan Reason, 20)
		for range 20 {
			go func() {
				_, deferral := e.EnterSoon(t.Context(), one, time.Now)
				reasons <- deferral.Reason
			}()
		}
		synctest.Wait()
		inside[0].Leave(Result{Class: Timeout}, time.Now())
		for range 20 {
			require.Equal(t, SlowEndpoint, <-reasons)
		}
		for _, visit := range inside[1:] {
			visit.Leave(Result{}, time.Now())
		}
		require.Zero(t, e.fast)
		require.True(t, e.accounts["a"].endpoints["u"].idle())
	})
}

func TestNobodyWaitsBeyondWhatAnAccountMayHave(t *testing.T) {
	t.Parallel()
	e := endpoints(unhurried, func(l *EndpointLimits) { l.Account = 4 })
	for range 4 {
		_, deferral := e.Enter(entry("a", "u", FastLane), noon())
		require.Nil(t, deferral)
	}
	_, deferral := e.EnterSoon(t.Context(), entry("a", "u", FastLane), noon)
	require.Equal(t, NoPlace, deferral.Reason)
}

func TestEndpointsAreForgottenByAgeAndNumber(t *testing.T) {
	t.Parallel()
	e := endpoints(func(l *EndpointLimits) { l.Size = 100 })
	keep := entry("flood", "in use", SlowLane)
	visit, _ := e.Enter(keep, noon())
	attempt(t, e, entry("a", "u", SlowLane), noon(), Result{Class: Status, StatusCode: 429, RetryAfter: time.Minute})
	for n := range 1000 {
		attempt(t, e, entry("flood", strconv.Itoa(n), SlowLane), noon().Add(time.Second), Result{Class: Delivered})
	}
	require.Equal(t, Held, reasonOf(e, entry("a", "u", SlowLane), noon()), "who sets ever new URLs makes nobody else's forgotten")
	require.Len(t, e.accounts["flood"].endpoints, 10)
	require.Contains(t, e.accounts["flood"].endpoints, "in use")
	visit.Leave(Result{}, noon())

	for n := range 1000 {
		attempt(t, e, entry("a"+strconv.Itoa(n), "u", SlowLane), noon().Add(time.Minute), Result{Class: Delivered})
	}
	require.Equal(t, 100, e.size)
	require.LessOrEqual(t, len(e.accounts), 100)

	e = endpoints()
	for range 5 {
		attempt(t, e, entry("a", "u", SlowLane), noon(), Result{Class: Timeout})
	}
	at := e.accounts["a"].endpoints["u"]
	require.Same(t, at, e.endpoint(EndpointKey{"a", "u"}, noon().Add(24*time.Hour)))
	require.NotSame(t, at, e.endpoint(EndpointKey{"a", "u"}, noon().Add(48*time.Hour+1)))
	require.Equal(t, 1, e.size)
	require.Len(t, e.accounts["a"].endpoints, 1)
}

func BenchmarkEndpoints(b *testing.B) {
	b.Run("a healthy endpoint", func(b *testing.B) {
		e := endpoints(unhurried)
		one := entry("account", "https://hooks.example.com/whatsapp", FastLane)
		b.ReportAllocs()
		for b.Loop() {
			now := time.Now()
			visit, _ := e.Enter(one, now)
			visit.Leave(Result{Class: Delivered, StatusCode: 200}, now)
		}
	})
	b.Run("one of ten thousand, in parallel", func(b *testing.B) {
		e := endpoints(unhurried)
		entries := make([]Entry, 10_000)
		for n := range entries {
			entries[n] = entry(strconv.Itoa(n/100), "https://hooks.example.com/"+strconv.Itoa(n), SlowLane)
		}
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			now := time.Now()
			for n := 0; pb.Next(); n++ {
				if visit, _ := e.Enter(entries[n%len(entries)], now); visit != nil {
					visit.Leave(Result{Class: Delivered, StatusCode: 200}, now)
				}
			}
		})
	})
	b.Run("deferred", func(b *testing.B) {
		e := endpoints()
		one := entry("account", "https://hooks.example.com/whatsapp", SlowLane)
		now := time.Now()
		for range 5 {
			attempt(b, e, one, now, Result{Class: Timeout})
		}
		b.ReportAllocs()
		for b.Loop() {
			_, _ = e.Enter(one, now)
		}
	})
}
