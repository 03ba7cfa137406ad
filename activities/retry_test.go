package activities

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// retried runs the slow lane for a message that is to be tried at once.
func (r *room) retried(id string) (SlowResult, error) {
	r.t.Helper()
	var result SlowResult
	err := r.run(r.DeliverSlow, SlowInput{ID: id, Retry: true}, &result)
	return result, err
}

func failedFast() *Failure { return &Failure{Class: "status", Status: 500, Attempted: true} }

func (r *room) health() store.WebhookHealth {
	r.t.Helper()
	health, err := r.db.WebhookHealth(r.t.Context(), channel)
	require.NoError(r.t, err)
	return health
}

// An attempt that was asked for is made before it is due, and leaves the schedule where it was.
func TestARetryDoesNotMoveTheSchedule(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusInternalServerError)
	m := outgoing(1)
	r.park(failedFast(), m)
	for _, due := range []time.Duration{time.Second, 6 * time.Second, 21 * time.Second, 51 * time.Second, 111 * time.Second} {
		r.webhooks = webhook.NewEndpoints(webhook.DefaultEndpointLimits()) // the circuit breaker has tests of its own
		require.Equal(t, at(due), r.row(m.ID).NextTry)
		for range 3 {
			r.clock.set(at(due - 500*time.Millisecond))
			_, err := r.retried(m.ID)
			require.Equal(t, 500*time.Millisecond, expected(t, err).NextRetryDelay())
			require.Equal(t, at(due), r.row(m.ID).NextTry)
		}
		r.clock.set(at(due))
		_, err := r.slow(m.ID)
		require.Equal(t, "HTTP 500", expected(t, err).Type())
	}
	row := r.row(m.ID)
	require.Equal(t, 1+5*4, row.Attempts)
	require.Equal(t, 5*3, row.Retries)
}

func TestARetryOfAWebhookThatAskedForAPauseWaits(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	m, other := outgoing(1), outgoing(2)
	r.park(failedFast(), m, other)
	r.clock.set(at(time.Second))
	_, err := r.slow(m.ID)
	require.Equal(t, time.Minute, expected(t, err).NextRetryDelay())

	r.clock.set(at(10 * time.Second))
	_, err = r.retried(other.ID)
	require.Equal(t, Held, expected(t, err).Type())
	require.Equal(t, 51*time.Second, expected(t, err).NextRetryDelay())
	require.Zero(t, r.row(other.ID).Attempts)
	var fast DeliverResult
	require.NoError(t, r.run(r.Deliver, turnOf(1), &fast))
	require.Equal(t, &Failure{Class: Held}, fast.Failure)
	require.Len(t, r.isv.received(), 1)

	r.setWebhook(r.isv.URL + "/new")
	_, err = r.retried(other.ID)
	require.Equal(t, "HTTP 429", expected(t, err).Type(), "the pause was the other URL's")
}

func TestNothingIsTriedAtAWebhookThatIsOff(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusGone)
	m := outgoing(1)
	r.park(nil, m)
	_, err := r.slow(m.ID)
	require.Equal(t, "HTTP 410", expected(t, err).Type())
	require.Equal(t, store.OffGone, r.health().OffReason)
	require.Contains(t, r.logs.String(), "webhook switched off")

	r.isv.says(http.StatusOK)
	r.clock.set(at(time.Hour))
	_, err = r.retried(m.ID)
	require.Equal(t, EndpointOff, expected(t, err).Type())
	require.Equal(t, time.Hour, expected(t, err).NextRetryDelay())
	var fast DeliverResult
	require.NoError(t, r.run(r.Deliver, turnOf(1), &fast))
	require.Equal(t, &Failure{Class: EndpointOff}, fast.Failure)
	result, err := r.notify(noticeInput())
	require.NoError(t, err)
	require.Equal(t, store.DeliveryWaiting, result.State, "the conversation does not wait for it")
	require.Len(t, r.isv.received(), 1)

	r.clock.set(at(24 * time.Hour))
	result, err = r.slow(m.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)
	require.Equal(t, EndpointOff, r.row(m.ID).LastError)

	r.setWebhook(r.isv.URL)
	result, err = r.notify(noticeInput())
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, result.State, "setting it again turns it on")
}

// A response may take the message and ask for no other.
func TestAWebhookSwitchesItselfOff(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusInternalServerError} {
		r := newRoom(t)
		r.isv.answers(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Webhook-Delivery", "disable")
			w.WriteHeader(status)
		})
		r.park(nil, outgoing(1), outgoing(2))
		_, _ = r.slow(outgoing(1).ID)
		require.Equal(t, store.OffDisabled, r.health().OffReason)
		_, err := r.retried(outgoing(2).ID)
		require.Equal(t, EndpointOff, expected(t, err).Type())
		require.Len(t, r.isv.received(), 1)
	}
}

func TestAWebhookThatWorksAgainDrainsWhatWaits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		succeed func(t *testing.T, r *room)
	}{
		{"seen by the slow lane", func(t *testing.T, r *room) {
			t.Helper()
			result, err := r.slow(outgoing(1).ID)
			require.NoError(t, err)
			require.Equal(t, store.DeliveryDelivered, result.State)
		}},
		{"seen by the fast lane", func(t *testing.T, r *room) {
			t.Helper()
			var result DeliverResult
			require.NoError(t, r.run(r.Deliver, turnOf(1), &result))
			require.Nil(t, result.Failure)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			r.isv.says(http.StatusInternalServerError)
			r.park(nil, outgoing(1), outgoing(2), outgoing(3))
			_, err := r.slow(outgoing(1).ID)
			require.Error(t, err)
			require.Equal(t, 1, r.health().Failures)
			require.Empty(t, r.runs.drains)

			r.isv.says(http.StatusOK)
			r.clock.set(at(time.Minute))
			r.runs.err = errors.New("down")
			tt.succeed(t, r)
			require.Equal(t, 1, r.health().Failures, "the next success starts the drain")

			r.runs.err = nil
			r.clock.set(at(2 * time.Minute))
			var fast DeliverResult
			require.NoError(t, r.run(r.Deliver, turnOf(2), &fast))
			require.Len(t, r.runs.drains, 2)
			require.Zero(t, r.health())
			require.NoError(t, r.run(r.Deliver, turnOf(2), &fast))
			require.Len(t, r.runs.drains, 2, "it works")
		})
	}
}

func TestADrainAsksEachConversationOfItsChannelOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	var want []string
	for n := range drainPage + 5 {
		id := "cnv_" + string(rune('a'+n/10)) + string(rune('0'+n%10))
		want = append(want, id)
		to := address()
		to.Conversation = id
		m := outgoing(1)
		m.ID = id
		require.NoError(t, r.Park(t.Context(), ParkInput{Address: to, Messages: []Outgoing{m}}))
	}
	var page RetryWaitingResult
	require.NoError(t, r.run(r.RetryWaiting, RetryWaitingInput{Channel: channel}, &page))
	require.Equal(t, RetryWaitingResult{Retried: drainPage, Last: want[drainPage-1]}, page)
	require.NoError(t, r.run(r.RetryWaiting, RetryWaitingInput{Channel: channel, After: page.Last}, &page))
	require.Equal(t, 5, page.Retried)
	require.Equal(t, want, r.runs.retried)

	require.NoError(t, r.run(r.RetryWaiting, RetryWaitingInput{Channel: "other"}, &page))
	require.Len(t, r.runs.retried, drainPage+5)
}

// What a worker has read counts from the beginning of the read.
func TestAWorkerGoesByWhatItHasReadForASecondAtMost(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	to, err := r.endpoint(t.Context(), channel)
	require.NoError(t, err)
	require.Equal(t, r.isv.URL, to.WebhookURL)
	r.setWebhook("https://new.example")
	r.clock.set(at(endpointAge - time.Millisecond))
	to, err = r.endpoint(t.Context(), channel)
	require.NoError(t, err)
	require.Equal(t, r.isv.URL, to.WebhookURL)
	r.clock.set(at(endpointAge))
	to, err = r.endpoint(t.Context(), channel)
	require.NoError(t, err)
	require.Equal(t, "https://new.example", to.WebhookURL)
}

// The database knows nothing of this failure: only first attempts were made, and they open the breaker of
// this process.
func TestASuccessThatClosesTheBreakerDrainsWhatWaits(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.breakWebhook()
	waiting := outgoing(1)
	r.park(nil, waiting)
	r.clock.set(at(time.Minute))
	result, err := r.Deliver(t.Context(), DeliverInput{Address: address(), Messages: []Outgoing{outgoing(2)}})
	require.NoError(t, err)
	require.Equal(t, 1, result.Delivered)
	require.Equal(t, []string{channel}, r.runs.drains)
}

// What the response to a first attempt asks for holds for all processes, at once.
func TestWhatAFirstResponseAsksForIsHeeded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		heeded func(store.WebhookHealth) bool
	}{
		{"410", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }, store.WebhookHealth.IsOff},
		{"disable", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Webhook-Delivery", "disable")
			w.WriteHeader(http.StatusInternalServerError)
		}, store.WebhookHealth.IsOff},
		{"a pause", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, func(h store.WebhookHealth) bool { return h.HeldUntil.Equal(at(time.Minute)) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			r.isv.answers(tt.answer)
			var result DeliverResult
			require.NoError(t, r.run(r.Deliver, turnOf(1), &result))
			require.NotNil(t, result.Failure)
			require.True(t, tt.heeded(r.health()), "%+v", r.health())
			var next DeliverResult
			require.NoError(t, r.run(r.Deliver, turnOf(2), &next))
			require.False(t, next.Failure.Attempted, "nothing more is posted")
		})
	}
}
