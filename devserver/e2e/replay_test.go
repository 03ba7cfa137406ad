package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// replays asks for a replay and demands that it is accepted.
func (c *tenant) replays(t *testing.T, path string, body []byte) (count int) {
	t.Helper()
	status, answered := c.call(t, http.MethodPost, c.api+path, body)
	require.Equal(t, http.StatusAccepted, status, answered)
	var got struct{ Count int }
	require.NoError(t, json.Unmarshal([]byte(answered), &got))
	return got.Count
}

// awaitReplay waits until the channel's replay has ended, and returns its result.
func (c *tenant) awaitReplay(t *testing.T) (summary workflows.ReplaySummary) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, shared.temporal.GetWorkflow(ctx, workflows.ReplayID(c.waID), "").Get(ctx, &summary))
	return summary
}

// die makes dead letters of everything that waits for the tenant's webhook, as time would.
func (c *tenant) die(t *testing.T, want int) {
	t.Helper()
	waiting, err := shared.store.WaitingDeliveries(t.Context(), c.waID, 100)
	require.NoError(t, err)
	require.Len(t, waiting, want)
	for _, row := range waiting {
		require.NoError(t, shared.store.MarkDead(t.Context(), row.ID, "timeout", time.Now()))
	}
}

// What was given up while the webhook was down is sent again when it is asked for: in order, once, under the
// ids of before. Meanwhile the contacts are answered.
func TestDeadLettersAreReplayedInOrder(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	down.Store(true)
	isv, hook := newISV(t, func(context.Context, delivery) int {
		if down.Load() {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	isv.post(t, ana, text("hola"), text("horario"))
	isv.post(t, "56922220002", text("hola"))
	requireWaiting(t, isv, 6)
	isv.die(t, 6)
	down.Store(false)
	seen := len(hook.all())

	require.Equal(t, 6, isv.replays(t, "/deliveries/replay", encode(t, map[string]string{"channel": isv.waID})))
	isv.post(t, "56922220003", text("hola"))
	require.Equal(t, 6, isv.awaitReplay(t).Sent)
	keepHistory(t, "replay", workflows.ReplayID(isv.waID), "")
	hook.await(t, 8, soon)
	got := hook.all()[seen:]
	require.Len(t, fresh(t, got), len(got), "nothing came twice")
	conversation := requireInOrder(t, of(hook.taken(), ana))
	requireInOrder(t, of(hook.taken(), "56922220002"))
	requireInOrder(t, of(hook.taken(), "56922220003"))
	for _, d := range of(hook.taken(), ana) {
		row, err := shared.store.Delivery(t.Context(), d.ID)
		require.NoError(t, err)
		require.Equal(t, store.DeliveryDelivered, row.State)
		require.Equal(t, d.Attempt, row.Attempts)
		require.Equal(t, d.Body, string(row.Body))
		require.Equal(t, conversation, row.Conversation)
	}
	status, body := isv.call(t, http.MethodPost, isv.api+"/deliveries/"+of(got, ana)[0].ID+"/replay", nil)
	require.Equal(t, http.StatusConflict, status, body)
}

// A replay of a webhook that fails is seen in the Temporal UI, and ends when it is cancelled: what is left can
// be asked for again.
func TestAReplayIsCancelledInTheTemporalUI(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, func(context.Context, delivery) int { return http.StatusInternalServerError })
	isv.post(t, ana, text("hola"))
	requireWaiting(t, isv, 2)
	isv.die(t, 2)
	seen := len(hook.all())
	require.Equal(t, 2, isv.replays(t, "/deliveries/replay", encode(t, map[string]string{"channel": isv.waID})))
	hook.awaitAttempts(t, seen+1, soon)
	id := workflows.ReplayID(isv.waID)
	require.NoError(t, shared.temporal.CancelWorkflow(t.Context(), id, ""))
	require.True(t, eventually(t, soon, func() bool {
		found, err := shared.temporal.DescribeWorkflowExecution(t.Context(), id, "")
		return err == nil && found.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED
	}), "it was not cancelled")
	keepHistory(t, "replay-canceled", id, "")
	rows, err := shared.store.Deliveries(t.Context(), store.DeliveryQuery{Channel: isv.waID, State: store.DeliveryDead, Limit: 10})
	require.NoError(t, err)
	require.Len(t, rows, 2)
	for _, row := range rows {
		require.Empty(t, row.Replay)
	}
	// The limit of one request in 5 s is each process's own.
	status, body, err := isv.try(t.Context(), http.MethodPost, shared.otherAPI+"/deliveries/"+rows[0].ID+"/replay", nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusAccepted, status, body)
}
