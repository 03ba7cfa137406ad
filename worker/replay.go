package worker

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/proto"
)

// replayError says why a history does not replay with today's code. A worker that meets such a
// run cannot complete its workflow task: the task fails and is retried until a worker runs whose
// code follows the history.
type replayError struct {
	summary string
	// cause is the SDK's error; nil if the SDK accepted the history.
	cause error
}

// Error is one line, without anything that a contact wrote.
func (e *replayError) Error() string { return e.summary }

// Unwrap returns the SDK's error, which may hold payloads: what contacts wrote.
func (e *replayError) Unwrap() error { return e.cause }

// Replay runs today's workflow code over a recorded history and compares the two, as a worker does
// whose cache does not hold the run. It has no side effects: the results of activities are read
// from the history. payloads decodes them; nil is the SDK's own converter, which reads everything
// that the service writes.
//
// The error is a *[replayError].
func Replay(history *historypb.History, payloads converter.DataConverter) error {
	return replay(history, payloads, workflowTypes())
}

func replay(history *historypb.History, payloads converter.DataConverter, types map[string]any, outermost ...interceptor.WorkerInterceptor) error {
	seen := &witness{}
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{
		DataConverter: payloads, Interceptors: append(outermost, seen),
	})
	if err != nil {
		return &replayError{"cannot create the SDK's replayer", err}
	}
	registerWorkflows(replayer, types)
	history = proto.CloneOf(history) // the SDK changes what it replays
	err = replayer.ReplayWorkflowHistory(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), history)
	if err != nil {
		return &replayError{summarize(err, seen), err}
	}
	last := history.GetEvents()[len(history.GetEvents())-1]
	if !seen.endedAs(last.GetEventType()) {
		return &replayError{fmt.Sprintf("event %d %s: today's code does not end the run in this way", last.GetEventId(), last.GetEventType()), nil}
	}
	return nil
}

// endedAs reports whether the code ended the run as the last event says. The SDK checks only runs
// that completed or were continued as new.
func (w *witness) endedAs(last enumspb.EventType) bool {
	switch last {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		return w.ended && temporal.IsCanceledError(w.returned)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		return w.ended && w.returned != nil && !temporal.IsCanceledError(w.returned)
	}
	return true
}

// mismatchCode begins the SDK's messages about code that does not follow a history.
const mismatchCode = "[TMPRL1100]"

// summarize returns the beginning of the SDK's message, and the workflow task where it is known:
// the SDK panics inside the task that fails, but compares commands with events at the end.
func summarize(err error, seen *witness) string {
	summary := withoutPayloads(err.Error())
	isMismatch := strings.Contains(summary, mismatchCode)
	var panicked interface{ StackTrace() string }
	isPanic := errors.As(err, &panicked)
	switch {
	case isPanic && !isMismatch:
		summary = "today's code panics" // with a value that may hold anything
	case isMismatch && !seen.begun:
		return "today's code cannot decode the workflow's input"
	}
	if isPanic && seen.begun {
		summary += fmt.Sprintf(" (in the workflow task that starts at event %d)", seen.info.GetCurrentHistoryLength())
	}
	return summary
}

// withoutPayloads cuts a message of the SDK's where it begins to print values, all of which are in
// brackets or quotes.
func withoutPayloads(message string) string {
	if values := strings.IndexAny(message, "({\"\n"); values >= 0 {
		return message[:values] + "…"
	}
	return message
}
