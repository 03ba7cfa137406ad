package worker

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// Kind is how code and history differ.
type Kind string

// The kinds of a departure.
const (
	// KindMissing is an event for which today's code does nothing.
	KindMissing Kind = "missing"
	// KindExtra is something that today's code does after the event, and the history does not hold.
	KindExtra Kind = "extra"
	// KindOther is an event in whose place today's code does something else.
	KindOther Kind = "other"
)

// Departure is where today's code no longer does what a history says. A worker that meets it
// lets the run stand still, with a workflow task that fails again and again, until a worker
// comes whose code fits. Its texts hold names and times, nothing that a contact wrote; the
// wrapped error, which is the SDK's, may hold that.
type Departure struct {
	Kind      Kind
	EventID   int64
	EventType string
	// History is what the history has there, Today what today's code does instead.
	History string
	Today   string
	cause   error
}

// Error is one line.
func (d *Departure) Error() string {
	return fmt.Sprintf("%s: the history has %s; today's code: %s", d.Place(), d.History, d.Today)
}

// Place says where: "departs at event 12 TimerStarted".
func (d *Departure) Place() string {
	where := "at"
	if d.Kind == KindExtra {
		where = "after"
	}
	return fmt.Sprintf("departs %s event %d %s", where, d.EventID, d.EventType)
}

// Unwrap is the SDK's error.
func (d *Departure) Unwrap() error { return d.cause }

// Reason is why a history cannot be replayed at all.
type Reason string

// The reasons.
const (
	// ReasonHistory is a history that is not whole.
	ReasonHistory Reason = "history"
	// ReasonType is a workflow type that today's code does not have.
	ReasonType Reason = "type"
	// ReasonInput is an input that today's code cannot decode: a worker would fail the run.
	ReasonInput Reason = "input"
	// ReasonPanic is a panic in the workflow's own code.
	ReasonPanic Reason = "panic"
)

// Unreplayable is a history with which today's code does not come to a comparison.
type Unreplayable struct {
	Reason  Reason
	Message string
	cause   error
}

func (u *Unreplayable) Error() string { return u.Message }

// Unwrap is the SDK's error, if it was asked.
func (u *Unreplayable) Unwrap() error { return u.cause }

// mismatchCode is the SDK's own for code that does not fit a history.
const mismatchCode = "[TMPRL1100]"

// isCommand says that an event was made by the workflow's code on its way; the end of a run is
// no such event.
func isCommand(e *historypb.HistoryEvent) bool {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
		return true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		return false
	}
	// The attributes are the one field of the event that is set in its oneof.
	message := e.ProtoReflect()
	field := message.WhichOneof(message.Descriptor().Oneofs().ByName("attributes"))
	return field != nil && field.Message().Fields().ByName("workflow_task_completed_event_id") != nil
}

// describe says in words what an event is, without what anybody wrote.
func (r replay) describe(e *historypb.HistoryEvent) string {
	switch a := e.GetAttributes().(type) {
	case *historypb.HistoryEvent_MarkerRecordedEventAttributes:
		return r.marker(a.MarkerRecordedEventAttributes)
	case *historypb.HistoryEvent_ActivityTaskScheduledEventAttributes:
		return "activity " + a.ActivityTaskScheduledEventAttributes.GetActivityType().GetName()
	case *historypb.HistoryEvent_TimerStartedEventAttributes:
		return timerOf(a.TimerStartedEventAttributes.GetStartToFireTimeout().AsDuration())
	case *historypb.HistoryEvent_StartChildWorkflowExecutionInitiatedEventAttributes:
		return "child workflow " + a.StartChildWorkflowExecutionInitiatedEventAttributes.GetWorkflowType().GetName()
	case *historypb.HistoryEvent_UpsertWorkflowSearchAttributesEventAttributes:
		names := slices.Sorted(maps.Keys(a.UpsertWorkflowSearchAttributesEventAttributes.GetSearchAttributes().GetIndexedFields()))
		return "search attributes " + strings.Join(names, ", ")
	}
	return e.GetEventType().String()
}

func (r replay) marker(a *historypb.MarkerRecordedEventAttributes) string {
	var data struct{ ActivityType string }
	if a.GetMarkerName() == "LocalActivity" && r.payloads.FromPayloads(a.GetDetails()["data"], &data) == nil {
		return "local activity " + data.ActivityType
	}
	return "marker " + a.GetMarkerName()
}

func timerOf(d time.Duration) string { return "timer of " + d.Round(time.Second).String() }

// commandOf reads from the SDK's error what the code does instead; empty when it does nothing.
// The rest of that text is not shown: it holds payloads.
func commandOf(err error) string {
	text := err.Error()
	if match := regexp.MustCompile(`code executed local activity (\S+), but`).FindStringSubmatch(text); match != nil {
		return "local activity " + match[1]
	}
	match := regexp.MustCompile(`(?s).*(?:extra replay command for|replay command is) ([A-Za-z]+): (.*)`).FindStringSubmatch(text)
	if match == nil {
		return ""
	}
	return commandInWords(match[1], match[2])
}

func commandInWords(command, attributes string) string {
	first := func(pattern string) string {
		if match := regexp.MustCompile(pattern).FindStringSubmatch(attributes); match != nil {
			return match[1]
		}
		return ""
	}
	switch command {
	case "ScheduleActivityTask":
		return "activity " + first(`ActivityType:\(Name:([^)]*)\)`)
	case "RecordMarker":
		if name := first(`ActivityType\W+(\w+)`); name != "" {
			return "local activity " + name
		}
		return "marker " + first(`MarkerName:(\w+)`)
	case "StartChildWorkflowExecution":
		return "child workflow"
	case "StartTimer":
		seconds, _ := strconv.Atoi(first(`Seconds:(\d+)`))
		nanos, _ := strconv.Atoi(first(`Nanos:(\d+)`))
		return timerOf(time.Duration(seconds)*time.Second + time.Duration(nanos))
	}
	return strings.Replace(command, "UpsertWorkflowSearchAttributes", "search attributes", 1)
}
