package worker

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/tracing"
	"github.com/chattigo/api-isv/workflows"
)

const corpus = "../workflows/testdata/histories"

// Conversations that are open when a release is rolled out go on with its code: it has to
// decide again what stands in their histories. `make histories` records the corpus.
func TestEveryRecordedHistoryReplaysWithTheCodeOfToday(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(corpus + "/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files, "the replay corpus is gone")
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			require.NoError(t, Replay(recorded(t, filepath.Base(file)), nil))
			traced := tracing.Of(sdktrace.NewTracerProvider()).Worker()
			require.NoError(t, replay(recorded(t, filepath.Base(file)), nil, workflowTypes(), traced...), "with traces")
		})
	}
}

func recorded(t *testing.T, name string) *historypb.History {
	t.Helper()
	file, err := os.Open(filepath.Join(corpus, name))
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	history, err := client.HistoryFromJSON(file, client.HistoryJSONOptions{})
	require.NoError(t, err)
	return history
}

type (
	input  = workflows.ConversationInput
	result = workflows.ConversationResult
)

// replayAs replays a history with other code under the name of the conversation.
func replayAs(history *historypb.History, code any) error {
	return replay(history, nil, map[string]any{workflows.ConversationType: code})
}

// A change to the workflow that open conversations cannot follow is reported in the SDK's words.
func TestReplayReportsCodeThatDoesNotFollowAHistory(t *testing.T) {
	t.Parallel()
	const task4 = " (in the workflow task that starts at event 4)"
	const expected = "[TMPRL1100] During replay, a matching Timer command was expected in history event position 8."
	const otherEnd = "replay workflow doesn't return the same result as the last event, resp: *workflowservice.RespondWorkflowTaskCompletedRequest…"
	renamed := recorded(t, "slow-delivery.json")
	scheduled := renamed.GetEvents()[9].GetActivityTaskScheduledEventAttributes()
	require.NotNil(t, scheduled)
	scheduled.ActivityType.Name = "DeliverLate"
	tests := []struct {
		name    string
		history *historypb.History
		code    any
		want    string
	}{
		{"a timer first", recorded(t, "slow-delivery.json"), timerFirst, "[TMPRL1100] lookup failed for scheduledEventID to activityID: scheduleEventID: 10, activityID: 10" + task4},
		{"an activity first", recorded(t, "greeting-and-closing.json"), activityFirst, expected},
		{"a local activity first", recorded(t, "no-webhook.json"), localActivityFirst, "[TMPRL1100] code executed local activity Park, but history event found Reply, markerData: payloads:…" + task4},
		{"another activity", renamed, workflows.Conversation, "[TMPRL1100] nondeterministic workflow: history event is ActivityTaskScheduled: …"},
		{"the first activity is skipped", recorded(t, "slow-delivery.json"), deaf, "[TMPRL1100] lookup failed for scheduledEventID to activityID: scheduleEventID: 10, activityID: 10" + task4},
		{"the end comes at once", recorded(t, "canceled.json"), endsAtOnce, expected},
		{"a timer after the end", recorded(t, "greeting-and-closing.json"), timerLast, "[TMPRL1100] nondeterministic workflow: extra replay command for StartTimer: …"},
		{"the end does not come", recorded(t, "greeting-and-closing.json"), endless, otherEnd},
		{"the end does not come after a cancellation", recorded(t, "canceled.json"), endless, "event 32 WorkflowExecutionCanceled: today's code does not end the run in this way"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := replayAs(tt.history, tt.code)
			var got *replayError
			require.ErrorAs(t, err, &got)
			if tt.want == expected {
				require.Contains(t, err.Error(), expected)
				require.Contains(t, err.Error(), task4)
				return
			}
			require.EqualError(t, err, tt.want)
		})
	}
}

func timerFirst(ctx workflow.Context, in input) (result, error) {
	workflow.NewTimer(ctx, time.Minute)
	return workflows.Conversation(ctx, in)
}

func activityFirst(ctx workflow.Context, in input) (result, error) {
	var acts *activities.Activities
	workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Second}), acts.Notice)
	return workflows.Conversation(ctx, in)
}

func localActivityFirst(ctx workflow.Context, in input) (result, error) {
	var acts *activities.Activities
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: time.Second})
	if err := workflow.ExecuteLocalActivity(local, acts.Park, activities.ParkInput{}).Get(ctx, nil); err != nil {
		return result{}, err
	}
	return workflows.Conversation(ctx, in)
}

func deaf(ctx workflow.Context, _ input) (result, error) {
	return result{}, workflow.Await(ctx, func() bool { return false })
}

func endsAtOnce(workflow.Context, input) (result, error) { return result{}, nil }

func endless(ctx workflow.Context, in input) (result, error) {
	_, err := workflows.Conversation(ctx, in)
	return result{}, errors.Join(err, workflow.Await(withoutCancel(ctx), func() bool { return false }))
}

func withoutCancel(ctx workflow.Context) workflow.Context {
	detached, _ := workflow.NewDisconnectedContext(ctx)
	return detached
}

func timerLast(ctx workflow.Context, in input) (result, error) {
	r, err := workflows.Conversation(ctx, in)
	workflow.NewTimer(withoutCancel(ctx), time.Minute)
	return r, err
}

func TestReplayReportsHistoriesThatCannotBeCompared(t *testing.T) {
	t.Parallel()
	whole := recorded(t, "slow-delivery.json")
	other := recorded(t, "slow-delivery.json")
	other.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().WorkflowType = &commonpb.WorkflowType{Name: "Campaign"}
	unreadable := recorded(t, "slow-delivery.json")
	unreadable.GetEvents()[5].GetMarkerRecordedEventAttributes().GetDetails()["data"].GetPayloads()[0].Metadata["encoding"] = []byte("binary/encrypted")
	tests := []struct {
		name    string
		history *historypb.History
		code    any
		message string
	}{
		{"no events", &historypb.History{}, workflows.Conversation, "empty events"},
		{"no beginning", &historypb.History{Events: whole.GetEvents()[2:]}, workflows.Conversation, "first event is not WorkflowExecutionStarted"},
		{"unknown type", other, workflows.Conversation, "unable to find workflow type: Campaign. Supported types: [Conversation]"},
		{"another encoding", unreadable, workflows.Conversation, "marker name …"},
		{"another input", whole, func(workflow.Context, int) (result, error) { return result{}, nil }, "today's code cannot decode the workflow's input"},
		{"a panic", whole, func(workflow.Context, input) (result, error) { panic("boom") }, "today's code panics (in the workflow task that starts at event 4)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, replayAs(tt.history, tt.code), tt.message)
		})
	}
}

// Histories hold what contacts write, which must not appear in the report of a check.
func TestAReplayErrorHoldsNothingThatAContactWrote(t *testing.T) {
	t.Parallel()
	history := recorded(t, "slow-delivery.json")
	history.GetEvents()[9].GetActivityTaskScheduledEventAttributes().ActivityType.Name = "DeliverLate"
	err := replayAs(history, workflows.Conversation)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "\n")
	require.Less(t, len(err.Error()), 150)
	require.Greater(t, len(errors.Unwrap(err).Error()), 500, "the SDK's own error holds the event, with its payloads")
}
