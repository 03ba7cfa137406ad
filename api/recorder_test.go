package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	enumspb "go.temporal.io/api/enums/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/workflows"
)

// signal is one call that Temporal got.
type signal struct {
	id       string
	envelope workflows.Envelope
	options  client.StartWorkflowOptions
	input    workflows.ConversationInput
	// run is given where that run alone was signalled: then options and input are those it was started with.
	run string
}

// run is what Temporal says of a run that was signalled.
type run struct {
	client.WorkflowRun

	id string
}

func (r run) GetRunID() string { return r.id }

// recorder stands for Temporal: it records what it is asked and fails on request.
type recorder struct {
	mu      sync.Mutex
	signals []signal
	// fail decides about a call; nil accepts all.
	fail func(signal) error
	// inside is called while a call is in flight.
	inside func()
	// query answers for workflows; nil knows none.
	query func(context.Context, string) (workflows.Snapshot, error)
	// open are the ids of workflows that run.
	open map[string]bool
	// starts are the latest calls that started or found a run, ended the runs that have ended; both by the
	// id of the workflow.
	starts map[string]signal
	ended  map[string][]string
	// described counts the questions whether one is.
	described atomic.Int64
	// terminated says that what answers has ended.
	terminated bool
	// drains are the channels that were drained.
	drains []string
	// events are the channels whose events are sent, each with the signal's name.
	events []string
	// replays are those that were started.
	replays []workflows.ReplayInput
	// notices are the workflows that were asked to try their notice again.
	notices []string
	// update answers what is recorded in updates.
	update  func(context.Context, client.UpdateWorkflowOptions) (workflows.ControlResult, error)
	updates []client.UpdateWorkflowOptions
}

func newRecorder() *recorder {
	return &recorder{starts: map[string]signal{}, ended: map[string][]string{}}
}

func (r *recorder) SignalWithStartWorkflow(ctx context.Context, id, name string, arg any,
	options client.StartWorkflowOptions, workflow any, args ...any,
) (client.WorkflowRun, error) {
	if workflow == workflows.DrainType {
		return nil, r.drain(id, name, options, args)
	}
	if workflow == workflows.EventsType {
		return nil, r.sendEvents(id, name, options, args)
	}
	if name != workflows.SignalInbound || workflow != workflows.ConversationType {
		return nil, fmt.Errorf("unexpected signal %q of workflow %v", name, workflow)
	}
	if r.inside != nil {
		r.inside()
	}
	envelope, isEnvelope := arg.(workflows.Envelope)
	input, isInput := args[0].(workflows.ConversationInput)
	if !isEnvelope || !isInput {
		return nil, fmt.Errorf("unexpected arguments %T and %T", arg, args[0])
	}
	s := signal{id: id, envelope: envelope, options: options, input: input}
	if err := errors.Join(r.record(s), ctx.Err()); err != nil {
		return nil, err
	}
	return r.found(s), nil
}

// found returns the run that was signalled: the first one that has not ended.
func (r *recorder) found(s signal) run {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.run = "run " + strconv.Itoa(len(r.ended[s.id])+1)
	r.starts[s.id] = s
	return run{id: s.run}
}

// drain records the channel that is drained.
func (r *recorder) drain(id, name string, options client.StartWorkflowOptions, args []any) error {
	in, isInput := args[0].(workflows.DrainInput)
	if !isInput || name != workflows.SignalAgain || id != "drain:"+in.Channel || options.ID != id {
		return fmt.Errorf("unexpected drain %q of %v", id, args)
	}
	if r.fail != nil {
		if err := r.fail(signal{id: id}); err != nil {
			return err
		}
	}
	r.drains = append(r.drains, in.Channel)
	return nil
}

// sendEvents records the channel whose events are sent.
func (r *recorder) sendEvents(id, name string, options client.StartWorkflowOptions, args []any) error {
	in, isInput := args[0].(workflows.EventsInput)
	if !isInput || id != "events:"+in.Channel || options.ID != id {
		return fmt.Errorf("unexpected events %q of %v", id, args)
	}
	if r.fail != nil {
		if err := r.fail(signal{id: id}); err != nil {
			return err
		}
	}
	r.events = append(r.events, in.Channel+" "+name)
	return nil
}

// ExecuteWorkflow starts replays.
func (r *recorder) ExecuteWorkflow(_ context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	in, isInput := args[0].(workflows.ReplayInput)
	if !isInput || workflow != workflows.ReplayType || options.ID != "replay:"+in.Channel || !options.WorkflowExecutionErrorWhenAlreadyStarted {
		return nil, fmt.Errorf("unexpected start of %v with %+v", workflow, args)
	}
	if r.fail != nil {
		if err := r.fail(signal{id: options.ID}); err != nil {
			return nil, err
		}
	}
	r.replays = append(r.replays, in)
	return nil, nil //nolint:nilnil // nobody looks at the run
}

func (r *recorder) SignalWorkflow(ctx context.Context, id, runID, name string, arg any) error {
	if name == workflows.SignalRetry && arg == nil {
		r.notices = append(r.notices, id)
		return nil
	}
	envelope, isEnvelope := arg.(workflows.Envelope)
	if name != workflows.SignalInbound || !isEnvelope {
		return fmt.Errorf("unexpected signal %q of run %q: %T", name, runID, arg)
	}
	s, ended := r.runOf(id, runID)
	if ended {
		return serviceerror.NewNotFound("workflow execution already completed")
	}
	s.envelope = envelope
	return errors.Join(r.record(s), ctx.Err())
}

// runOf is a call that signals one run, as far as the run says; and whether it has ended.
func (r *recorder) runOf(id, runID string) (s signal, ended bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if runID == "" {
		return signal{id: id}, false
	}
	s = r.starts[id]
	s.run = runID
	return s, slices.Contains(r.ended[id], runID)
}

// endAll ends every run.
func (r *recorder) endAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, last := range r.starts {
		r.ended[id] = append(r.ended[id], last.run)
	}
}

// DescribeWorkflowExecution knows those workflows that are said to be open.
func (r *recorder) DescribeWorkflowExecution(_ context.Context, id, runID string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	r.described.Add(1)
	if runID != "" {
		return nil, fmt.Errorf("unexpected run %q", runID)
	}
	if !r.open[id] {
		return nil, serviceerror.NewNotFound("no workflow")
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{
		WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING},
	}, nil
}

func (r *recorder) record(s signal) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		if err := r.fail(s); err != nil {
			return err
		}
	}
	r.signals = append(r.signals, s)
	return nil
}

func (r *recorder) QueryWorkflowWithOptions(ctx context.Context, q *client.QueryWorkflowWithOptionsRequest) (*client.QueryWorkflowWithOptionsResponse, error) {
	if q.QueryType != workflows.QueryState || q.RunID != "" || len(q.Args) > 0 {
		return nil, fmt.Errorf("unexpected query %+v", q)
	}
	switch {
	case r.query == nil:
		return nil, serviceerror.NewNotFound("no workflow")
	case r.terminated && q.QueryRejectCondition == enumspb.QUERY_REJECT_CONDITION_NOT_OPEN:
		return &client.QueryWorkflowWithOptionsResponse{QueryRejected: &querypb.QueryRejected{}}, nil
	}
	snapshot, err := r.query(ctx, q.WorkflowID)
	return &client.QueryWorkflowWithOptionsResponse{QueryResult: encoded{snapshot}}, err
}

func (r *recorder) UpdateWorkflow(ctx context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if options.RunID != "" || options.WaitForStage != client.WorkflowUpdateStageCompleted {
		return nil, fmt.Errorf("unexpected update %+v", options)
	}
	r.updates = append(r.updates, options)
	result, err := r.update(ctx, options)
	return handle{nil, result, err}, nil
}

// encoded is a value that travelled as JSON.
type encoded struct{ value any }

func (e encoded) HasValue() bool { return true }

func (e encoded) Get(into any) error {
	bytes, err := json.Marshal(e.value)
	if err != nil {
		return err
	}
	return json.Unmarshal(bytes, into)
}

// handle is an update that has ended.
type handle struct {
	client.WorkflowUpdateHandle

	result workflows.ControlResult
	err    error
}

func (h handle) Get(_ context.Context, into any) error {
	if h.err != nil {
		return h.err
	}
	return encoded{h.result}.Get(into)
}

func (r *recorder) all() []signal {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]signal(nil), r.signals...)
}

// ids lists the message ids in the order in which Temporal got them.
func (r *recorder) ids() []string {
	var ids []string
	for _, s := range r.all() {
		for _, m := range s.envelope.Messages {
			ids = append(ids, m.ID)
		}
	}
	return ids
}
