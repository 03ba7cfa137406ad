package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
)

// eventsLinger is how long Events waits for further ones before it looks for the last time. Who writes an
// event wakes it at most every 2 s, and relies on it for that long: after each signal it looks at once, and
// again when this time is over.
const eventsLinger = 3 * time.Second

// EventsOptions are those with which the sending of a channel's events is started, by a signal SignalAgain or
// SignalRetry.
func EventsOptions(channel string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: EventsID(channel), TaskQueue: TaskQueue, StaticSummary: "send the events of " + channel + " to its back office",
		TypedSearchAttributes: temporal.NewSearchAttributes(AttributeWaID().ValueSet(channel)),
	}
}

// Events sends what waits for a channel's events URL, and ends when nothing does, or when the URL is off.
// SignalAgain says that there is something new, SignalRetry that the URL was set anew: what waits is tried at
// once.
func Events(ctx workflow.Context, in EventsInput) (EventsResult, error) {
	s := eventSender{
		again: workflow.GetSignalChannel(ctx, SignalAgain), retries: workflow.GetSignalChannel(ctx, SignalRetry), in: in,
	}
	for quiet := false; ; {
		quiet = quiet && !s.woken()
		page, err := s.send(ctx)
		switch {
		case err != nil:
			return EventsResult{}, err
		case workflow.GetInfo(ctx).GetContinueAsNewSuggested():
			return EventsResult{}, workflow.NewContinueAsNewError(ctx, EventsType, s.in)
		case page.More:
			quiet, err = false, s.wait(ctx, page)
		case quiet && !s.woken():
			return EventsResult{Sent: s.in.Sent, Dead: s.in.Dead}, nil
		default:
			woken, lingerErr := workflow.AwaitWithTimeout(ctx, eventsLinger, s.woken)
			quiet, err = !woken, lingerErr
		}
		if err != nil {
			return EventsResult{}, err
		}
	}
}

// eventSender is one run of Events.
type eventSender struct {
	again, retries workflow.ReceiveChannel
	in             EventsInput
}

// woken reports whether a signal has come since the latest send.
func (s *eventSender) woken() bool { return s.again.Len() > 0 || s.retries.Len() > 0 }

// send posts what is due now. It answers all signals that have come.
func (s *eventSender) send(ctx workflow.Context) (page activities.SendEventsResult, err error) {
	receiveAll(s.again)
	input := activities.SendEventsInput{Channel: s.in.Channel, Retry: receiveAll(s.retries)}
	sending := workflow.WithActivityOptions(ctx, eventsOptions())
	if err := workflow.ExecuteActivity(sending, acts.SendEvents, input).Get(sending, &page); err != nil {
		return page, err
	}
	s.in.Sent += page.Sent
	s.in.Dead += page.Dead
	workflow.SetCurrentDetails(ctx, s.details(page, workflow.Now(ctx)))
	return page, nil
}

// wait waits until something is due. New events do not end the pause of an endpoint: they wait for it too.
// A history that has grown long does.
func (s *eventSender) wait(ctx workflow.Context, page activities.SendEventsResult) error {
	if page.Wait == 0 {
		return nil
	}
	_, err := workflow.AwaitWithTimeout(ctx, time.Duration(page.Wait)*time.Millisecond, func() bool {
		return s.retries.Len() > 0 || page.EventPause && s.again.Len() > 0 || workflow.GetInfo(ctx).GetContinueAsNewSuggested()
	})
	return err
}

// details are what operators see in the Temporal UI.
func (s *eventSender) details(page activities.SendEventsResult, now time.Time) string {
	text := fmt.Sprintf("The events of channel **%s** for its ISV's back office: %d sent, %d given up.", s.in.Channel, s.in.Sent, s.in.Dead)
	if page.Reason != "" {
		text += "\n\nThe latest attempt failed: " + codeSpan(page.Reason) + "."
	}
	if page.More && page.Wait > 0 {
		text += "\n\nThe next attempt is due at " + formatTime(now.Add(time.Duration(page.Wait)*time.Millisecond)) +
			". The signal `" + SignalRetry + "` lets it look at once."
	}
	return text
}
