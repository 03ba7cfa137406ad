package workflows

import (
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
)

const (
	// drainPasses is how often a drain goes through all that waits. The second pass is for what came
	// to wait, or was refused again by an endpoint that was only just coming back, during the first.
	drainPasses = 2
	// drainAgain is the pause before the second pass, drainPause the least before one that was asked
	// for meanwhile: every pass is an attempt of each conversation.
	drainAgain = time.Minute
	drainPause = 5 * time.Second
	// drainPace is the pause between two pages of 50 conversations: an endpoint that comes back must not
	// be overrun.
	drainPace = time.Second
	// pageTimeout bounds asking one page of conversations.
	pageTimeout = 20 * time.Second
)

// DrainOptions are those with which a drain of a channel is started, by a signal SignalAgain.
func DrainOptions(channel string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: DrainID(channel), TaskQueue: TaskQueue, StaticSummary: "try again what waits for the webhook of " + channel,
		TypedSearchAttributes: temporal.NewSearchAttributes(AttributeWaID().ValueSet(channel)),
	}
}

// Drain makes all that waits for a channel's webhook be tried at once: the webhook was set anew, or it
// works again. It may also be started from the Temporal UI, under the id of DrainID.
func Drain(ctx workflow.Context, in DrainInput) (DrainResult, error) {
	workflow.SetCurrentDetails(ctx, "All that waits for the webhook of channel **"+in.Channel+"** is tried again, in two passes.")
	again := workflow.GetSignalChannel(ctx, SignalAgain)
	for {
		if in.After == "" {
			receiveAll(again) // this pass is what they asked for
		}
		full, err := drainPass(ctx, &in)
		if err != nil {
			return DrainResult{}, err
		}
		if full {
			if receiveAll(again) {
				in.Pass, in.After = 0, ""
			}
			return DrainResult{}, workflow.NewContinueAsNewError(ctx, DrainType, in)
		}
		in.Pass, in.After = in.Pass+1, ""
		if in.Pass >= drainPasses && again.Len() == 0 {
			return DrainResult{Retried: in.Retried}, nil
		}
		if err := awaitPass(ctx, &in, again); err != nil {
			return DrainResult{}, err
		}
	}
}

// drainPass goes through all conversations that wait. It reports whether the history is so long that a
// new run has to go on.
func drainPass(ctx workflow.Context, in *DrainInput) (full bool, err error) {
	options := ownDatabase("ask what waits to try again")
	options.StartToCloseTimeout = pageTimeout
	asking := workflow.WithActivityOptions(ctx, options)
	for {
		var page activities.RetryWaitingResult
		input := activities.RetryWaitingInput{Channel: in.Channel, After: in.After}
		if err := workflow.ExecuteActivity(asking, acts.RetryWaiting, input).Get(asking, &page); err != nil {
			return false, err
		}
		in.Retried += page.Retried
		if page.Last == "" {
			return false, nil
		}
		in.After = page.Last
		if err := workflow.Sleep(ctx, drainPace); err != nil {
			return false, err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return true, nil
		}
	}
}

// awaitPass waits until the next pass is due. One that is asked for begins the count anew.
func awaitPass(ctx workflow.Context, in *DrainInput, again workflow.ReceiveChannel) error {
	asked, err := workflow.AwaitWithTimeout(ctx, drainAgain, func() bool { return again.Len() > 0 })
	if err != nil || !asked {
		return err
	}
	in.Pass = 0
	return workflow.Sleep(ctx, drainPause)
}
