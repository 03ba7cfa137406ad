package workflows

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

// taskWatch is rule 2 of the package, watched from outside: an interceptor that knows which local
// activities ran in the present workflow task. Every conversation of the tests of this package is
// run under one, so that a task that ran a local activity and ends its run is found wherever a
// test leads to it.
type taskWatch struct {
	interceptor.WorkerInterceptorBase
	breaches []string
}

func (w *taskWatch) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &watchedRun{WorkflowInboundInterceptorBase: interceptor.WorkflowInboundInterceptorBase{Next: next}, watch: w, task: &watchedTask{}}
}

type watchedRun struct {
	interceptor.WorkflowInboundInterceptorBase
	watch *taskWatch
	task  *watchedTask
}

func (r *watchedRun) Init(next interceptor.WorkflowOutboundInterceptor) error {
	r.task.Next = next
	return r.Next.Init(r.task)
}

// ExecuteWorkflow sees how the run ends: in whatever way it does, its last task completes it.
func (r *watchedRun) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	result, err := r.Next.ExecuteWorkflow(ctx, in)
	ended, _ := result.(ConversationResult)
	_, continued := errors.AsType[*workflow.ContinueAsNewError](err)
	if breach := breachOfRule2(r.task.locals, !continued && ended.Outcome == OutcomeRepeat); breach != "" {
		r.watch.breaches = append(r.watch.breaches, breach)
	}
	return result, err
}

// breachOfRule2 judges the local activities of a task that ended its run. Two are allowed:
// KeepOverflow, and the Reply of a run that found only repeats.
func breachOfRule2(locals []string, onlyRepeats bool) string {
	left := slices.DeleteFunc(slices.Clone(locals), func(name string) bool {
		return name == "KeepOverflow" || onlyRepeats && name == "Reply"
	})
	if len(left) == 0 {
		return ""
	}
	return "the workflow task that ended the run had run " + strings.Join(left, ", ")
}

// watchedTask holds the local activities of the present workflow task. A task lasts until the
// workflow blocks on something else than a local activity.
type watchedTask struct {
	interceptor.WorkflowOutboundInterceptorBase
	locals []string
}

func (t *watchedTask) ends() { t.locals = nil }

func (t *watchedTask) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	t.locals = append(t.locals, name)
	return t.Next.ExecuteLocalActivity(ctx, name, args...)
}

func (t *watchedTask) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	return watchedFuture{t.Next.ExecuteActivity(ctx, name, args...), t}
}

func (t *watchedTask) ExecuteChildWorkflow(ctx workflow.Context, name string, args ...any) workflow.ChildWorkflowFuture {
	return watchedChild{t.Next.ExecuteChildWorkflow(ctx, name, args...), t}
}

func (t *watchedTask) NewTimerWithOptions(ctx workflow.Context, d time.Duration, o workflow.TimerOptions) workflow.Future {
	return watchedFuture{t.Next.NewTimerWithOptions(ctx, d, o), t}
}

func (t *watchedTask) NewTimer(ctx workflow.Context, d time.Duration) workflow.Future {
	return watchedFuture{t.Next.NewTimer(ctx, d), t}
}

func (t *watchedTask) Sleep(ctx workflow.Context, d time.Duration) error {
	t.ends()
	return t.Next.Sleep(ctx, d)
}

func (t *watchedTask) Await(ctx workflow.Context, condition func() bool) error {
	if !condition() {
		t.ends()
	}
	return t.Next.Await(ctx, condition)
}

type watchedFuture struct {
	workflow.Future
	task *watchedTask
}

func (f watchedFuture) Get(ctx workflow.Context, result any) error {
	if !f.IsReady() {
		f.task.ends()
	}
	return f.Future.Get(ctx, result)
}

type watchedChild struct {
	workflow.ChildWorkflowFuture
	task *watchedTask
}

func (c watchedChild) GetChildWorkflowExecution() workflow.Future {
	return watchedFuture{c.ChildWorkflowFuture.GetChildWorkflowExecution(), c.task}
}

// The same rule over the histories that real servers recorded.
func TestNoRecordedTaskRanALocalActivityAndEndedItsRun(t *testing.T) {
	files, err := filepath.Glob("testdata/histories/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	ends := 0
	for _, path := range files {
		history := recordedHistory(t, path)
		last := history.GetEvents()[len(history.GetEvents())-1]
		if !endsRun(last.GetEventType()) {
			continue
		}
		ends++
		locals := localsOfLastTask(t, history)
		require.Empty(t, breachOfRule2(locals, foundOnlyRepeats(t, last)), "%s, event %d", path, last.GetEventId())
	}
	require.Greater(t, ends, 20)
}

func recordedHistory(t *testing.T, path string) *historypb.History {
	t.Helper()
	file, err := os.Open(filepath.Clean(path))
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	history, err := client.HistoryFromJSON(file, client.HistoryJSONOptions{})
	require.NoError(t, err)
	return history
}

func endsRun(e enumspb.EventType) bool {
	switch e {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		return true
	}
	return false
}

// localsOfLastTask names the local activities of the last workflow task: its markers stand between
// its completion and the event that ends the run.
func localsOfLastTask(t *testing.T, history *historypb.History) (locals []string) {
	t.Helper()
	for _, e := range history.GetEvents() {
		if e.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			locals = nil
		}
		if marker := e.GetMarkerRecordedEventAttributes(); marker.GetMarkerName() == "LocalActivity" {
			var data struct{ ActivityType string }
			require.NoError(t, json.Unmarshal(marker.GetDetails()["data"].GetPayloads()[0].GetData(), &data))
			require.NotEmpty(t, data.ActivityType)
			locals = append(locals, data.ActivityType)
		}
	}
	return locals
}

func foundOnlyRepeats(t *testing.T, last *historypb.HistoryEvent) bool {
	t.Helper()
	var result ConversationResult
	for _, payload := range last.GetWorkflowExecutionCompletedEventAttributes().GetResult().GetPayloads() {
		_ = json.Unmarshal(payload.GetData(), &result) // another workflow's result has no outcome
	}
	return result.Outcome == OutcomeRepeat
}

// The tests below show that the watch finds what it looks for.
func TestTheWatchFindsALocalActivityInTheTaskThatEndsTheRun(t *testing.T) {
	local := func(ctx workflow.Context, activity any) {
		ctx = workflow.WithLocalActivityOptions(ctx, parkOptions(1))
		_ = workflow.ExecuteLocalActivity(ctx, activity, nil).Get(ctx, nil)
	}
	again := errors.New("x")
	for name, tt := range map[string]struct {
		run  func(ctx workflow.Context, w *world) (ConversationResult, error)
		want []string
	}{
		"completes": {func(ctx workflow.Context, w *world) (ConversationResult, error) {
			local(ctx, w.Park)
			return ConversationResult{}, nil
		}, []string{"the workflow task that ended the run had run Park"}},
		"fails": {func(ctx workflow.Context, w *world) (ConversationResult, error) {
			local(ctx, w.Reply)
			return ConversationResult{}, again
		}, []string{"the workflow task that ended the run had run Reply"}},
		"continues as new": {func(ctx workflow.Context, w *world) (ConversationResult, error) {
			local(ctx, w.Reply)
			return ConversationResult{Outcome: OutcomeRepeat}, workflow.NewContinueAsNewError(ctx, ConversationType, ConversationInput{})
		}, []string{"the workflow task that ended the run had run Reply"}},
		"takes a result that is there": {func(ctx workflow.Context, w *world) (ConversationResult, error) {
			timer := workflow.NewTimer(ctx, 0)
			_ = workflow.Await(ctx, timer.IsReady)
			local(ctx, w.Park)
			return ConversationResult{}, timer.Get(ctx, nil)
		}, []string{"the workflow task that ended the run had run Park"}},
		"waits before": {func(ctx workflow.Context, w *world) (ConversationResult, error) {
			local(ctx, w.Park)
			return ConversationResult{}, workflow.NewTimer(ctx, time.Second).Get(ctx, nil)
		}, nil},
		"found only repeats": {func(ctx workflow.Context, w *world) (ConversationResult, error) {
			local(ctx, w.Reply)
			return ConversationResult{Outcome: OutcomeRepeat}, nil
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChat(t, newWorld(t))
			c.TestWorkflowEnvironment.ExecuteWorkflow(func(ctx workflow.Context, _ ConversationInput) (ConversationResult, error) { return tt.run(ctx, c.w) }, ConversationInput{})
			require.Equal(t, tt.want, c.watch.breaches, fmt.Sprint(c.GetWorkflowError()))
		})
	}
}

// A run that becomes long enough in a task that ran a local activity waits for another task. Here
// Reply finds only a message that was answered before, so nothing else is left to be done first.
func TestARunThatGrowsLongDuringALocalActivityEndsInALaterTask(t *testing.T) {
	w := newWorld(t)
	in := w.carriedOnAfter(t, "Hola")
	c := newChat(t, w)
	c.growsAfter(1)
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, c.answeredBefore()) }, time.Minute)
	c.run(in)

	require.Equal(t, 1, c.carriedOn().Carried.Repeats)
}

// The same where a delivery comes back meanwhile: to take a result that is there ends no task.
func TestTakingTheResultOfADeliveryEndsNoTask(t *testing.T) {
	w := newWorld(t)
	w.refuse = func(int, string) bool { return true }
	in := w.carriedOnAfter(t, "Hola")
	require.Len(t, in.Carried.Outbox, 2)
	c := newChat(t, w)
	in.Carried.RetriedAt = c.Now() // the contact who writes again makes nothing be tried anew
	c.growsAfter(1)
	replying, delivered := make(chan struct{}), make(chan struct{})
	w.refuse = nil
	w.onDeliverSlow = func() {
		w.onDeliverSlow = nil
		c.SignalWorkflow(SignalInbound, c.answeredBefore())
		<-replying
	}
	w.onReply = func() {
		close(replying)
		<-delivered
	}
	firstDelivered := sync.OnceFunc(func() { close(delivered) })
	c.SetOnActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) { firstDelivered() })
	c.run(in)

	require.Equal(t, 1, c.carriedOn().Carried.Repeats)
	require.Empty(t, c.carriedOn().Carried.Outbox)
}

// carriedOnAfter is the input of the run after one in which the contact said one thing.
func (w *world) carriedOnAfter(t *testing.T, text string) ConversationInput {
	t.Helper()
	at := time.Date(2026, 3, 10, 11, 0, 0, 0, time.UTC).Unix()
	for i, id := range []string{answeredLongAgo, "wamid.last"} {
		w.archived = append(w.archived, activities.ArchiveInput{MessageIDs: store.MessageIDs{{
			Hash: store.HashMessageID(id), Timestamp: at + int64(i),
		}}})
	}
	w.recent = 1
	c := newChat(t, w)
	c.says(0, text)
	c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, time.Minute)
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, Envelope{At: c.Now()}) }, time.Minute)
	c.run(ConversationInput{})
	return c.carriedOn()
}

// answeredLongAgo is a message of an earlier conversation which only the database knows.
const answeredLongAgo = "wamid.long.ago"

func (c *session) answeredBefore() Envelope {
	e := c.envelope("Hola", answeredLongAgo)
	e.Messages[0].Timestamp = 0
	return e
}
