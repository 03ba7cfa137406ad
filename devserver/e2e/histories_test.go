package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/temporalproto"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/worker"
	"github.com/chattigo/api-isv/workflows"
)

// corpus is the folder of recorded histories that every release has to replay.
const corpus = "../../workflows/testdata/histories"

// event is one line of a history.
type event = *historypb.HistoryEvent

func history(t *testing.T, workflowID, runID string) *historypb.History {
	t.Helper()
	found := &historypb.History{}
	events := shared.temporal.GetWorkflowHistory(t.Context(), workflowID, runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(t, err)
		found.Events = append(found.Events, event)
	}
	return found
}

// keepHistory replays a run's history with the code of today, as a worker does that has it
// not in its cache. With -update the history becomes part of the replay corpus; otherwise the
// corpus has to have one of that name.
func keepHistory(t *testing.T, name, workflowID, runID string) {
	t.Helper()
	found := history(t, workflowID, runID)
	replay(t, found)
	requireNoLocalActivityInTheLastTask(t, found)
	path := filepath.Join(corpus, name+".json")
	if *update {
		require.NoError(t, os.MkdirAll(corpus, 0o750))
		require.NoError(t, os.WriteFile(path, historyJSON(t, found), 0o600))
	}
	require.FileExists(t, path, "run the tests with -update to record it")
}

// requireNoLocalActivityInTheLastTask is rule 2 of the workflow: the server refuses to end a
// run for which a signal has just arrived, and the local activities of that task would run
// again. A run that found nothing new is the exception.
func requireNoLocalActivityInTheLastTask(t *testing.T, found *historypb.History) {
	t.Helper()
	events := found.GetEvents()
	ended := events[len(events)-1]
	opened := false
	for _, e := range events {
		opened = opened || strings.Contains(e.String(), `"sends"`)
	}
	switch ended.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
	default:
		return
	}
	for i := len(events) - 2; opened && events[i].GetEventType() != enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED; i-- {
		require.NotEqual(t, enumspb.EVENT_TYPE_MARKER_RECORDED, events[i].GetEventType(), "event %d", events[i].GetEventId())
	}
}

func replay(t *testing.T, found *historypb.History) {
	t.Helper()
	require.NoError(t, worker.Replay(found, app.Payloads()))
}

// historyJSON leaves out on which machine the history was recorded.
func historyJSON(t *testing.T, found *historypb.History) []byte {
	t.Helper()
	found = proto.CloneOf(found)
	hideMachine(found.ProtoReflect())
	raw, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(found)
	require.NoError(t, err)
	// The encoder varies its spaces on purpose.
	var out bytes.Buffer
	require.NoError(t, json.Indent(&out, raw, "", " "))
	out.WriteByte('\n')
	return out.Bytes()
}

// hideMachine replaces the identities of processes, and the names of their sticky queues.
func hideMachine(m protoreflect.Message) {
	if queue, ok := m.Interface().(*taskqueuepb.TaskQueue); ok && queue.GetKind() == enumspb.TASK_QUEUE_KIND_STICKY {
		queue.Name = "sticky"
	}
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Kind() == protoreflect.StringKind && field.Name() == "identity":
			m.Set(field, protoreflect.ValueOfString("worker"))
		case field.Kind() != protoreflect.MessageKind || field.IsMap():
		case field.IsList():
			for i := range value.List().Len() {
				hideMachine(value.List().Get(i).Message())
			}
		default:
			hideMachine(value.Message())
		}
		return true
	})
}

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the tests with -update to record it")
	require.Equal(t, string(want), got)
}

// readable is a history for people: what happened, without what differs from run to run.
func readable(t *testing.T, events []event) string {
	t.Helper()
	var out strings.Builder
	for _, e := range events {
		line := []string{fmt.Sprintf("%3d", e.GetEventId()), e.GetEventType().String()}
		line = append(line, attributes(t, e)...)
		if summary := e.GetUserMetadata().GetSummary(); summary != nil && e.GetWorkflowExecutionStartedEventAttributes() == nil {
			line = append(line, "("+unquote(t, summary)+")")
		}
		fmt.Fprintln(&out, strings.Join(line, " "))
	}
	return out.String()
}

func attributes(t *testing.T, e event) []string {
	t.Helper()
	switch a := e.GetAttributes().(type) {
	case *historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes:
		return []string{a.WorkflowExecutionStartedEventAttributes.GetWorkflowType().GetName()}
	case *historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes:
		return []string{a.WorkflowExecutionSignaledEventAttributes.GetSignalName()}
	case *historypb.HistoryEvent_WorkflowExecutionUpdateAcceptedEventAttributes:
		return []string{a.WorkflowExecutionUpdateAcceptedEventAttributes.GetAcceptedRequest().GetInput().GetName()}
	case *historypb.HistoryEvent_StartChildWorkflowExecutionInitiatedEventAttributes:
		return []string{a.StartChildWorkflowExecutionInitiatedEventAttributes.GetWorkflowType().GetName()}
	case *historypb.HistoryEvent_MarkerRecordedEventAttributes:
		return marker(t, a.MarkerRecordedEventAttributes)
	case *historypb.HistoryEvent_ActivityTaskScheduledEventAttributes:
		scheduled := a.ActivityTaskScheduledEventAttributes
		return []string{scheduled.GetActivityType().GetName(), "on", scheduled.GetTaskQueue().GetName()}
	case *historypb.HistoryEvent_ActivityTaskStartedEventAttributes:
		started := a.ActivityTaskStartedEventAttributes
		return append([]string{fmt.Sprintf("attempt %d", started.GetAttempt())}, reasons(started.GetLastFailure())...)
	case *historypb.HistoryEvent_TimerStartedEventAttributes:
		wait := a.TimerStartedEventAttributes.GetStartToFireTimeout().AsDuration()
		return []string{wait.Round(time.Minute).String()}
	case *historypb.HistoryEvent_UpsertWorkflowSearchAttributesEventAttributes:
		fields := a.UpsertWorkflowSearchAttributesEventAttributes.GetSearchAttributes().GetIndexedFields()
		var set []string
		for _, name := range workflows.SearchAttributes() {
			if value, ok := fields[name]; ok {
				set = append(set, name+"="+unquote(t, value))
			}
		}
		return set
	}
	return nil
}

func marker(t *testing.T, a *historypb.MarkerRecordedEventAttributes) []string {
	t.Helper()
	var data struct{ ActivityType string }
	for _, payload := range a.GetDetails()["data"].GetPayloads() {
		require.NoError(t, json.Unmarshal(payload.GetData(), &data))
	}
	return append([]string{a.GetMarkerName(), data.ActivityType}, reasons(a.GetFailure())...)
}

func reasons(failure *failurepb.Failure) []string {
	if failure == nil {
		return nil
	}
	return []string{"after: " + failure.GetMessage()}
}

func unquote(t *testing.T, payload *commonpb.Payload) string {
	t.Helper()
	var value string
	require.NoError(t, json.Unmarshal(payload.GetData(), &value))
	return value
}
