package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
)

// Notice is the workflow that carries a close notice on when its conversation cannot wait for
// it any longer: the ISV refuses it, or the contact has written again. It ends when the
// notice was taken or its 72 hours are over; SignalRetry makes it try at once, and cancelling it makes
// a dead letter of the notice.
func Notice(ctx workflow.Context, in activities.NoticeInput) (activities.SlowResult, error) {
	in.Carried = true
	workflow.SetCurrentDetails(ctx, "The close notice of "+in.Conversation+" is tried for 72 hours; "+
		"*Pending Activities* says how often it was, and why it was not taken. The signal `"+SignalRetry+"` tries it at once.")
	retries := workflow.GetSignalChannel(ctx, SignalRetry)
	for ctx.Err() == nil {
		result, err := sendNotice(ctx, in, retries)
		if err == nil {
			return result, nil
		}
		if in.Retry = receiveAll(retries); in.Retry {
			continue
		}
		workflow.GetLogger(ctx).Info("notice activity ended without a result", "conversation", in.Conversation, "error", err)
		_ = workflow.Sleep(ctx, retryPause) // cancelled: the loop sees it
	}
	undisturbed, _ := workflow.NewDisconnectedContext(ctx)
	undisturbed = workflow.WithActivityOptions(undisturbed, ownDatabase("make a dead letter of the notice"))
	var result activities.SlowResult
	if err := workflow.ExecuteActivity(undisturbed, acts.GiveUp, in).Get(undisturbed, &result); err != nil {
		return result, err
	}
	return result, temporal.NewCanceledError()
}

// sendNotice runs the activity. A signal cancels it, and is left in the channel.
func sendNotice(ctx workflow.Context, in activities.NoticeInput, retries workflow.ReceiveChannel) (result activities.SlowResult, err error) {
	sending, cancel := workflow.WithCancel(workflow.WithActivityOptions(ctx, noticeOptions()))
	defer cancel()
	sent := workflow.ExecuteActivity(sending, acts.Notice, in)
	_ = workflow.Await(ctx, func() bool { return sent.IsReady() || retries.Len() > 0 }) // cancelled: Get sees it
	if !sent.IsReady() {
		cancel()
	}
	return result, sent.Get(sending, &result)
}

// receiveAll empties a channel of signals without content, and reports whether it held one.
func receiveAll(signals workflow.ReceiveChannel) (received bool) {
	for signals.ReceiveAsync(nil) {
		received = true
	}
	return received
}
