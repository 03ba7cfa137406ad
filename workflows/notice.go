package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
)

// Notice is the workflow that carries a close notice on when its conversation cannot wait for
// it any longer: the ISV refuses it, or the contact has written again. It ends when the
// notice was taken or its 72 hours are over; cancelling it makes a dead letter of the notice.
func Notice(ctx workflow.Context, in activities.NoticeInput) (activities.SlowResult, error) {
	in.Carried = true
	workflow.SetCurrentDetails(ctx, "The close notice of "+in.Conversation+" is tried for 72 hours; "+
		"*Pending Activities* says how often it was, and why it was not taken.")
	var result activities.SlowResult
	sending := workflow.WithActivityOptions(ctx, noticeOptions())
	for ctx.Err() == nil {
		err := workflow.ExecuteActivity(sending, acts.Notice, in).Get(sending, &result)
		if err == nil {
			return result, nil
		}
		workflow.GetLogger(ctx).Info("notice activity ended without a result", "conversation", in.Conversation, "error", err)
		_ = workflow.Sleep(ctx, retryPause) // cancelled: the loop sees it
	}
	undisturbed, _ := workflow.NewDisconnectedContext(ctx)
	undisturbed = workflow.WithActivityOptions(undisturbed, ownDatabase("make a dead letter of the notice"))
	if err := workflow.ExecuteActivity(undisturbed, acts.GiveUp, in).Get(undisturbed, &result); err != nil {
		return result, err
	}
	return result, temporal.NewCanceledError()
}
