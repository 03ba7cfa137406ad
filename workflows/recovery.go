package workflows

import (
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
)

const (
	// askTimeout bounds one look at what Temporal knows: some questions of at most 2 s each.
	askTimeout = 20 * time.Second
	// lookTimeout bounds the hourly look over all open rows.
	lookTimeout = 5 * time.Minute
	// lookAgain is the pause after a look that failed.
	lookAgain = 10 * time.Second
)

// Recovery ends a conversation whose workflow was terminated: no code of ours ran at its end, so
// its row is still open, and its ISV was not told. It does nothing when the conversation is
// well.
func Recovery(ctx workflow.Context, in activities.RecoverInput) error {
	var acts *activities.Activities
	var found activities.RecoverResult
	looking := workflow.WithActivityOptions(ctx, look("archive what is left of the conversation", askTimeout, time.Hour))
	if err := workflow.ExecuteActivity(looking, acts.Recover, in).Get(looking, &found); err != nil {
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
	var acts *activities.Activities
	var found activities.FindResult
	var result SweepResult
	looking := workflow.WithActivityOptions(ctx, look("look for rows without a run", lookTimeout, 30*time.Minute))
	if err := workflow.ExecuteActivity(looking, acts.FindUnclosed, activities.FindInput{}).Get(looking, &found); err != nil {
		return result, err
	}
	for _, id := range found.Conversations {
		if err := startRecovery(ctx, activities.RecoverInput{Conversation: id}); err != nil {
			return result, err
		}
		result.Recoveries++
	}
	return result, nil
}

// SweepInput is for what a sweep may need to be told one day.
type SweepInput struct{}

// SweepResult counts the recoveries that were started.
type SweepResult struct {
	Recoveries int `json:"recoveries"`
}

// startRecovery returns when the recovery is under way, by this or by somebody else.
func startRecovery(ctx workflow.Context, in activities.RecoverInput) error {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: "recover:" + in.Conversation, ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON,
		StaticSummary: "end what was terminated",
	})
	child := workflow.ExecuteChildWorkflow(ctx, RecoveryType, in)
	err := child.GetChildWorkflowExecution().Get(ctx, nil)
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return err
}

func look(summary string, once, all time.Duration) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: once, ScheduleToCloseTimeout: all, Summary: summary,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: lookAgain, BackoffCoefficient: 1},
	}
}

// recoverOthers has the contact's other open conversations looked into. This one does not wait
// for what comes of it; what cannot be started now is found by the next sweep.
func (c *conversation) recoverOthers() {
	for _, id := range c.Unclosed {
		if err := startRecovery(c.work, activities.RecoverInput{Conversation: id, Successor: c.ID}); err != nil {
			workflow.GetLogger(c.work).Warn("a recovery was not started", "conversation", id, "error", err)
		}
	}
	c.Unclosed = nil
	c.dirty = false
}
