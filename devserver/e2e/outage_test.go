package e2e

import (
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// afterHours moves the first message that waits in each conversation of a channel to where the schedule
// has it after an outage of hours: the next attempt is due long after the test.
func afterHours(t *testing.T, isv *tenant) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(shared.stack.Config().DatabaseURL, "sqlite:")+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.ExecContext(t.Context(), `UPDATE deliveries SET next_try = ? WHERE channel = ? AND state = 'waiting'
		AND sequence = (SELECT MIN(sequence) FROM deliveries AS head WHERE head.conversation = deliveries.conversation AND head.state = 'waiting')`,
		time.Now().Add(2*time.Hour).UnixMilli(), isv.waID)
	require.NoError(t, err)
}

// waitingConversations counts a channel's conversations of which something waits.
func waitingConversations(t *testing.T, isv *tenant) int {
	t.Helper()
	waiting, err := shared.store.WaitingConversations(t.Context(), isv.waID, "", 10_000)
	require.NoError(t, err)
	return len(waiting)
}

// A webhook was down for hours under 200 conversations. It works again, and nobody knows, until somebody
// writes: that contact is answered at once, and with that success all the others get what they wait for.
func TestTheFirstSuccessAfterHoursDeliversWhatTwoHundredConversationsWaitFor(t *testing.T) {
	t.Parallel()
	const conversations = 200
	down := newSwitch()
	down.set(http.StatusInternalServerError)
	isv, hook := newISV(t, down.answer)
	values := make([]map[string]any, conversations)
	for i := range values {
		values[i] = isv.value(fmt.Sprintf("569444%05d", i), text("hola"))
	}
	status, body := isv.call(t, http.MethodPost, isv.api+"/webhooks/inbound", webhookBody(t, values...))
	require.Equal(t, http.StatusOK, status, body)
	require.True(t, eventually(t, 2*time.Minute, func() bool { return waitingConversations(t, isv) == conversations }),
		"not all conversations wait for the webhook")
	afterHours(t, isv)

	down.set(http.StatusOK)
	back := time.Now()
	isv.post(t, ana, text("hola"))
	hook.awaitThat(t, soon, func() bool { return len(of(hook.taken(), ana)) == 2 })
	t.Logf("the contact who wrote was answered %s after the webhook was back", time.Since(back).Round(time.Millisecond))
	hook.awaitThat(t, time.Minute, func() bool { return distinct(hook.taken()) == 2*(conversations+1) })
	t.Logf("all of %d conversations had everything after %s", conversations, time.Since(back).Round(time.Millisecond))
	for _, conversation := range apart(fresh(t, hook.taken())) {
		requireInOrder(t, conversation)
	}
}

// A contact wrote for 20 hours, every minute, to a channel whose webhook was dead. The ISV sets another one:
// everything arrives there within a minute, in order.
func TestWhatADeadWebhookHeldBackForADayArrivesAtTheNextWithinAMinute(t *testing.T) {
	t.Parallel()
	const hours, each = 20, 60
	dead := newSwitch()
	dead.set(http.StatusInternalServerError)
	isv, hook := newISV(t, dead.answer)
	const full = 1000 // the bot says nothing more while so many replies wait; what the contact writes then waits too
	var all []message
	for range hours {
		var hour []message
		for range each {
			hour = append(hour, text("menu"))
		}
		isv.post(t, ana, hour...)
		all = append(all, hour...)
		// The next hour comes when this one has been answered: of messages that come all at once, those beyond
		// the first thousand are not.
		require.True(t, eventually(t, time.Minute, func() bool {
			waiting, err := shared.store.WaitingDeliveries(t.Context(), isv.waID, 2*full)
			require.NoError(t, err)
			return len(waiting) >= min(len(all), full)
		}), "the replies do not wait in the ledger")
	}
	afterHours(t, isv)

	alive := newReceiver(t, nil)
	isv.setWebhook(t, alive.url)
	set := time.Now()
	alive.awaitThat(t, time.Minute, func() bool { return distinct(alive.taken()) >= len(all) })
	t.Logf("%d replies arrived at the new webhook %s after it was set", distinct(alive.taken()), time.Since(set).Round(time.Millisecond))
	got := fresh(t, alive.taken())
	requireInOrder(t, got)
	requireAnswered(t, all, got)
	for _, d := range hook.all() {
		require.True(t, d.At.Before(set), "what is tried after the answer goes to the new URL")
	}
}
