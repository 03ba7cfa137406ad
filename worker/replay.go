package worker

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sort"
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

// Replay runs today's workflow code over a recorded history, as a worker does that has the run
// not in its cache, and touches nothing else: what activities returned stands in the history.
// payloads reads them; nil is the SDK's own, which reads everything that the service writes.
//
// The error is a *[Departure] where the code no longer does what the history says, and a
// *[Unreplayable] where it does not come that far.
func Replay(history *historypb.History, payloads converter.DataConverter) error {
	if payloads == nil {
		payloads = converter.GetDefaultDataConverter()
	}
	r := replay{workflows: workflowTypes(), payloads: payloads, events: history.GetEvents()}
	return r.run()
}

// replay is one history under one set of workflows.
type replay struct {
	workflows map[string]any
	payloads  converter.DataConverter
	events    []*historypb.HistoryEvent
}

func (r replay) run() error {
	if err := r.usable(); err != nil {
		return err
	}
	whole := r.upTo(len(r.events))
	if whole.err != nil {
		return r.locate(whole)
	}
	if last := r.events[len(r.events)-1]; !whole.endsAs(last.GetEventType()) {
		return r.otherEnd(nil)
	}
	return nil
}

// usable says plainly what the SDK would say in passing.
func (r replay) usable() error {
	if len(r.events) < 3 {
		return &Unreplayable{ReasonHistory, fmt.Sprintf("a history has at least 3 events, this one has %d", len(r.events)), nil}
	}
	started := r.events[0].GetWorkflowExecutionStartedEventAttributes()
	if started == nil {
		return &Unreplayable{ReasonHistory, fmt.Sprintf("the history begins with %s, so its beginning is missing", r.events[0].GetEventType()), nil}
	}
	if name := started.GetWorkflowType().GetName(); r.workflows[name] == nil {
		return &Unreplayable{ReasonType, fmt.Sprintf("today's code has no workflow type %q", name), nil}
	}
	return nil
}

// outcome is what a replay came to, and how far the workflow's own code came in it.
type outcome struct {
	err error
	witness
}

// endsAs says that the code ended the run as the history has it. The SDK sees to it only
// where a run completed or went on in a new one.
func (o outcome) endsAs(last enumspb.EventType) bool {
	switch last {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		return o.ended && temporal.IsCanceledError(o.returned)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		return o.ended && o.returned != nil && !temporal.IsCanceledError(o.returned)
	}
	return true
}

// upTo replays the first n events, as if the run had come no further.
func (r replay) upTo(n int) outcome {
	seen := &witness{}
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{
		DataConverter: r.payloads, Interceptors: []interceptor.WorkerInterceptor{seen},
	})
	if err != nil {
		return outcome{err: err}
	}
	registerWorkflows(replayer, r.workflows)
	// The SDK changes what it replays.
	history := proto.CloneOf(&historypb.History{Events: r.events[:n]})
	err = replayer.ReplayWorkflowHistory(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), history)
	return outcome{err, *seen}
}

// locate finds the event at which the code departs. The SDK's own words do not hold it: it
// compares at the end of all tasks, and an event that finds nothing of its own in the code
// panics before that. So the history is cut: first at its workflow tasks, then inside the
// first one that fails.
func (r replay) locate(whole outcome) error {
	tasks := r.tasks()
	failing := sort.Search(len(tasks), func(i int) bool { return r.upTo(tasks[i].end).err != nil })
	if failing == len(tasks) {
		return r.explain(len(r.events)-1, whole, "")
	}
	task := tasks[failing]
	next := "" // what the code does after the events so far
	var last outcome
	for n := task.begin + 1; n <= task.end; n++ {
		last = r.upTo(n)
		if last.err != nil && !isExtra(last.err) {
			return r.explain(n-1, last, next)
		}
		next = ""
		if last.err != nil {
			next = commandOf(last.err)
		}
	}
	return r.extra(task, last.err)
}

// task is a workflow task of the history: from its completion to the next one's.
type task struct {
	// begin is the index of WorkflowTaskCompleted, commands the number of events that the code
	// made in it, end the index of the first event that belongs to the next task.
	begin, commands, end int
}

func (r replay) tasks() []task {
	var found []task
	for i, e := range r.events {
		if e.GetEventType() != enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			continue
		}
		rest := r.events[i+1:]
		commands := slices.IndexFunc(rest, func(e *historypb.HistoryEvent) bool { return !isCommand(e) })
		next := slices.IndexFunc(rest, func(e *historypb.HistoryEvent) bool {
			return e.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED
		})
		found = append(found, task{i, orElse(commands, len(rest)), i + 1 + orElse(next, len(rest))})
	}
	return found
}

func orElse(index, otherwise int) int {
	if index < 0 {
		return otherwise
	}
	return index
}

// isExtra says that the code did more than the history holds, which is what a history that is
// cut inside a task looks like.
func isExtra(err error) bool {
	return err != nil && strings.Contains(err.Error(), "extra replay command for ")
}

// explain says what is wrong at the event of an index. next is what the code does at its
// place, where that is known: an event that panics does not say it.
func (r replay) explain(index int, found outcome, next string) error {
	if strings.Contains(found.err.Error(), "doesn't return the same result as the last event") {
		return r.otherEnd(found.err)
	}
	event := r.events[index]
	if u := stopped(event.GetEventId(), found); u != nil {
		return u
	}
	d := &Departure{
		Kind: KindMissing, EventID: event.GetEventId(), EventType: event.GetEventType().String(),
		History: r.describe(event), Today: "nothing: it waits for something else", cause: found.err,
	}
	if found.ended {
		d.Today = "nothing: the workflow has ended"
	}
	if instead := cmp.Or(commandOf(found.err), next); instead != "" {
		d.Kind, d.Today = KindOther, instead
	}
	return d
}

// stopped says why a replay did not come to comparing; nil when it did.
func stopped(event int64, found outcome) *Unreplayable {
	var panicked interface{ StackTrace() string }
	isPanic, isMismatch := errors.As(found.err, &panicked), strings.Contains(found.err.Error(), mismatchCode)
	switch {
	case isPanic && !isMismatch:
		return &Unreplayable{ReasonPanic, fmt.Sprintf("today's code panics in the workflow task of event %d", event), found.err}
	case !isMismatch:
		return &Unreplayable{ReasonHistory, fmt.Sprintf("event %d cannot be read", event), found.err}
	case !found.begun:
		return &Unreplayable{ReasonInput, "today's code cannot decode the workflow's input", found.err}
	}
	return nil
}

// extra says what the code does when the history holds nothing more of the task.
func (r replay) extra(t task, err error) error {
	last := r.events[t.begin+t.commands]
	return &Departure{
		Kind: KindExtra, EventID: last.GetEventId(), EventType: last.GetEventType().String(),
		History: "nothing more in this workflow task", Today: commandOf(err), cause: err,
	}
}

// otherEnd is for a run that the history has ended.
func (r replay) otherEnd(cause error) error {
	last := r.events[len(r.events)-1]
	return &Departure{
		Kind: KindMissing, EventID: last.GetEventId(), EventType: last.GetEventType().String(),
		History: "the end of the run", Today: "it goes on, or ends in another way", cause: cause,
	}
}
