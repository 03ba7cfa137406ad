package workflows

import (
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
)

const (
	// recoverTimeout bounds one attempt to recover a conversation: some queries of at most 2 s each.
	recoverTimeout = 20 * time.Second
	// sweepTimeout bounds one search through all open rows.
	sweepTimeout = 5 * time.Minute
	// searchRetry is the pause after a failed attempt of either.
	searchRetry = 10 * time.Second
)

// Recovery ends a conversation whose workflow was terminated: no code of ours ran at its end, so
// its row is still open, and its ISV was not told. It does nothing when the conversation's run is
// open, or ended by itself.
func Recovery(ctx workflow.Context, in activities.RecoverInput) error {
	var found activities.RecoverResult
	searching := workflow.WithActivityOptions(ctx, searchOptions("archive what is left of the conversation", recoverTimeout, time.Hour))
	if err := workflow.ExecuteActivity(searching, acts.Recover, in).Get(searching, &found); err != nil {
		return err
	}
	if found.Notice == nil {
		return nil
	}
	_, err := Notice(ctx, *found.Notice)
	return err
}

// Sweep looks for conversations that were terminated and whose contact has not written since.
// A schedule starts it every hour.
func Sweep(ctx workflow.Context, _ SweepInput) (SweepResult, error) {
	var found activities.FindResult
	var result SweepResult
	searching := workflow.WithActivityOptions(ctx, searchOptions("look for rows without a run", sweepTimeout, 30*time.Minute))
	if err := workflow.ExecuteActivity(searching, acts.FindUnclosed, activities.FindInput{}).Get(searching, &found); err != nil {
		return result, err
	}
	for _, id := range found.Conversations {
		start := childStart(ctx, recoveryOptions(id), RecoveryType, activities.RecoverInput{Conversation: id})
		if err := start.Get(ctx, nil); err != nil && !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
			return result, err
		}
		result.Recoveries++
	}
	return result, nil
}

// SweepInput is empty; it is part of the schedule, so that a sweep can be given more later.
type SweepInput struct{}

// SweepResult counts the recoveries that were started.
type SweepResult struct {
	Recoveries int `json:"recoveries"`
}

// recoveryOptions are those of a recovery, which outlives the workflow that starts it.
func recoveryOptions(conversation string) workflow.ChildWorkflowOptions {
	return workflow.ChildWorkflowOptions{
		WorkflowID: "recover:" + conversation, ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON,
		StaticSummary: "end what was terminated",
	}
}

func searchOptions(summary string, once, all time.Duration) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: once, ScheduleToCloseTimeout: all, Summary: summary,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: searchRetry, BackoffCoefficient: 1},
	}
}

// startRecoveries starts the recovery of a contact's other open conversations. The successor, which
// is open now, does not wait for their end; a recovery that cannot be started is left to the next sweep.
func startRecoveries(x *executor, unclosed []string, successor string) {
	for _, id := range unclosed {
		in := activities.RecoverInput{Conversation: id, Successor: successor}
		if err := x.startChild(recoveryOptions(id), RecoveryType, in); err != nil {
			x.log.Warn("cannot start recovery", "unclosed", id, "error", err)
		}
	}
}
