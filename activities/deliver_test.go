package activities

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

func turnOf(n int) DeliverInput {
	in := DeliverInput{Address: address()}
	for i := range n {
		in.Messages = append(in.Messages, outgoing(i+1))
	}
	return in
}

func TestDeliverPostsInOrder(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := turnOf(3)
	result, err := r.Deliver(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, DeliverResult{Delivered: 3, At: opened()}, result)
	got := r.isv.received()
	require.Len(t, got, 3)
	for i, m := range in.Messages {
		require.Equal(t, posted{id: m.ID, attempt: "1", sequence: string(rune('1' + i)), body: string(m.Body)}, got[i])
	}
	_, err = r.db.Delivery(t.Context(), in.Messages[0].ID)
	require.ErrorIs(t, err, store.ErrNotFound, "what went through at once is not in the ledger")
}

func TestDeliverStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.answers(func(w http.ResponseWriter, _ *http.Request) {
		if len(r.isv.received()) == 2 {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	result, err := r.Deliver(t.Context(), turnOf(3))
	require.NoError(t, err)
	require.Equal(t, 1, result.Delivered)
	require.Len(t, r.isv.received(), 2)
	result.Failure.Duration = 0
	require.Equal(t, &Failure{Class: "status", Status: 500, RetryAfter: 7000, Attempted: true}, result.Failure)
}

func TestDeliverSaysWhatFailed(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for _, tt := range []struct {
		name    string
		prepare func(*testing.T, *room, context.CancelFunc)
		want    Failure
	}{
		{
			"a redirect", func(_ *testing.T, r *room, _ context.CancelFunc) { r.isv.says(http.StatusFound) },
			Failure{Class: "status", Status: 302, Attempted: true},
		},
		{
			"an ISV that hangs", func(_ *testing.T, r *room, _ context.CancelFunc) {
				r.isv.answers(hang)
				r.limits.fastAttempt = 100 * time.Millisecond
			},
			Failure{Class: "timeout", Attempted: true},
		},
		{
			"nobody listens", func(t *testing.T, r *room, _ context.CancelFunc) { r.setWebhook(refusing(t)) },
			Failure{Class: "connect", Attempted: true},
		},
		{
			"no webhook", func(_ *testing.T, r *room, _ context.CancelFunc) { r.setWebhook("") },
			Failure{Class: "no_webhook"},
		},
		{
			"no database", func(_ *testing.T, r *room, _ context.CancelFunc) { r.db.channel = errors.New("down") },
			Failure{Class: "store"},
		},
		{"our own stop", func(_ *testing.T, r *room, cancel context.CancelFunc) {
			r.isv.answers(func(w http.ResponseWriter, req *http.Request) { cancel(); hang(w, req) })
		}, Failure{Class: "canceled"}},
		{
			"too little time left", func(_ *testing.T, r *room, _ context.CancelFunc) { r.limits.fastAttempt = r.limits.fastTotal + 1 },
			Failure{Class: "canceled", Late: true},
		},
		{
			"a slow ISV", func(_ *testing.T, r *room, _ context.CancelFunc) {
				r.visit(webhook.FastLane).Leave(webhook.Result{Class: webhook.Timeout}, opened())
			},
			Failure{Class: "slow_endpoint"},
		},
		{
			"a circuit breaker that is open, and had its probe", func(_ *testing.T, r *room, _ context.CancelFunc) {
				r.breakWebhook()
				r.visit(webhook.FastLane).Leave(webhook.Result{Class: webhook.Connect}, opened())
			},
			Failure{Class: "breaker_open"},
		},
		{
			"a webhook that asked for a pause", func(_ *testing.T, r *room, _ context.CancelFunc) {
				r.visit(webhook.FastLane).Leave(webhook.Result{Class: webhook.Status, StatusCode: 429, RetryAfter: time.Second}, opened())
			},
			Failure{Class: "held"},
		},
		{
			"a webhook without a free place", func(_ *testing.T, r *room, _ context.CancelFunc) {
				r.limits.fastWait = time.Millisecond
				for range webhook.DefaultEndpointLimits().Fast {
					r.visit(webhook.FastLane)
				}
			},
			Failure{Class: "busy"},
		},
		{
			"a webhook that got its messages of this second", func(_ *testing.T, r *room, _ context.CancelFunc) {
				for range webhook.DefaultEndpointLimits().Burst {
					r.visit(webhook.FastLane).Leave(webhook.Result{Class: webhook.Delivered}, opened())
				}
			},
			Failure{Class: "rate"},
		},
		{
			"no time left", func(_ *testing.T, _ *room, cancel context.CancelFunc) { cancel() },
			Failure{Class: "canceled", Late: true},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			tt.prepare(t, r, cancel)
			result, err := r.Deliver(ctx, turnOf(2))
			require.NoError(t, err)
			require.Zero(t, result.Delivered)
			require.Equal(t, opened(), result.At)
			result.Failure.Duration = 0
			require.Equal(t, &tt.want, result.Failure)
			require.LessOrEqual(t, len(r.isv.received()), 1)
		})
	}
}

// slowPoster is an ISV that takes every message, each after a while, and says what it got.
type slowPoster struct {
	takes time.Duration
	mu    sync.Mutex
	got   []string
}

func (p *slowPoster) Post(ctx context.Context, r webhook.Request) webhook.Result {
	p.mu.Lock()
	p.got = append(p.got, r.ID)
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	start := time.Now()
	select {
	case <-time.After(p.takes):
		return webhook.Result{Class: webhook.Delivered, Duration: time.Since(start)}
	case <-ctx.Done():
		return webhook.Result{Class: webhook.Timeout, Duration: time.Since(start)}
	}
}

// inFastLane has a clock of its own, and a webhook that takes its time.
func inFastLane(t *testing.T, poster *slowPoster, test func(t *testing.T, a *Activities)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := New(Parts{Poster: poster, Log: slog.New(slog.DiscardHandler)})
		to := store.Channel{WaID: channel, WebhookURL: "https://isv.example"}
		a.endpoints.Set(channel, endpoint{Channel: to, readAt: time.Now().Add(time.Hour)}, ttlcache.NoTTL)
		a.signers.Set(channel+"\x00", nil, ttlcache.NoTTL)
		test(t, a)
	})
}

func ids(messages []Outgoing) (ids []string) {
	for _, m := range messages {
		ids = append(ids, m.ID)
	}
	return ids
}

func TestDeliverBeginsNoAttemptThatItWouldHaveToCut(t *testing.T) {
	t.Parallel()
	late := &Failure{Class: "canceled", Late: true}
	for _, tt := range []struct {
		takes           time.Duration
		messages, taken int
		lasts           time.Duration
		failure         *Failure
	}{
		{750 * time.Millisecond, 8, 6, 4500 * time.Millisecond, late},
		{2500 * time.Millisecond, 2, 2, 5 * time.Second, nil},
		{2 * time.Second, 2, 2, 4 * time.Second, nil},
		{2 * time.Second, 3, 3, 6 * time.Second, nil},
		{2 * time.Second, 4, 3, 6 * time.Second, late},
		{2999 * time.Millisecond, 3, 2, 5998 * time.Millisecond, late},
		{100 * time.Millisecond, 10, 10, time.Second, nil},
		{3500 * time.Millisecond, 2, 0, 3 * time.Second, &Failure{Class: "timeout", Attempted: true, Duration: 3000}},
	} {
		t.Run(tt.takes.String(), func(t *testing.T) {
			t.Parallel()
			poster := &slowPoster{takes: tt.takes}
			inFastLane(t, poster, func(t *testing.T, a *Activities) {
				start := time.Now()
				in := turnOf(tt.messages)
				result, err := a.Deliver(t.Context(), in)
				require.NoError(t, err)
				require.Equal(t, tt.taken, result.Delivered)
				require.Equal(t, tt.failure, result.Failure)
				require.Equal(t, tt.lasts, time.Since(start))
				if tt.failure == nil || tt.failure.Late {
					require.Equal(t, ids(in.Messages[:tt.taken]), poster.got, "what is left for the slow lane was not posted")
				}
			})
		})
	}
}

// Whoever answers within an attempt's time gets each message once, however many there are, and
// no turn holds its task for longer than it may.
func TestNobodyWhoAnswersInTimeGetsAMessageTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		takes := time.Duration(rapid.IntRange(0, int(fastAttempt)-1).Draw(rt, "takes"))
		n := rapid.IntRange(1, 12).Draw(rt, "messages")
		left := time.Duration(rapid.IntRange(0, int(8*time.Second)).Draw(rt, "left"))
		poster, in := &slowPoster{takes: takes}, turnOf(n)
		var result DeliverResult
		var lasted time.Duration
		inFastLane(t, poster, func(t *testing.T, a *Activities) {
			ctx, cancel := context.WithTimeout(t.Context(), left)
			defer cancel()
			start := time.Now()
			result, _ = a.Deliver(ctx, in)
			lasted = time.Since(start)
		})
		require.Equal(rt, ids(in.Messages[:result.Delivered]), poster.got)
		require.LessOrEqual(rt, lasted, min(fastTotal, left))
		require.Equal(rt, result.Delivered < n, result.Failure != nil && result.Failure.Late)
	})
}

// What a stopping worker begins might be cut, and be posted again by another.
func TestDeliverBeginsNothingOnAStoppingWorker(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.answers(func(http.ResponseWriter, *http.Request) { r.stopOnce.Do(func() { close(r.stop) }) })
	var result DeliverResult
	require.NoError(t, r.run(r.Deliver, turnOf(3), &result))
	require.Equal(t, 1, result.Delivered)
	require.Equal(t, &Failure{Class: "canceled", Late: true}, result.Failure)
	require.Len(t, r.isv.received(), 1)
}

// A changed webhook is noticed after a second, and until then the database is left alone.
func TestDeliverRemembersTheWebhookForASecond(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	_, err := r.Deliver(t.Context(), turnOf(1))
	require.NoError(t, err)
	r.db.channel = errors.New("down")
	result, err := r.Deliver(t.Context(), turnOf(1))
	require.NoError(t, err)
	require.Equal(t, 1, result.Delivered)
	require.Equal(t, time.Second, endpointAge)
	r.endpoints.DeleteAll()
	result, err = r.Deliver(t.Context(), turnOf(1))
	require.NoError(t, err)
	require.Equal(t, "store", result.Failure.Class)
}

func BenchmarkDeliver(b *testing.B) {
	r := newRoom(b)
	in := turnOf(1)
	r.isv.Config.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	b.ReportAllocs()
	for b.Loop() {
		result, err := r.Deliver(b.Context(), in)
		if err != nil || result.Delivered != 1 {
			b.Fatal(err, result)
		}
	}
}
