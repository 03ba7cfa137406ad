package e2e

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// refuseFirst answers 500 to the first n deliveries and takes the rest.
func refuseFirst(n int64) answer {
	var seen atomic.Int64
	return func(context.Context, delivery) int {
		if seen.Add(1) <= n {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	}
}

// It takes half a minute, as the waits are those that an ISV sees. The contact writes after the third
// attempt: that is the fourth, and leaves the schedule where it was.
func TestWebhookThatFailsFourTimesGetsEverythingInOrder(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, refuseFirst(4))

	isv.post(t, ana, text("hola"))
	requireWaiting(t, isv, 2)
	hook.awaitAttempts(t, 3, 60*time.Second)
	isv.post(t, ana, text("horario"))
	requireWaiting(t, isv, 4)
	requireSlowDeliveryInSight(t, isv)
	requireStatus(t, isv, "waiting_webhook")
	// The schedule adds up to half a minute; the rest is for a machine that is busy with the other tests.
	hook.await(t, 4, 100*time.Second)
	requireStatus(t, isv, "open")
	hook.requireSilence(t)

	got := hook.all()
	require.Len(t, got, 8, "five attempts with the first reply, one with each of the others")
	require.Len(t, fresh(t, got), 4)
	for i, d := range got[:5] {
		require.Equal(t, got[0].ID, d.ID)
		require.Equal(t, got[0].Body, d.Body)
		require.Equal(t, 1, d.Sequence)
		require.Equal(t, i+1, d.Attempt)
	}
	for _, scheduled := range []struct {
		from, to int
		wait     time.Duration
	}{{1, 2, time.Second}, {2, 3, 5 * time.Second}, {3, 5, 15 * time.Second}} {
		waited := got[scheduled.to-1].At.Sub(got[scheduled.from-1].At)
		t.Logf("attempt %d came %s after attempt %d", scheduled.to, waited.Round(10*time.Millisecond), scheduled.from)
		require.GreaterOrEqual(t, waited, scheduled.wait-10*time.Millisecond)
		require.LessOrEqual(t, waited, scheduled.wait+scheduled.wait/5+5*time.Second)
	}
	requireInOrder(t, hook.taken())
	requireLedger(t, got)
	keepHistory(t, "slow-delivery", isv.workflowID(ana), isv.describe(t, ana).runID)
}

// A contact who writes does not wait for the schedule: the webhook works again, and nobody knows.
func TestContactWhoWritesIsAnsweredAtOnceAfterAnOutage(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, refuseFirst(3))
	isv.post(t, ana, text("hola"))
	hook.awaitAttempts(t, 3, 60*time.Second)
	isv.post(t, ana, text("horario"))
	hook.await(t, 4, 100*time.Second)

	got := hook.all()
	require.Equal(t, 4, got[3].Attempt)
	require.Less(t, got[3].At.Sub(got[2].At), 15*time.Second, "the next attempt was due after 15 s")
	requireInOrder(t, hook.taken())
	keepHistory(t, "contact-writes-during-an-outage", isv.workflowID(ana), isv.describe(t, ana).runID)
}

// The webhook that is set anew gets at once what waits for it, the next attempt of which is due later.
func TestSettingTheWebhookDeliversWhatWaits(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, refuseFirst(1000))
	isv.post(t, ana, text("hola"))
	hook.awaitAttempts(t, 3, 60*time.Second) // the fourth is due after 15 s
	working := newReceiver(t, nil)
	isv.setWebhook(t, working.url)
	set := time.Now()
	working.await(t, 2, 100*time.Second)

	require.Less(t, time.Since(set), 15*time.Second)
	requireInOrder(t, working.taken())
	for _, d := range hook.all() {
		require.True(t, d.At.Before(set), "what is tried after the answer goes to the new URL")
	}
	keepHistory(t, "webhook-set-anew", isv.workflowID(ana), isv.describe(t, ana).runID)
}

// requireSlowDeliveryInSight demands what an operator sees in the Temporal UI: a pending
// activity with its attempts and the reason of the last failure.
func requireSlowDeliveryInSight(t *testing.T, isv *tenant) {
	t.Helper()
	// In one look: when the contact writes, the activity is scheduled anew, with its first attempt.
	require.True(t, eventually(t, soon, func() bool {
		pending := isv.describe(t, ana).pending
		return len(pending) == 1 && pending[0].GetAttempt() > 1 && pending[0].GetActivityType().GetName() == "DeliverSlow" &&
			strings.Contains(pending[0].GetLastFailure().GetMessage(), "HTTP 500")
	}), "no delivery is pending with more than one attempt and the reason of the last")
}

// requireLedger compares the ledger with what the webhook saw.
func requireLedger(t *testing.T, seen []delivery) {
	t.Helper()
	attempts := map[string][]delivery{}
	for _, d := range seen {
		attempts[d.ID] = append(attempts[d.ID], d)
	}
	for id, made := range attempts {
		row, err := shared.store.Delivery(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, store.DeliveryDelivered, row.State)
		require.Equal(t, len(made), row.Attempts)
		require.Equal(t, made[0].Sequence, row.Sequence)
		require.Equal(t, made[0].Body, string(row.Body))
		kept, err := shared.store.Attempts(t.Context(), id)
		require.NoError(t, err)
		require.Len(t, kept, len(made))
		for i, attempt := range kept {
			require.Equal(t, made[i].Attempt, attempt.Number)
			require.Equal(t, made[i].Status, attempt.Status)
		}
	}
}
