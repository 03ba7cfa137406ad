package activities

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// pulls sets whether the ISV pulls its messages.
func (r *room) pulls(pull bool) {
	r.t.Helper()
	err := r.db.ConfigureWebhook(r.t.Context(), channel, store.WebhookSettings{Pull: &pull}, r.clock.now())
	require.NoError(r.t, err)
	r.endpoints.DeleteAll()
}

// pull takes the next message for a minute; it returns "" if there is none.
func (r *room) pull() string {
	r.t.Helper()
	at := r.clock.now()
	row, err := r.db.LeaseNext(r.t.Context(), store.LeaseQuery{Channel: channel, At: at, Until: at.Add(time.Minute)})
	if isNotFound(err) {
		return ""
	}
	require.NoError(r.t, err)
	return row.ID
}

func (r *room) acknowledge(id string) {
	r.t.Helper()
	_, err := r.db.Acknowledge(r.t.Context(), id, "pulled", "wamid.out", r.clock.now())
	require.NoError(r.t, err)
}

// Nothing that is pulled is posted, however well or badly the webhook does.
func TestNothingIsPostedWhereTheISVPulls(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"without a webhook": "", "with one": "isv"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			if url == "" {
				r.setWebhook("")
			}
			r.pulls(true)
			var fast DeliverResult
			require.NoError(t, r.run(r.Deliver, turnOf(1), &fast))
			require.Equal(t, &Failure{Class: Pull}, fast.Failure)
			m := outgoing(1)
			r.park(fast.Failure, m)
			_, err := r.slow(m.ID)
			require.Equal(t, Pull, expected(t, err).Type())
			require.Equal(t, time.Hour, expected(t, err).NextRetryDelay())
			_, err = r.retried(m.ID)
			require.Equal(t, Pull, expected(t, err).Type())
			result, err := r.notify(noticeInput())
			require.NoError(t, err)
			require.Equal(t, store.DeliveryWaiting, result.State, "the conversation does not wait for it")
			require.Empty(t, r.isv.received())
			require.Zero(t, r.row(m.ID).Attempts)

			require.Equal(t, m.ID, r.pull())
			require.Empty(t, r.pull())
			r.acknowledge(m.ID)
			result, err = r.slow(m.ID)
			require.NoError(t, err)
			require.Equal(t, SlowResult{State: store.DeliveryDelivered, At: opened(), WAMID: "wamid.out"}, result)
			require.Equal(t, noticeID(), r.pull())
			require.Empty(t, r.isv.received())
		})
	}
}

// What nobody pulls becomes a dead letter when its time is over, but not while it may be acknowledged.
func TestWhatIsNotPulledIsGivenUpWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.pulls(true)
	m := outgoing(1)
	r.park(nil, m)
	r.clock.set(at(24*time.Hour - 10*time.Minute))
	_, err := r.slow(m.ID)
	require.Equal(t, 10*time.Minute, expected(t, err).NextRetryDelay())
	r.clock.set(at(24*time.Hour - 20*time.Second))
	require.Equal(t, m.ID, r.pull())
	r.clock.set(at(24 * time.Hour))
	_, err = r.slow(m.ID)
	require.Equal(t, leased, expected(t, err).Type())
	require.Equal(t, 40*time.Second, expected(t, err).NextRetryDelay())
	r.clock.set(at(24*time.Hour + 40*time.Second))
	result, err := r.slow(m.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)
	require.Equal(t, Pull, r.row(m.ID).LastError)
}

// A message that was pulled is not posted until its lease is over, and its schedule begins then.
func TestWhatWasPulledIsPostedWhenItsLeaseIsOver(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.pulls(true)
	m := outgoing(1)
	r.park(nil, m)
	for n := range 20 {
		r.clock.set(at(time.Duration(n) * time.Minute))
		require.Equal(t, m.ID, r.pull())
	}
	r.pulls(false)
	r.isv.says(http.StatusBadRequest)
	_, err := r.retried(m.ID)
	require.Equal(t, leased, expected(t, err).Type())
	require.Equal(t, time.Minute, expected(t, err).NextRetryDelay())
	require.Empty(t, r.isv.received())

	r.clock.set(at(20 * time.Minute))
	_, err = r.slow(m.ID)
	require.Equal(t, "HTTP 400", expected(t, err).Type(), "this body was refused once, not 21 times")
	require.Equal(t, time.Second, expected(t, err).NextRetryDelay())
	require.Equal(t, "21", r.isv.received()[0].attempt)
	require.Zero(t, r.row(m.ID).LeasedUntil)
	r.acknowledge(m.ID)
	result, err := r.slow(m.ID)
	require.NoError(t, err, "an acknowledgement after the switch counts")
	require.Equal(t, store.DeliveryDelivered, result.State)
	require.Len(t, r.isv.received(), 1)
}

// A message that is being posted cannot be pulled; one whose attempt failed, or was cut short, can at once.
func TestWhatIsBeingPostedIsNotPulled(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.park(nil, m)
	var during string
	r.isv.answers(func(w http.ResponseWriter, _ *http.Request) {
		during = r.pull()
		w.WriteHeader(http.StatusInternalServerError)
	})
	_, err := r.slow(m.ID)
	require.Equal(t, "HTTP 500", expected(t, err).Type())
	require.Empty(t, during)
	require.Equal(t, m.ID, r.pull())

	r = newRoom(t)
	r.park(nil, m)
	r.isv.answers(func(_ http.ResponseWriter, req *http.Request) {
		r.stopOnce.Do(func() { close(r.stop) })
		<-req.Context().Done()
	})
	_, err = r.slow(m.ID)
	require.Equal(t, stopped, expected(t, err).Type())
	require.Equal(t, m.ID, r.pull())
}

// The worker that was killed in the middle of an attempt holds the message no longer than that could take.
func TestALostAttemptHoldsItsMessageForItsOwnTimeOnly(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.park(nil, m)
	claimed, err := r.claim(t.Context(), r.row(m.ID), slowAttempt)
	require.NoError(t, err)
	_, err = r.slow(m.ID)
	require.Equal(t, leased, expected(t, err).Type())
	require.Less(t, claimed.LeasedUntil.Sub(opened()), 25*time.Second, "the activity's timeout")
	r.clock.set(claimed.LeasedUntil)
	result, err := r.slow(m.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, result.State)
	require.NotNil(t, r.visit(webhook.SlowLane), "the attempt that was put off left the webhook")
}
