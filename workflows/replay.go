package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
)

const (
	// replayBudget bounds a replay: what a webhook does not take within a day stays dead.
	replayBudget = 24 * time.Hour
	// replayTimeout is more than a part's own time, with an attempt of 30 s that began at its end and the
	// writes after that. A worker that was lost is noticed when replayHeartbeat is over, which is more than
	// the time of one message.
	replayTimeout   = activities.ReplayBatch + 45*time.Second
	replayHeartbeat = 45 * time.Second
)

// ReplayOptions are those with which a replay of a channel is started, unless one runs.
func ReplayOptions(channel string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: ReplayID(channel), TaskQueue: TaskQueue, StaticSummary: "send dead letters of " + channel + " again",
		TypedSearchAttributes:                    temporal.NewSearchAttributes(AttributeWaID().ValueSet(channel)),
		WorkflowIDReusePolicy:                    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowIDConflictPolicy:                 enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}
}

// NewReplayInput is that of a replay of so many dead letters.
func NewReplayInput(id, channel string, count int) ReplayInput {
	return ReplayInput{ReplayInput: activities.ReplayInput{ID: id, Channel: channel}, Count: count}
}

// Replay sends the dead letters on a list in the ledger again, one after the other. Each is tried for an
// hour, then it stays dead and the next one comes. The replay ends before its list does when the webhook
// takes nothing for a long time, when a day is over, and when it is cancelled: what is left stays dead.
func Replay(ctx workflow.Context, in ReplayInput) (ReplaySummary, error) {
	if in.Since.IsZero() {
		in.Since = workflow.Now(ctx).UTC()
	}
	why := ""
	for {
		in.show(ctx, why)
		if ctx.Err() != nil {
			return in.end(ctx, "it was cancelled")
		}
		if workflow.Now(ctx).Sub(in.Since) >= replayBudget {
			return in.end(ctx, "its day was over, and the webhook had not taken everything")
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return ReplaySummary{}, workflow.NewContinueAsNewError(ctx, ReplayType, in)
		}
		part, err := in.part(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			return ReplaySummary{}, err
		case err != nil:
			continue
		case part.Done:
			return in.summary(""), nil
		case part.Off:
			return in.end(ctx, part.Why)
		}
		why = part.Why
		if part.Wait > 0 {
			in.show(ctx, why)
			_ = workflow.Sleep(ctx, time.Duration(part.Wait)*time.Millisecond) // cancelled: the loop sees it
		}
	}
}

// part sends a part of the list.
func (in *ReplayInput) part(ctx workflow.Context) (activities.ReplayResult, error) {
	sending := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: DeliveriesQueue, StartToCloseTimeout: replayTimeout, HeartbeatTimeout: replayHeartbeat, WaitForCancellation: true,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: lostWorkerRetry, BackoffCoefficient: 1},
		Summary:     fmt.Sprintf("send dead letters again, from %d of %d", in.Sent+in.Left+1, in.Count),
	})
	var result activities.ReplayResult
	if err := workflow.ExecuteActivity(sending, acts.Replay, in.ReplayInput).Get(sending, &result); err != nil {
		return result, err
	}
	in.Sent, in.Left = in.Sent+result.Sent, in.Left+result.Left
	in.Head, in.Tries = result.Head, result.Tries
	return result, nil
}

// end leaves dead what was not sent. It does so also when the workflow was cancelled.
func (in *ReplayInput) end(ctx workflow.Context, why string) (ReplaySummary, error) {
	undisturbed, _ := workflow.NewDisconnectedContext(ctx)
	undisturbed = workflow.WithActivityOptions(undisturbed, ownDatabase("leave the others dead"))
	summary := in.summary(why)
	err := workflow.ExecuteActivity(undisturbed, acts.EndReplay, in.ReplayInput).Get(undisturbed, &summary.Unsent)
	if err == nil && ctx.Err() != nil {
		err = temporal.NewCanceledError()
	}
	return summary, err
}

func (in *ReplayInput) summary(why string) ReplaySummary {
	return ReplaySummary{ID: in.ID, Count: in.Count, Sent: in.Sent, Left: in.Left, Why: why}
}

// show tells operators how far it is.
func (in *ReplayInput) show(ctx workflow.Context, why string) {
	page := fmt.Sprintf("Dead letters of channel **%s** are sent again, one after the other (replay %s).\n\n"+
		"- **%d of %d** were taken, **%d** stay dead after their tries\n- begun: %s\n", in.Channel, in.ID, in.Sent, in.Count, in.Left, formatTime(in.Since))
	if why != "" {
		page += "- the latest attempt: " + why + "\n"
	}
	if in.Tries > 0 {
		page += fmt.Sprintf("- the next message was tried %d time(s)\n", in.Tries)
	}
	workflow.SetCurrentDetails(ctx, page+"\n*Cancel* ends it: what was not sent stays dead.")
}
