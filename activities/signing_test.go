package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jellydator/ttlcache/v3"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

func ourChannel() store.Channel { return store.Channel{WaID: channel, Account: "demo"} }

// keepHeaders lets the ISV answer a status, and collects the headers that it gets.
func (r *room) keepHeaders(status int) func() []http.Header {
	var mu sync.Mutex
	var got []http.Header
	r.isv.answers(func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		got = append(got, req.Header.Clone())
		mu.Unlock()
		w.WriteHeader(status)
	})
	return func() []http.Header {
		mu.Lock()
		defer mu.Unlock()
		return append([]http.Header(nil), got...)
	}
}

// rotate makes a new key at the room's time and returns all that are live.
func (r *room) rotate(overlap time.Duration) []webhook.SigningKey {
	r.t.Helper()
	_, err := r.vault.RotateWebhookKey(r.t.Context(), ourChannel(), overlap, r.clock.now())
	require.NoError(r.t, err)
	return r.liveKeys()
}

func (r *room) liveKeys() []webhook.SigningKey {
	r.t.Helper()
	found, err := r.readSigners(r.t.Context(), ourChannel())
	require.NoError(r.t, err)
	return found.at(r.clock.now())
}

// isSignedBy reports whether an ISV with that key's secret accepts the request.
func isSignedBy(t *testing.T, key webhook.SigningKey, header http.Header, body []byte) bool {
	t.Helper()
	verifier, err := standardwebhooks.NewWebhook(key.Secret())
	require.NoError(t, err)
	return verifier.Verify(body, header) == nil
}

func TestBothLanesSignWhatTheyPost(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	headers := r.keepHeaders(http.StatusOK)
	fast, slow := outgoing(1), outgoing(2)
	result, err := r.Deliver(t.Context(), DeliverInput{Address: address(), Messages: []Outgoing{fast}})
	require.NoError(t, err)
	require.Nil(t, result.Failure)
	r.park(nil, slow)
	_, err = r.slow(slow.ID)
	require.NoError(t, err)
	var noticed SlowResult
	require.NoError(t, r.run(r.Notice, NoticeInput{Address: address(), Sequence: 3, MadeAt: opened()}, &noticed))

	keys := r.liveKeys()
	require.Len(t, keys, 1, "the first delivery made the channel's key")
	for i, body := range []string{string(fast.Body), string(slow.Body), chat.Notice} {
		require.True(t, isSignedBy(t, keys[0], headers()[i], []byte(body)), "%d", i)
		require.False(t, isSignedBy(t, keys[0], headers()[i], []byte(body+" ")), "%d", i)
	}
}

// An ISV that changes its secret at any moment of the overlap accepts every delivery.
func TestARotatedKeySignsUntilItsOverlapEnds(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	headers := r.keepHeaders(http.StatusInternalServerError)
	before := r.liveKeys()[0]
	after := r.rotate(4 * time.Hour)[0]
	for i, tt := range []struct {
		at         time.Time
		signatures int
		byOld      bool
	}{
		{opened(), 4, true},
		{opened().Add(2 * time.Hour), 4, true},
		{opened().Add(4*time.Hour - time.Millisecond), 4, true},
		{opened().Add(4 * time.Hour), 2, false},
	} {
		m := outgoing(i + 1)
		r.park(nil, m)
		r.clock.set(tt.at)
		_, err := r.slow(m.ID)
		require.Error(t, err)
		require.Len(t, headers(), i+1)
		header := headers()[i]
		require.Len(t, strings.Split(header.Get("Webhook-Signature"), " "), tt.signatures, tt.at)
		require.True(t, isSignedBy(t, after, header, m.Body), tt.at)
		require.Equal(t, tt.byOld, isSignedBy(t, before, header, m.Body), tt.at)
	}
	require.Len(t, r.rotate(0), 1)
}

func TestAKeyThatExpiresWhileItIsCachedSignsNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	headers := r.keepHeaders(http.StatusOK)
	r.liveKeys()
	r.rotate(time.Millisecond)
	for i, want := range []int{4, 2} {
		_, err := r.Deliver(t.Context(), turnOf(1))
		require.NoError(t, err)
		require.Len(t, strings.Split(headers()[i].Get("Webhook-Signature"), " "), want)
		r.clock.set(opened().Add(time.Millisecond))
	}
}

// headersOnly records what would be posted.
type headersOnly struct{ posted []webhook.Request }

func (h *headersOnly) Post(_ context.Context, r webhook.Request) webhook.Result {
	h.posted = append(h.posted, r)
	return webhook.Result{Class: webhook.Delivered}
}

// changingKeys has one key, and counts how often it was read.
type changingKeys struct {
	Keys
	rows  []store.WebhookKey
	reads int
}

func (k *changingKeys) WebhookKeys(context.Context, store.Channel, time.Time) ([]store.WebhookKey, error) {
	k.reads++
	return k.rows, nil
}

func TestTheFastLaneSeesARotationWithinASecond(t *testing.T) {
	rows, err := newRoom(t).vault.RotateWebhookKey(t.Context(), ourChannel(), time.Hour, opened())
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		poster, keys := &headersOnly{}, &changingKeys{rows: rows}
		a := New(Parts{Poster: poster, Keys: keys, Log: slog.New(slog.DiscardHandler)})
		to := store.Channel{WaID: channel, Account: "demo", WebhookURL: "https://isv.example"}
		a.endpoints.Set(channel, endpoint{Channel: to, readAt: time.Now().Add(time.Hour)}, ttlcache.NoTTL)
		_, err := a.Deliver(t.Context(), turnOf(3))
		require.NoError(t, err)
		require.Equal(t, 1, keys.reads, "a burst reads them once")
		<-time.After(endpointAge + time.Millisecond)
		_, err = a.Deliver(t.Context(), turnOf(1))
		require.NoError(t, err)
		require.Equal(t, 2, keys.reads)
		require.Len(t, poster.posted, 4)
	})
}

func TestWithoutItsKeysNothingLeavesAndNothingCountsAgainstTheISV(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]error{"a key that is missing": store.ErrNoKey, "a database that is down": errors.New("down")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			r.vault.err = broken
			in := turnOf(2)
			result, err := r.Deliver(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, &Failure{Class: "store"}, result.Failure)
			r.park(result.Failure, in.Messages...)

			_, err = r.slow(in.Messages[0].ID)
			require.ErrorContains(t, err, broken.Error())
			require.ErrorContains(t, err, "read the signing keys")
			failed := expected(t, err)
			require.False(t, failed.NonRetryable())
			require.NotEqual(t, temporal.ApplicationErrorCategoryBenign, failed.Category(), "the worker logs it")
			err = r.run(r.Notice, NoticeInput{Address: address(), Sequence: 3, MadeAt: opened()}, nil)
			require.ErrorContains(t, err, "read the signing keys")
			require.Empty(t, r.isv.received())
			require.Zero(t, r.row(in.Messages[0].ID).Attempts)

			r.vault.err = nil
			_, err = r.slow(in.Messages[0].ID)
			require.NoError(t, err)
			require.Len(t, r.isv.received(), 1)
		})
	}
}

func TestNoKeyIsInALogOrAnError(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	headers := r.keepHeaders(http.StatusInternalServerError)
	first := r.liveKeys()
	keys := append(r.rotate(time.Hour), first...)
	in := turnOf(1)
	result, err := r.Deliver(t.Context(), in)
	require.NoError(t, err)
	r.park(result.Failure, in.Messages...)
	r.clock.set(opened().Add(time.Minute))
	var said strings.Builder
	for _, broken := range []error{nil, store.ErrBroken} {
		r.vault.err = broken
		_, err = r.slow(in.Messages[0].ID)
		require.Error(t, err)
		_, _ = fmt.Fprintf(&said, "%v %+v\n", err, err)
		r.clock.set(opened().Add(time.Hour))
	}
	attempts, err := r.db.Attempts(t.Context(), in.Messages[0].ID)
	require.NoError(t, err)
	_, _ = fmt.Fprintf(&said, "%+v %+v %s", attempts, result, r.logs)
	require.NotEmpty(t, headers())
	for _, key := range keys {
		require.NotContains(t, said.String(), strings.TrimPrefix(key.Secret(), "whsec_"))
	}
	for _, name := range []string{"whsec_", "v1,", "v1a,"} {
		require.NotContains(t, said.String(), name)
	}
	require.Contains(t, r.logs.String(), "not delivered at once")
}

func TestTheSweepDropsExpiredKeys(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.liveKeys()
	r.rotate(time.Minute)
	r.clock.set(opened().Add(time.Minute))
	require.NoError(t, r.run(r.FindUnclosed, FindInput{}, nil))
	dropped, err := r.vault.DropExpiredWebhookKeys(t.Context(), r.clock.now())
	require.NoError(t, err)
	require.Zero(t, dropped)
	require.Len(t, r.liveKeys(), 1)
}
