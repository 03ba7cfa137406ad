package worker

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
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
	code   = func(workflow.Context, input) (result, error)
)

// replayAs replays a history with other code under the name of the conversation.
func replayAs(history *historypb.History, code any) error {
	r := replay{
		workflows: map[string]any{workflows.ConversationType: code},
		payloads:  converter.GetDefaultDataConverter(), events: history.GetEvents(),
	}
	return r.run()
}

// A change to the workflow that open conversations cannot follow has to be found, and where.
func TestADepartureNamesItsEvent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file string
		code       code
		// want counts events from the end where they are negative.
		want Departure
	}{
		{"a timer first", "slow-delivery.json", timerFirst, Departure{
			Kind: KindOther, EventID: 6, EventType: "MarkerRecorded", History: "local activity Reply", Today: "timer of 1m0s",
		}},
		{"a timer first, in a run that was continued", "continue-as-new-2.json", timerFirst, Departure{
			Kind: KindOther, EventID: 5, EventType: "MarkerRecorded", History: "local activity Reply", Today: "timer of 1m0s",
		}},
		{"an activity first", "greeting-and-closing.json", activityFirst, Departure{
			Kind: KindOther, EventID: 6, EventType: "MarkerRecorded", History: "local activity Reply", Today: "activity Notice",
		}},
		{"a local activity first", "no-webhook.json", localActivityFirst, Departure{
			Kind: KindOther, EventID: 6, EventType: "MarkerRecorded", History: "local activity Reply", Today: "local activity Park",
		}},
		{"the first activity is skipped", "slow-delivery.json", deaf, Departure{
			Kind: KindMissing, EventID: 6, EventType: "MarkerRecorded", History: "local activity Reply", Today: "nothing: it waits for something else",
		}},
		{"the end comes at once", "canceled.json", endsAtOnce, Departure{
			Kind: KindMissing, EventID: 6, EventType: "MarkerRecorded", History: "local activity Reply", Today: "nothing: the workflow has ended",
		}},
		{"a timer after the end", "greeting-and-closing.json", timerLast, Departure{
			Kind: KindExtra, EventID: -2, EventType: "WorkflowTaskCompleted", History: "nothing more in this workflow task", Today: "timer of 1m0s",
		}},
		{"the end does not come", "greeting-and-closing.json", endless, Departure{
			Kind: KindMissing, EventID: -1, EventType: "WorkflowExecutionCompleted", History: "the end of the run", Today: "it goes on, or ends in another way",
		}},
		{"the end does not come after a cancellation", "canceled.json", endless, Departure{
			Kind: KindMissing, EventID: -1, EventType: "WorkflowExecutionCanceled", History: "the end of the run", Today: "it goes on, or ends in another way",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			history := recorded(t, tt.file)
			var got *Departure
			require.ErrorAs(t, replayAs(history, tt.code), &got)
			got.cause = nil
			if tt.want.EventID < 0 {
				tt.want.EventID += int64(len(history.GetEvents())) + 1
			}
			require.Equal(t, tt.want, *got)
			require.Equal(t, got.EventType, history.GetEvents()[got.EventID-1].GetEventType().String())
		})
	}
}

// The SDK panics at an activity that is not where it was, and does not say what is there.
func TestADepartureAtAnActivitySaysWhatIsInItsPlace(t *testing.T) {
	t.Parallel()
	history := recorded(t, "greeting-and-closing.json")
	events := history.GetEvents()
	archive := slices.IndexFunc(events, func(e *historypb.HistoryEvent) bool {
		return e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName() == "Archive"
	})
	require.Positive(t, archive)
	for want, do := range map[string]func(workflow.Context){
		"timer of 1m0s":  func(ctx workflow.Context) { workflow.NewTimer(ctx, time.Minute) },
		"child workflow": func(ctx workflow.Context) { workflow.ExecuteChildWorkflow(ctx, "Notice") },
	} {
		var got *Departure
		require.ErrorAs(t, replayAs(history, beforeTheConversation(archive-2, do)), &got)
		require.Equal(t, events[archive].GetEventId(), got.EventID)
		require.Equal(t, "activity Archive", got.History)
		require.Equal(t, want, got.Today)
		require.Equal(t, KindOther, got.Kind)
	}
}

// beforeTheConversation does something in the first task that finds so many events, before the
// conversation has its turn in it.
func beforeTheConversation(events int, do func(workflow.Context)) code {
	return func(ctx workflow.Context, in input) (result, error) {
		ended, end := workflow.NewFuture(ctx)
		workflow.Go(ctx, func(ctx workflow.Context) { end.Set(workflows.Conversation(ctx, in)) })
		if err := workflow.Await(ctx, func() bool { return workflow.GetInfo(ctx).GetCurrentHistoryLength() >= events }); err != nil {
			return result{}, err
		}
		do(ctx)
		var r result
		return r, ended.Get(ctx, &r)
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

func TestWhyAHistoryCannotBeReplayed(t *testing.T) {
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
		reason  Reason
		message string
	}{
		{"no events", &historypb.History{}, workflows.Conversation, ReasonHistory, "a history has at least 3 events, this one has 0"},
		{
			"no beginning", &historypb.History{Events: whole.GetEvents()[2:]}, workflows.Conversation, ReasonHistory,
			"the history begins with WorkflowTaskScheduled, so its beginning is missing",
		},
		{"unknown type", other, workflows.Conversation, ReasonType, `today's code has no workflow type "Campaign"`},
		{"another encoding", unreadable, workflows.Conversation, ReasonHistory, "event 6 cannot be read"},
		{
			"another input", whole, func(workflow.Context, int) (result, error) { return result{}, nil }, ReasonInput,
			"today's code cannot decode the workflow's input",
		},
		{
			"a panic", whole, func(workflow.Context, input) (result, error) { panic("boom") }, ReasonPanic,
			"today's code panics in the workflow task of event 5",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got *Unreplayable
			require.ErrorAs(t, replayAs(tt.history, tt.code), &got)
			require.Equal(t, tt.reason, got.Reason)
			require.Equal(t, tt.message, got.Error())
		})
	}
}

// What contacts write stands in histories, and must not come out of a check of them.
func TestADepartureHoldsNothingThatWasWritten(t *testing.T) {
	t.Parallel()
	err := replayAs(recorded(t, "greeting-and-closing.json"), timerFirst)
	require.NotContains(t, err.Error(), "\n")
	require.Less(t, len(err.Error()), 150)
	require.Greater(t, len(errors.Unwrap(err).Error()), 500, "the SDK's own error holds the event, with its payloads")
}
