package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

const (
	// queryTimeout bounds one query to a conversation: a blocked one never answers.
	queryTimeout = 2 * time.Second
	// settleTime is how long activities of a run may go on after its end: the longest is an attempt of
	// the slow lane.
	settleTime = 46 * time.Second
	// maxEndedRuns is how many ended runs of a workflow id are searched for a conversation.
	maxEndedRuns = 5
)

// runs implements [activities.Runs] with a Temporal client.
type runs struct {
	temporal  client.Client
	namespace string
}

// Remains checks the open run first, because a conversation that goes on in it needs no recovery, and
// then the latest ended ones. An open run that does not answer may be the conversation's own: that
// is an error, to be retried.
func (r runs) Remains(ctx context.Context, workflowID, conversation string) (activities.Remains, error) {
	described, err := r.temporal.DescribeWorkflowExecution(ctx, workflowID, "")
	switch {
	case isGone(err):
		return activities.Remains{}, nil // the namespace's retention is over
	case err != nil:
		return activities.Remains{}, err
	}
	if described.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
		snapshot, err := r.query(ctx, workflowID, described.GetWorkflowExecutionInfo().GetExecution().GetRunId())
		switch {
		case err != nil:
			return activities.Remains{}, fmt.Errorf("the open run does not answer: %w", err)
		case snapshot.Conversation == conversation:
			return activities.Remains{Open: true}, nil
		}
	}
	return r.ended(ctx, workflowID, conversation)
}

// ended queries the conversation's run that was cut short, and reads its history. A run that does not
// answer, because it is blocked or no worker runs, is marked as silent.
func (r runs) ended(ctx context.Context, workflowID, conversation string) (activities.Remains, error) {
	ids, settling, err := r.cutShort(ctx, workflowID, conversation)
	if err != nil || settling {
		return activities.Remains{Settling: settling}, err
	}
	for _, runID := range ids {
		of, accepted, err := r.read(ctx, workflowID, runID)
		switch {
		case err != nil:
			return activities.Remains{}, err
		case of != conversation:
			continue
		}
		snapshot, err := r.query(ctx, workflowID, runID)
		if ctx.Err() != nil {
			return activities.Remains{}, ctx.Err()
		}
		found := activities.Remains{Silent: err != nil, Accepted: accepted}
		if err == nil {
			found = remains(snapshot, accepted)
		}
		return found, nil
	}
	return activities.Remains{}, nil
}

// cutShort lists the runs that ended without our code, the latest first; runs that were continued as
// new are not among them. Activities of such a run may go on for a moment after its end: settling
// reports whether one of the runs has only just ended.
func (r runs) cutShort(ctx context.Context, workflowID, conversation string) (ids []string, settling bool, err error) {
	listed, err := r.temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: r.namespace, PageSize: maxEndedRuns,
		Query: fmt.Sprintf(`WorkflowId = %s AND ExecutionStatus IN ("Terminated", "Failed", "TimedOut")`, quote(workflowID)),
	})
	if err != nil {
		return nil, false, err
	}
	ended := listed.GetExecutions()
	opening := strings.TrimPrefix(conversation, workflows.ConversationID(""))
	if described, err := r.temporal.DescribeWorkflowExecution(ctx, workflowID, opening); err == nil {
		ended = append(ended, described.GetWorkflowExecutionInfo()) // the list may be a little stale
	}
	for _, run := range ended {
		id := run.GetExecution().GetRunId()
		if !wasCutShort(run.GetStatus()) || slices.Contains(ids, id) {
			continue
		}
		settling = settling || time.Since(run.GetCloseTime().AsTime()) < settleTime
		ids = append(ids, id)
	}
	return ids, settling, nil
}

func wasCutShort(status enums.WorkflowExecutionStatus) bool {
	switch status {
	case enums.WORKFLOW_EXECUTION_STATUS_TERMINATED, enums.WORKFLOW_EXECUTION_STATUS_FAILED, enums.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
		return true
	}
	return false
}

// read returns a run's conversation and the messages that it accepted: those that it was started with,
// and those that were signalled.
func (r runs) read(ctx context.Context, workflowID, runID string) (conversation string, accepted []store.Entry, err error) {
	events := r.temporal.GetWorkflowHistory(ctx, workflowID, runID, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return "", nil, err
		}
		if started := event.GetWorkflowExecutionStartedEventAttributes(); started != nil {
			conversation, accepted = workflows.CarriedEntries(started.GetInput())
			if conversation == "" {
				conversation = workflows.ConversationID(started.GetOriginalExecutionRunId())
			}
		}
		if signaled := event.GetWorkflowExecutionSignaledEventAttributes(); signaled.GetSignalName() == workflows.SignalInbound {
			accepted = append(accepted, workflows.SignalledEntries(signaled.GetInput())...)
		}
	}
	return conversation, accepted, nil
}

func (r runs) query(ctx context.Context, workflowID, runID string) (workflows.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	var snapshot workflows.Snapshot
	response, err := r.temporal.QueryWorkflow(ctx, workflowID, runID, workflows.QueryState)
	if err != nil {
		return snapshot, err
	}
	return snapshot, response.Get(&snapshot)
}

func remains(s workflows.Snapshot, accepted []store.Entry) activities.Remains {
	var refused map[string]int
	if s.State != nil {
		refused = s.State.Refused
	}
	var vars map[string]json.RawMessage
	if s.State != nil {
		vars = s.State.Vars
	}
	var lastWords string
	if s.Closing != nil && s.Closing.LastWords != nil {
		lastWords = s.Closing.LastWords.ID
	}
	return activities.Remains{
		Sequence: s.Sequence, Messages: s.Messages, Replies: s.Replies, Unanswered: s.Unanswered,
		Told: s.Closing != nil && (s.Closing.Told || !s.Closing.Notice), LastWords: lastWords,
		Refused: refused, Vars: vars, Page: s.Page, Tail: s.Tail, Accepted: accepted, Overflow: s.Overflow,
	}
}

// CloseMerged signals a conversation as the API does when it finds that two are of one person.
func (r runs) CloseMerged(ctx context.Context, workflowID string) error {
	envelope := workflows.Envelope{At: time.Now().UTC().Truncate(time.Millisecond), Merged: true}
	err := r.temporal.SignalWorkflow(ctx, workflowID, "", workflows.SignalInbound, envelope)
	if isGone(err) {
		return nil
	}
	return err
}

// Retry signals the workflow that carries a notice on, if that is what waits, else the conversation. The
// run that is open under its workflow id may be the same person's next one: it has nothing to retry then.
func (r runs) Retry(ctx context.Context, w store.WaitingConversation) error {
	if w.Notice {
		err := r.temporal.SignalWorkflow(ctx, workflows.NoticeID(w.Conversation), "", workflows.SignalRetry, nil)
		if !isGone(err) {
			return err
		}
	}
	envelope := workflows.Envelope{At: time.Now().UTC().Truncate(time.Millisecond), Retry: true}
	err := r.temporal.SignalWorkflow(ctx, w.WorkflowID, "", workflows.SignalInbound, envelope)
	if isGone(err) {
		return nil
	}
	return err
}

// StartDrain starts the workflow, or signals the one that runs.
func (r runs) StartDrain(ctx context.Context, channel string) error {
	options := workflows.DrainOptions(channel)
	_, err := r.temporal.SignalWithStartWorkflow(ctx, options.ID, workflows.SignalAgain, nil, options,
		workflows.DrainType, workflows.DrainInput{Channel: channel})
	return err
}

// SendEvents starts the workflow, or makes it look again.
func (r runs) SendEvents(ctx context.Context, channel string) error {
	options := workflows.EventsOptions(channel)
	_, err := r.temporal.SignalWithStartWorkflow(ctx, options.ID, workflows.SignalAgain, nil, options,
		workflows.EventsType, workflows.EventsInput{Channel: channel})
	return err
}

// Running lists which workflows are running, with one request. The list may be a little stale.
func (r runs) Running(ctx context.Context, workflowIDs []string) (map[string]bool, error) {
	quoted := make([]string, len(workflowIDs))
	for i, id := range workflowIDs {
		quoted[i] = quote(id)
	}
	request := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: r.namespace, PageSize: int32(len(workflowIDs)), // #nosec G115 -- a hundred
		Query: fmt.Sprintf(`ExecutionStatus = "Running" AND WorkflowId IN (%s)`, strings.Join(quoted, ", ")),
	}
	listed, err := r.temporal.ListWorkflow(ctx, request)
	if err != nil {
		return nil, err
	}
	running := make(map[string]bool, len(workflowIDs))
	for _, run := range listed.GetExecutions() {
		running[run.GetExecution().GetWorkflowId()] = true
	}
	return running, nil
}

// quote returns a string literal for a list filter; our ids hold nothing to escape.
func quote(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(quoted)
}

func isGone(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}
