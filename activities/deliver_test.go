package activities

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"github.com/stretchr/testify/require"

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
		within  time.Duration
		want    Failure
	}{
		{
			"a redirect", func(_ *testing.T, r *room, _ context.CancelFunc) { r.isv.says(http.StatusFound) }, time.Minute,
			Failure{Class: "status", Status: 302, Attempted: true},
		},
		{
			"an ISV that hangs", func(_ *testing.T, r *room, _ context.CancelFunc) { r.isv.answers(hang) }, 2 * time.Second,
			Failure{Class: "timeout", Attempted: true},
		},
		{
			"nobody listens", func(t *testing.T, r *room, _ context.CancelFunc) { r.setWebhook(refusing(t)) }, time.Minute,
			Failure{Class: "connect", Attempted: true},
		},
		{
			"no webhook", func(_ *testing.T, r *room, _ context.CancelFunc) { r.setWebhook("") }, time.Minute,
			Failure{Class: "no_webhook"},
		},
		{
			"no database", func(_ *testing.T, r *room, _ context.CancelFunc) { r.db.channel = errors.New("down") }, time.Minute,
			Failure{Class: "store"},
		},
		{"our own stop", func(_ *testing.T, r *room, cancel context.CancelFunc) {
			r.isv.answers(func(w http.ResponseWriter, req *http.Request) { cancel(); hang(w, req) })
		}, time.Minute, Failure{Class: "canceled"}},
		{
			"no time left", func(_ *testing.T, _ *room, cancel context.CancelFunc) { cancel() }, time.Minute,
			Failure{Class: "canceled", Late: true},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			ctx, cancel := context.WithTimeout(t.Context(), tt.within)
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

// slowPoster takes its time for every attempt, and keeps to the deadline it is given or not.
type slowPoster struct {
	takes    time.Duration
	punctual bool
	timeouts []time.Duration
}

func (p *slowPoster) Post(ctx context.Context, r webhook.Request) webhook.Result {
	p.timeouts = append(p.timeouts, r.Timeout)
	if !p.punctual {
		ctx = context.WithoutCancel(ctx)
	}
	select {
	case <-time.After(p.takes):
		return webhook.Result{Class: webhook.Delivered, Duration: p.takes}
	case <-ctx.Done():
		return webhook.Result{Class: webhook.Timeout}
	}
}

func TestDeliverHoldsATaskForFourSecondsAtMost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		poster *slowPoster
		want   int
		took   time.Duration
		fail   *Failure
	}{
		{
			"the third is cut", &slowPoster{takes: 1500 * time.Millisecond, punctual: true}, 2, 4 * time.Second,
			&Failure{Class: "timeout", Attempted: true},
		},
		{
			"the third has no turn", &slowPoster{takes: 2500 * time.Millisecond}, 2, 5 * time.Second,
			&Failure{Class: "canceled", Late: true},
		},
		{"all are in time", &slowPoster{takes: time.Second, punctual: true}, 3, 3 * time.Second, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := New(Parts{Poster: tt.poster, Log: slog.New(slog.DiscardHandler)})
				a.endpoints.Set(channel, store.Channel{WaID: channel, WebhookURL: "https://isv.example"}, ttlcache.NoTTL)
				start := time.Now()
				result, err := a.Deliver(t.Context(), turnOf(3))
				require.NoError(t, err)
				require.Equal(t, tt.took, time.Since(start))
				require.Equal(t, tt.want, result.Delivered)
				require.Equal(t, tt.fail, result.Failure)
				require.Equal(t, 3*time.Second, tt.poster.timeouts[0])
			})
		})
	}
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
