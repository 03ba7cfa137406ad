package workflows

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/activities"
)

// Replay does what the test says, and then it is done.
func (w *world) Replay(_ context.Context, in activities.ReplayInput) (activities.ReplayResult, error) {
	if err := w.breaks("Replay"); err != nil {
		return activities.ReplayResult{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replayed = append(w.replayed, in)
	if len(w.parts) == 0 {
		return activities.ReplayResult{Done: true}, nil
	}
	part := w.parts[0]
	w.parts = w.parts[1:]
	return part, nil
}

func (w *world) EndReplay(context.Context, activities.ReplayInput) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leftDead++
	return 7, nil
}

func replayOf(count int) ReplayInput {
	return NewReplayInput("rpl_1", testChannel, count)
}

func (c *session) replays(in ReplayInput) (summary ReplaySummary) {
	c.ExecuteWorkflow(ReplayType, in)
	if c.GetWorkflowError() == nil {
		require.NoError(c.t, c.GetWorkflowResult(&summary))
	}
	return summary
}

func TestAReplayGoesOnPartByPart(t *testing.T) {
	w := newWorld(t)
	w.broken["Replay"] = 1 // a worker that was lost
	w.parts = []activities.ReplayResult{
		{Sent: 50}, {Sent: 3, Head: "msg_54", Tries: 1, Why: "HTTP 500", Wait: 30_000}, {Left: 1, Sent: 6, Done: true},
	}
	c := newChat(t, w)
	start := c.Now()
	var page string
	c.RegisterDelayedCallback(func() { page = c.details() }, 20*time.Second)
	summary := c.replays(replayOf(60))
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, ReplaySummary{ID: "rpl_1", Count: 60, Sent: 59, Left: 1}, summary)
	require.Equal(t, 32*time.Second, c.Now().Sub(start).Round(time.Second))
	ours := activities.ReplayInput{ID: "rpl_1", Channel: testChannel}
	tried := ours
	tried.Head, tried.Tries = "msg_54", 1
	require.Equal(t, []activities.ReplayInput{ours, ours, tried}, w.replayed)
	require.Contains(t, page, "**53 of 60** were taken")
	require.Contains(t, page, "HTTP 500")
	require.Contains(t, page, "tried 1 time(s)")
	require.Zero(t, w.leftDead, "nothing was left")
}

func TestAReplayEndsWithAWebhookThatIsOff(t *testing.T) {
	w := newWorld(t)
	w.parts = []activities.ReplayResult{{Sent: 2, Off: true, Why: "the webhook is off", Wait: 3_600_000}}
	c := newChat(t, w)
	summary := c.replays(replayOf(9))
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, ReplaySummary{ID: "rpl_1", Count: 9, Sent: 2, Unsent: 7, Why: "the webhook is off"}, summary)
	require.Equal(t, 1, w.leftDead)
}

func TestAReplayEndsAfterADay(t *testing.T) {
	w := newWorld(t)
	for range 60 {
		w.parts = append(w.parts, activities.ReplayResult{Why: "the webhook fails", Wait: 1_800_000})
	}
	c := newChat(t, w)
	start := c.Now()
	summary := c.replays(replayOf(9))
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, 24*time.Hour, c.Now().Sub(start).Round(time.Minute))
	require.Equal(t, 7, summary.Unsent)
	require.Contains(t, summary.Why, "its day was over")
}

func TestAReplayIsCancelled(t *testing.T) {
	w := newWorld(t)
	w.parts = []activities.ReplayResult{{Sent: 2, Head: "msg_3", Tries: 3, Wait: 3_600_000}}
	c := newChat(t, w)
	c.RegisterDelayedCallback(c.CancelWorkflow, time.Minute)
	c.replays(replayOf(9))
	var canceled *temporal.CanceledError
	require.ErrorAs(t, c.GetWorkflowError(), &canceled)
	require.Equal(t, 1, w.leftDead)
}

func TestALongReplayGoesOnInANewRun(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.parts = []activities.ReplayResult{{Sent: 2, Left: 1, Head: "msg_4", Tries: 3, Wait: 60_000}}
	c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, 30*time.Second)
	start := c.Now().UTC()
	c.ExecuteWorkflow(ReplayType, replayOf(9))
	var next ReplayInput
	c.continuedWith(&next)
	want := replayOf(9)
	want.Since, want.Sent, want.Left, want.Head, want.Tries = start, 2, 1, "msg_4", 3
	require.Equal(t, want, next)
	require.Zero(t, w.leftDead)
}
