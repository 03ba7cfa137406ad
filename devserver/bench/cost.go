package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// cost is what conversations of one length take of Temporal, for each message.
type cost struct {
	target          string
	messages        int
	events, actions float64
	bytes           float64
}

// listTimeout bounds how long a conversation may take to be listed.
const listTimeout = 20 * time.Second

// costs lets contacts send messages in turn, and reads what each conversation's history
// has become.
func (r *runner) costs(ctx context.Context, s *site) ([]cost, error) {
	var all []cost
	for _, to := range s.targets() {
		for _, messages := range r.plan.Lengths {
			r.say("%s: the history of %d messages, %s", s.place.Name, messages, to.name)
			contact := s.load.newContacts(1)[0]
			if err := s.load.inTurn(ctx, to, contact, messages); err != nil {
				return nil, err
			}
			id, err := s.workflowOf(ctx, to, contact)
			if err != nil {
				return nil, err
			}
			found, err := s.read(ctx, id)
			if err != nil {
				return nil, err
			}
			found.target, found.messages = to.name, messages
			found.events /= float64(messages)
			found.actions /= float64(messages)
			found.bytes /= float64(messages)
			all = append(all, found)
		}
	}
	return all, nil
}

// workflowOf is the id of a contact's workflow.
func (s *site) workflowOf(ctx context.Context, to *target, contact string) (string, error) {
	switch to {
	case s.plain:
		return plainQueue + ":" + contact, nil
	case s.floor:
		return floorQueue + ":" + contact, nil
	}
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	for {
		listed, err := s.place.Temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Query: fmt.Sprintf("ChattigoContact = %q", contact),
		})
		if err != nil {
			return "", err
		}
		if found := listed.GetExecutions(); len(found) > 0 {
			return found[0].GetExecution().GetWorkflowId(), nil
		}
		select {
		case <-ctx.Done():
			return "", errors.New("a conversation is not listed")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// settleTimeout bounds how long the task of the last message may take to complete, after its reply came.
const settleTimeout = 20 * time.Second

// read counts the events and the billable actions of the run that is open, when nothing goes on in it.
func (s *site) read(ctx context.Context, workflowID string) (cost, error) {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	for {
		found, settled, err := s.count(ctx, workflowID)
		if settled || err != nil {
			return found, err
		}
	}
}

func (s *site) count(ctx context.Context, workflowID string) (found cost, settled bool, err error) {
	history := s.place.Temporal.GetWorkflowHistory(ctx, workflowID, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	lastTask := int64(-1)
	for history.HasNext() {
		event, err := history.Next()
		if err != nil {
			return cost{}, false, err
		}
		found.events++
		found.bytes += float64(event.Size())
		found.actions += actions(event, &lastTask)
		settled = !opensTask[event.GetEventType()]
	}
	return found, settled, nil
}

// opensTask are the events after which a workflow task is still to be completed.
var opensTask = map[enumspb.EventType]bool{
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: true,
	enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:     true,
	enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED:       true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:     true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:       true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:     true,
}

// actions is how many billable actions an event stands for, as Temporal Cloud counts them: the start of a
// workflow, a signal, a timer, an activity and a change of search attributes are one each; all local
// activities of one workflow task are one together.
func actions(event *historypb.HistoryEvent, lastTask *int64) float64 {
	switch event.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, enumspb.EVENT_TYPE_TIMER_STARTED,
		enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
		enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		return 1
	case enumspb.EVENT_TYPE_MARKER_RECORDED:
		marker := event.GetMarkerRecordedEventAttributes()
		task := marker.GetWorkflowTaskCompletedEventId()
		if marker.GetMarkerName() != "LocalActivity" || task == *lastTask {
			return 0
		}
		*lastTask = task
		return 1
	}
	return 0
}
