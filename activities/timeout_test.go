package activities

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

func (r *room) setTimeout(seconds int) {
	r.t.Helper()
	require.NoError(r.t, r.db.ConfigureWebhook(r.t.Context(), channel, store.WebhookSettings{TimeoutSeconds: &seconds}, opened()))
	r.endpoints.DeleteAll()
}

// recorder is an ISV that takes everything, and keeps how long each attempt might have taken.
type recorder struct{ timeouts []time.Duration }

func (p *recorder) Post(_ context.Context, r webhook.Request) webhook.Result {
	p.timeouts = append(p.timeouts, r.Timeout)
	return webhook.Result{Class: webhook.Delivered, StatusCode: http.StatusOK}
}

func TestAChannelSaysHowLongAnAttemptMayTake(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		seconds    int
		fast, slow time.Duration
	}{
		{0, 3 * time.Second, 15 * time.Second},
		{1, time.Second, time.Second},
		{3, 3 * time.Second, 3 * time.Second},
		{4, 3 * time.Second, 4 * time.Second},
		{30, 3 * time.Second, 30 * time.Second},
	} {
		r, p := newRoom(t), &recorder{}
		r.poster = p
		r.setTimeout(tt.seconds)
		result, err := r.Deliver(t.Context(), turnOf(1))
		require.NoError(t, err)
		require.Equal(t, 1, result.Delivered)
		m := outgoing(2)
		r.park(nil, m)
		_, err = r.slow(m.ID)
		require.NoError(t, err)
		_, err = r.notify(noticeInput())
		require.NoError(t, err)
		require.Equal(t, []time.Duration{tt.fast, tt.slow, tt.slow}, p.timeouts)
	}
}

func TestASlowWebhookIsCutAtItsChannelsTime(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.answers(func(_ http.ResponseWriter, request *http.Request) { <-request.Context().Done() })
	r.setTimeout(2)
	m := outgoing(1)
	r.park(nil, m)
	began := time.Now()
	_, err := r.slow(m.ID)
	require.Equal(t, "timeout", expected(t, err).Type())
	require.GreaterOrEqual(t, time.Since(began), 2*time.Second)
	require.Less(t, time.Since(began), 5*time.Second)
	require.Equal(t, []string{"1 timeout 0"}, r.attempts(m.ID))
}

// Whatever a channel sets, no attempt of the fast lane begins that its turn's time would cut.
func TestNoAttemptBeginsWithLessTimeThanItMayTake(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		seconds := rapid.IntRange(0, 30).Draw(rt, "seconds")
		takes := time.Duration(rapid.IntRange(0, int(fastAttempt)).Draw(rt, "takes"))
		left := time.Duration(rapid.IntRange(0, int(8*time.Second)).Draw(rt, "left"))
		poster := &timedPoster{slowPoster: slowPoster{takes: takes}, left: time.Hour}
		synctest.Test(t, func(t *testing.T) {
			a := New(Parts{Poster: poster, Log: slog.New(slog.DiscardHandler)})
			to := store.Channel{WaID: channel, WebhookURL: "https://isv.example", TimeoutSeconds: seconds}
			a.endpoints.Set(channel, endpoint{Channel: to, readAt: time.Now().Add(time.Hour)}, ttlcache.NoTTL)
			a.signers.Set(channel+"\x00", nil, ttlcache.NoTTL)
			ctx, cancel := context.WithTimeout(t.Context(), left)
			defer cancel()
			_, _ = a.Deliver(ctx, turnOf(12))
		})
		require.GreaterOrEqual(rt, poster.left, time.Duration(0))
	})
}

// timedPoster keeps the least time that an attempt had beyond what it might take.
type timedPoster struct {
	slowPoster
	left time.Duration
}

func (p *timedPoster) Post(ctx context.Context, r webhook.Request) webhook.Result {
	if deadline, ok := ctx.Deadline(); ok {
		p.left = min(p.left, time.Until(deadline)-r.Timeout)
	}
	return p.slowPoster.Post(ctx, r)
}

// The slow lane's activity has room for the longest attempt, and defers one that would not fit.
func TestTheSlowLaneBeginsNoLongAttemptThatItWouldHaveToCut(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.setTimeout(30)
	m := outgoing(1)
	r.park(nil, m)
	ctx, cancel := context.WithTimeout(t.Context(), 29*time.Second)
	defer cancel()
	_, err := r.attempt(ctx, r.row(m.ID), false)
	require.Equal(t, deferred, expected(t, err).Type())
	require.Empty(t, r.isv.received())
}
