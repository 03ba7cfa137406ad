package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
)

const (
	// databaseAttempt bounds one attempt of an activity on our own database.
	databaseAttempt = 3 * time.Second
	// databaseTotal bounds all attempts of a regular one; then it is scheduled again.
	databaseTotal = 24 * time.Hour
	// localTotal bounds all attempts of a local one. While it retries, the workflow task stays
	// open and costs events: a conversation that waits for the database had better wait
	// outside of a task, where it can also be queried and cancelled.
	localTotal = 20 * time.Second
	// fastTimeout is more than Deliver's own 7 s.
	fastTimeout = 8 * time.Second
	// slowTimeout is more than the longest attempt of the slow lane (a channel may have 30 s), the wait
	// before it (2 s) and the reads and writes around it. A worker that was lost is noticed when it is over.
	slowTimeout = 45 * time.Second
	// lostWorkerRetry is the pause before a delivery or a call is retried whose worker was lost.
	lostWorkerRetry = 2 * time.Second
)

// databaseRetries is for activities that fail because of our own database.
func databaseRetries() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second}
}

func replyOptions(in activities.ReplyInput) workflow.LocalActivityOptions {
	return localDatabase(replySummary(in))
}

// replySummary says in a few words what a turn handles, in order. A mute bot only hears.
func replySummary(in activities.ReplyInput) string {
	verb := "answer"
	var parts []string
	switch {
	case in.State == nil:
	case in.State.Muted():
		verb = "hear"
	case in.Result != nil:
		parts = append(parts, "a call is back")
	case in.State.Pending != nil:
		verb = "look at"
	}
	messages := 0
	count := func() {
		if messages > 0 {
			parts = append(parts, fmt.Sprintf("%s %d message(s)", verb, messages))
		}
		messages = 0
	}
	for _, m := range in.Messages {
		switch {
		case m.Control != nil:
			count()
			parts = append(parts, string(m.Control.Kind))
		case m.Echo:
			count()
			parts = append(parts, "a person answered")
		default:
			messages++
		}
	}
	if count(); len(parts) == 0 {
		return "a deadline has come"
	}
	return strings.Join(parts[:min(len(parts), 4)], ", ")
}

// deliverOptions allow one attempt: whether a message was delivered is not known after an error,
// and the slow lane repeats it under the same webhook-id.
func deliverOptions(messages []activities.Outgoing) workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		StartToCloseTimeout: fastTimeout, ScheduleToCloseTimeout: fastTimeout,
		RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
		Summary:     fmt.Sprintf("post %d message(s), from no. %d", len(messages), messages[0].Sequence),
	}
}

// localDatabase are the options of a local activity on our own database.
func localDatabase(summary string) workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		StartToCloseTimeout: databaseAttempt, ScheduleToCloseTimeout: localTotal, RetryPolicy: databaseRetries(), Summary: summary,
	}
}

func parkOptions(messages int) workflow.LocalActivityOptions {
	return localDatabase(fmt.Sprintf("keep %d message(s) for later", messages))
}

func overflowOptions(messages int) workflow.LocalActivityOptions {
	return localDatabase(fmt.Sprintf("keep %d message(s) that wait", messages))
}

// slowOptions have no ScheduleToClose timeout, because it would expire while our own workers
// are down; the activity knows the deadline. It also returns the pause before its next attempt; the
// retry policy's interval is for a worker that was lost.
func slowOptions(head Parked) workflow.ActivityOptions {
	return slowLane(fmt.Sprintf("deliver message no. %d", head.Sequence))
}

func noticeOptions() workflow.ActivityOptions { return slowLane("say that the chat is closed") }

func slowLane(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: DeliveriesQueue, StartToCloseTimeout: slowTimeout, WaitForCancellation: true,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: lostWorkerRetry, BackoffCoefficient: 1},
		Summary:     summary,
	}
}

// eventsOptions have a queue of their own, and no end: it is our own database for which it is retried.
func eventsOptions() workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: activities.EventsQueue, StartToCloseTimeout: activities.EventsTime, Summary: "post the events that are due",
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: lostWorkerRetry, BackoffCoefficient: 2, MaximumInterval: time.Minute},
	}
}

// callOptions bound a call as a whole, because a contact waits for it: when no worker takes it
// the bot goes on without.
func callOptions(call bot.Call) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: activities.CallsQueue, StartToCloseTimeout: activities.CallAttemptTime(call), WaitForCancellation: true,
		ScheduleToCloseTimeout: activities.CallTotalTime(call),
		// The activity returns the pause before its next attempt; the interval is for a worker that was lost.
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: lostWorkerRetry, BackoffCoefficient: 1, MaximumAttempts: activities.CallAttempts(call),
		},
		Summary: "call " + call.Method + " " + target(call),
	}
}

// ownDatabase are the options of a regular activity on our own database.
func ownDatabase(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: databaseAttempt, ScheduleToCloseTimeout: databaseTotal, RetryPolicy: databaseRetries(), Summary: summary,
	}
}
