package activities

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// An ISV that always takes 4 s gets its first message twice, and no other.
func TestAnEndpointThatIsTooSlowForTheFastLaneLeavesItUntilItIsQuick(t *testing.T) {
	t.Parallel()
	poster := &slowPoster{takes: 4 * time.Second}
	inFastLane(t, poster, func(t *testing.T, a *Activities) {
		isv := store.Channel{WaID: channel, WebhookURL: "https://isv.example"}
		deliver := func() *Failure {
			result, err := a.Deliver(t.Context(), turnOf(1))
			require.NoError(t, err)
			return result.Failure
		}
		deliverSlow := func() {
			visit, deferral := a.webhooks.Enter(entryOf(isv, webhook.SlowLane, false), time.Now())
			require.Nil(t, deferral)
			result, _ := a.post(t.Context(), visit, webhook.Request{Timeout: slowAttempt})
			require.Equal(t, webhook.Delivered, result.Class)
		}
		skipped := &Failure{Class: "slow_endpoint"}
		require.Equal(t, "timeout", deliver().Class)
		deliverSlow()
		for range 20 {
			require.Equal(t, skipped, deliver(), "as long as it is slow")
			deliverSlow()
			<-time.After(2 * time.Minute)
		}
		require.Len(t, poster.got, 22, "the first was posted twice")

		poster.takes = time.Second
		require.Equal(t, skipped, deliver())
		deliverSlow()
		<-time.After(10 * time.Minute)
		require.Nil(t, deliver())

		poster.takes = 4 * time.Second
		require.Equal(t, "timeout", deliver().Class)
		poster.takes = time.Second
		a.endpoints.Set(channel, endpoint{readAt: time.Now().Add(time.Hour), Channel: store.Channel{WaID: channel, WebhookURL: "https://new.example"}}, ttlcache.NoTTL)
		require.Nil(t, deliver(), "another webhook begins anew")
	})
}

// A burst waits for its turn, and nothing of it goes into the ledger.
func TestDeliverWaitsForAPlaceOfItsWebhook(t *testing.T) {
	t.Parallel()
	inFastLane(t, &slowPoster{takes: 50 * time.Millisecond}, func(t *testing.T, a *Activities) {
		failures := make(chan *Failure, 30)
		for range 30 {
			go func() {
				result, _ := a.Deliver(t.Context(), turnOf(1))
				failures <- result.Failure
			}()
		}
		for range 30 {
			require.Nil(t, <-failures)
		}
	})
}

// No attempt begins after a wait that leaves too little time for it.
func TestDeliverDoesNotWaitIntoTheTimeOfAnAttempt(t *testing.T) {
	t.Parallel()
	inFastLane(t, &slowPoster{takes: 2900 * time.Millisecond}, func(t *testing.T, a *Activities) {
		for range webhook.DefaultEndpointLimits().Fast {
			go func() { _, _ = a.Deliver(t.Context(), turnOf(1)) }()
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), fastAttempt+100*time.Millisecond)
		defer cancel()
		start := time.Now()
		result, err := a.Deliver(ctx, turnOf(1))
		require.NoError(t, err)
		require.Equal(t, &Failure{Class: "busy"}, result.Failure)
		require.Equal(t, 100*time.Millisecond, time.Since(start))
		synctest.Wait()
	})
}

// A deferral is no attempt: nothing is sent and nothing is counted, and the slot is free at once.
func TestSlowLaneDefersWhatTheWebhookDoesNotGetNow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		prepare func(r *room)
		says    string
		soonest time.Duration
	}{
		{"its circuit breaker is open", func(r *room) {
			r.clock.set(at(freshFor))
			r.breakWebhook()
		}, "circuit breaker", 30 * time.Second},
		{"it asked for a pause", func(r *room) {
			r.visit(webhook.SlowLane).Leave(webhook.Result{Class: webhook.Status, StatusCode: 503, RetryAfter: time.Minute}, opened())
		}, "asked for a pause", time.Minute},
		{"its places are taken", func(r *room) {
			for range webhook.DefaultEndpointLimits().Slow {
				r.visit(webhook.SlowLane)
			}
		}, "in flight", 500 * time.Millisecond},
		{"it got its messages of this second", func(r *room) {
			for range webhook.DefaultEndpointLimits().Burst {
				r.visit(webhook.SlowLane).Leave(webhook.Result{Class: webhook.Delivered}, opened())
			}
		}, "no more messages a second", 20 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			m := outgoing(1)
			r.park(nil, m)
			tt.prepare(r)
			before := r.row(m.ID)
			_, err := r.slow(m.ID)
			failed := expected(t, err)
			require.Equal(t, "deferred_by_endpoint", failed.Type())
			require.Contains(t, failed.Error(), tt.says)
			require.GreaterOrEqual(t, failed.NextRetryDelay(), tt.soonest)
			require.Less(t, failed.NextRetryDelay(), tt.soonest+time.Second)
			require.Empty(t, r.isv.received())
			require.Equal(t, before, r.row(m.ID))

			r.setWebhook(r.isv.URL + "/new")
			result, err := r.slow(m.ID)
			require.NoError(t, err, "a new URL is free at once")
			require.Equal(t, store.DeliveryDelivered, result.State)
		})
	}
}

// Of two contacts who write to a webhook that is taken for dead, the second is the next probe: nobody waits
// for a schedule that the first has nothing to do with.
func TestAContactWhoJustWroteWaitsForTheNextProbeOnly(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.breakWebhook()
	r.isv.says(http.StatusInternalServerError)
	messages := []Outgoing{outgoing(1), outgoing(2)}
	r.park(nil, messages...)
	_, err := r.slow(messages[0].ID)
	require.Equal(t, "HTTP 500", expected(t, err).Type(), "the first probe")
	r.clock.set(at(time.Second))
	_, err = r.slow(messages[1].ID)
	deferral := expected(t, err)
	require.Equal(t, "deferred_by_endpoint", deferral.Type())
	require.GreaterOrEqual(t, deferral.NextRetryDelay(), 4*time.Second)
	require.LessOrEqual(t, deferral.NextRetryDelay(), 4500*time.Millisecond)

	r.isv.says(http.StatusOK)
	r.clock.set(at(5 * time.Second))
	result, err := r.slow(messages[1].ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, result.State)
}

// A dead webhook holds a message no longer than its time, in which it gets one last attempt.
func TestSlowLaneDoesNotWaitForAnEndpointBeyondTheBudget(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusInternalServerError)
	messages := []Outgoing{outgoing(1), outgoing(2)}
	r.park(nil, messages...)
	r.clock.set(at(24*time.Hour - time.Second))
	r.breakWebhook()
	_, err := r.slow(messages[0].ID)
	require.Equal(t, time.Second, expected(t, err).NextRetryDelay())

	r.clock.set(at(24 * time.Hour))
	for _, m := range messages {
		result, err := r.slow(m.ID)
		require.NoError(t, err)
		require.Equal(t, store.DeliveryDead, result.State)
	}
	require.Len(t, r.isv.received(), 1, "one probe, not one for each")
	require.Equal(t, "HTTP 500", r.row(messages[0].ID).LastError)
	require.Equal(t, "breaker_open", r.row(messages[1].ID).LastError)
}

func TestSlowLaneWaitsForAPlaceAlsoBeyondTheBudget(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.park(nil, m)
	r.clock.set(at(25 * time.Hour))
	for range webhook.DefaultEndpointLimits().Slow {
		r.visit(webhook.SlowLane)
	}
	_, err := r.slow(m.ID)
	require.Equal(t, "deferred_by_endpoint", expected(t, err).Type())
	require.Equal(t, store.DeliveryWaiting, r.row(m.ID).State, "it is our bound, not the webhook's fault")
}

func TestTheReceiverCanAbortAMessage(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Webhook-Delivery", "abort-message")
		w.WriteHeader(http.StatusInternalServerError)
	})
	slow, fast := outgoing(1), outgoing(2)
	r.park(nil, slow)
	result, err := r.slow(slow.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)

	turn, err := r.Deliver(t.Context(), DeliverInput{Address: address(), Messages: []Outgoing{fast}})
	require.NoError(t, err)
	r.park(turn.Failure, fast)
	for _, m := range []Outgoing{slow, fast} {
		row := r.row(m.ID)
		require.Equal(t, store.DeliveryDead, row.State)
		require.Equal(t, "aborted by the receiver", row.LastError)
		require.Equal(t, 1, row.Attempts)
	}
}

func TestAPostThatPanicsLeavesTheWebhook(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.poster = nil
	for range 2 * webhook.DefaultEndpointLimits().Slow {
		visit := r.visit(webhook.SlowLane)
		require.Panics(t, func() { r.post(t.Context(), visit, webhook.Request{}) })
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func TestAWebhookThatOpensItsBreakerIsLogged(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusInternalServerError)
	m := outgoing(1)
	r.park(nil, m)
	for range 5 {
		r.clock.set(later(opened(), r.row(m.ID).NextTry))
		_, err := r.slow(m.ID)
		require.Equal(t, "HTTP 500", expected(t, err).Type())
	}
	require.Equal(t, 1, strings.Count(r.logs.String(), `msg="circuit breaker of webhook opened" channel=56900000001 reason="HTTP 500"`))
	r.isv.says(http.StatusOK)
	r.clock.set(r.row(m.ID).NextTry)
	_, err := r.slow(m.ID)
	require.NoError(t, err, "the probe was due")
	require.Equal(t, 1, strings.Count(r.logs.String(), `msg="circuit breaker of webhook closed" channel=56900000001`))
}

// A conversation stays open for its notice about a minute; then the Notice workflow goes on.
func TestNoticeIsLeftWaitingForAnEndpointThatGetsNoAttempts(t *testing.T) {
	t.Parallel()
	paused := func(r *room, pause time.Duration) {
		r.visit(webhook.SlowLane).Leave(webhook.Result{Class: webhook.Status, StatusCode: 429, RetryAfter: pause}, opened())
	}
	for _, tt := range []struct {
		name    string
		pause   time.Duration
		once    bool
		waiting bool
	}{
		{"a short pause is waited for", 50 * time.Second, false, false},
		{"a long one is not", 61 * time.Second, false, true},
		{"none is when a message waits", 5 * time.Second, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			paused(r, tt.pause)
			in := noticeInput()
			in.Once = tt.once
			result, err := r.notify(in)
			require.Empty(t, r.isv.received())
			if !tt.waiting {
				require.Equal(t, "deferred_by_endpoint", expected(t, err).Type())
				return
			}
			require.NoError(t, err)
			require.Equal(t, store.DeliveryWaiting, result.State)
			require.Zero(t, r.row(noticeID()).Attempts)

			_, err = r.notify(carried())
			require.Equal(t, "deferred_by_endpoint", expected(t, err).Type(), "the Notice workflow waits")
			r.clock.set(at(tt.pause))
			result, err = r.notify(carried())
			require.NoError(t, err)
			require.Equal(t, store.DeliveryDelivered, result.State)
		})
	}
}

// A body that is refused again and again, by a webhook that accepts others, is a dead letter long before
// its time is over: the conversation goes on.
func TestABodyThatOnlyThisWebhookRefusesIsGivenUpAfterTenResponses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		status   int
		others   bool
		attempts int
	}{
		{"it accepts others", 500, true, 10},
		{"it accepts nothing", 500, false, 15},
		{"it asks for a pause", 429, true, 15},
		{"our token is no good there", 401, true, 15},
		{"nor is that of Graph", 403, true, 15},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			m := outgoing(1)
			r.isv.says(tt.status)
			r.park(nil, m)
			for r.row(m.ID).State == store.DeliveryWaiting {
				r.clock.set(later(opened(), r.row(m.ID).NextTry))
				if tt.others {
					r.accepted.Set(channel, r.clock.now(), ttlcache.DefaultTTL)
				}
				_, _ = r.slow(m.ID)
			}
			require.Equal(t, tt.attempts, r.row(m.ID).Attempts)
			require.Len(t, r.isv.received(), tt.attempts)
		})
	}
}

// A contact who writes every half minute has a message tried ten times within five minutes: that says nothing
// about the message.
func TestAttemptsBeforeTheirTimeDoNotGiveAMessageUp(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.isv.says(http.StatusInternalServerError)
	r.park(nil, m)
	for n := range 20 {
		r.clock.set(at(time.Duration(n) * 30 * time.Second))
		r.accepted.Set(channel, r.clock.now(), ttlcache.DefaultTTL)
		require.Error(t, r.run(r.DeliverSlow, SlowInput{ID: m.ID, Retry: n > 0}, &SlowResult{}))
	}
	require.Equal(t, store.DeliveryWaiting, r.row(m.ID).State)
}

// Only responses count: a webhook that could not be reached has not refused anything.
func TestABodyIsNotGivenUpForAttemptsWithoutResponse(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.park(nil, m)
	r.setWebhook(refusing(t))
	for range 12 {
		r.clock.set(later(opened(), r.row(m.ID).NextTry))
		_, err := r.slow(m.ID)
		require.Equal(t, "connect", expected(t, err).Type())
	}
	r.setWebhook(r.isv.URL)
	r.isv.says(http.StatusInternalServerError)
	r.clock.set(r.row(m.ID).NextTry)
	r.accepted.Set(channel, r.clock.now(), ttlcache.DefaultTTL)
	_, err := r.slow(m.ID)
	require.Equal(t, "HTTP 500", expected(t, err).Type())
	require.Equal(t, store.DeliveryWaiting, r.row(m.ID).State)
}
