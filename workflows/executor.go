package workflows

import (
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
)

// acts names the activities in calls of the executor. It stays nil: the workers have the real ones.
var acts *activities.Activities

// retryPause is how long a conversation waits before it schedules an activity again that failed for
// good, so that it does not schedule in a circle.
const retryPause = 20 * time.Second

// executor runs the activities, child workflows and timers of a conversation. Every local activity
// and everything that blocks goes through it, so that it alone knows whether the present workflow
// task has run a local activity. Each run has one, from setup to its end.
type executor struct {
	// ctx is disconnected from the workflow's: cancelling the workflow cancels nothing that runs here
	// (rule 3).
	ctx workflow.Context
	// log carries the conversation's id.
	log log.Logger
	// ranLocalActivity reports whether a local activity ran in the present workflow task.
	ranLocalActivity bool
}

// mayEndRun reports whether the present workflow task may complete the run (rule 2).
func (x *executor) mayEndRun() bool { return !x.ranLocalActivity }

// longHistory reports whether the history is long enough for a new run: the server says so, or it has
// more than maxEvents events, where that is set.
func (x *executor) longHistory(maxEvents int) bool {
	info := workflow.GetInfo(x.ctx)
	return info.GetContinueAsNewSuggested() || (maxEvents > 0 && info.GetCurrentHistoryLength() > maxEvents)
}

// local runs a local activity and waits for its result.
func (x *executor) local(options workflow.LocalActivityOptions, activity, input, result any) error {
	x.ranLocalActivity = true
	return x.localAtTheEnd(options, activity, input, result)
}

// localAtTheEnd is for the local activity that may run in the task that ends the run.
func (x *executor) localAtTheEnd(options workflow.LocalActivityOptions, activity, input, result any) error {
	ctx := workflow.WithLocalActivityOptions(x.ctx, options)
	return workflow.ExecuteLocalActivity(ctx, activity, input).Get(ctx, result)
}

// regular runs a regular activity and waits for its result.
func (x *executor) regular(options workflow.ActivityOptions, activity, input, result any) error {
	ctx := workflow.WithActivityOptions(x.ctx, options)
	return x.get(workflow.ExecuteActivity(ctx, activity, input), result)
}

// start schedules a regular activity and does not wait: finish does.
func (x *executor) start(options workflow.ActivityOptions, activity, input any) pending {
	ctx, cancel := workflow.WithCancel(workflow.WithActivityOptions(x.ctx, options))
	return pending{future: workflow.ExecuteActivity(ctx, activity, input), cancel: cancel}
}

// finish waits for the result of what was started, and clears p.
func (x *executor) finish(p *pending, result any) error {
	future := p.future
	*p = pending{}
	return x.get(future, result)
}

// startChild starts a workflow that outlives this one, and waits until it has started. One that
// runs already is as good.
func (x *executor) startChild(options workflow.ChildWorkflowOptions, workflowType string, input any) error {
	err := x.get(childStart(x.ctx, options, workflowType, input), nil)
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return err
}

func childStart(ctx workflow.Context, options workflow.ChildWorkflowOptions, workflowType string, input any) workflow.Future {
	ctx = workflow.WithChildOptions(ctx, options)
	return workflow.ExecuteChildWorkflow(ctx, workflowType, input).GetChildWorkflowExecution()
}

// startTimer starts a timer; its summary says in the Temporal UI what it is for.
func (x *executor) startTimer(wait time.Duration, summary string) pending {
	ctx, cancel := workflow.WithCancel(x.ctx)
	return pending{future: workflow.NewTimerWithOptions(ctx, wait, workflow.TimerOptions{Summary: summary}), cancel: cancel}
}

// endTask ends the workflow task, and goes on in the next one.
func (x *executor) endTask(summary string) {
	timer := workflow.NewTimerWithOptions(x.ctx, time.Millisecond, workflow.TimerOptions{Summary: summary})
	_ = x.get(timer, nil) // the context is never cancelled
}

// waitUntil blocks until ready returns true. Whatever makes it true comes with a new workflow task.
func (x *executor) waitUntil(ready func() bool) {
	if ready() {
		return
	}
	_ = workflow.Await(x.ctx, ready) // the context is never cancelled
	x.taskEnded()
}

// pause waits after an activity that failed for good.
func (x *executor) pause(activity string, err error) {
	x.log.Error("activity failed, scheduling it again", "activity", activity, "error", err)
	_ = workflow.Sleep(x.ctx, retryPause)
	x.taskEnded()
}

// get waits for a future. One that is ready does not end the workflow task: a delivery may come back
// while a local activity keeps the task open.
func (x *executor) get(future workflow.Future, result any) error {
	if !future.IsReady() {
		defer x.taskEnded()
	}
	return future.Get(x.ctx, result)
}

// taskEnded is called after everything that blocked but a local activity.
func (x *executor) taskEnded() { x.ranLocalActivity = false }

// upsert changes a search attribute, which is an event in the history.
func (x *executor) upsert(update temporal.SearchAttributeUpdate) {
	if err := workflow.UpsertTypedSearchAttributes(x.ctx, update); err != nil {
		x.log.Error("cannot set search attribute", "error", err)
	}
}

// now is the workflow's clock, to the millisecond. See rule 1 for what it may be used for.
func (x *executor) now() time.Time { return workflow.Now(x.ctx).UTC().Truncate(time.Millisecond) }

// pending is a regular activity or a timer that was started; its zero value is none.
type pending struct {
	future workflow.Future
	cancel workflow.CancelFunc
}

func (p pending) running() bool { return p.future != nil }
func (p pending) ready() bool   { return p.future != nil && p.future.IsReady() }
