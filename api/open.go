package api

import (
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"golang.org/x/sync/errgroup"

	"github.com/chattigo/api-isv/workflows"
)

// openConversations reports whether a person's conversation is open, and asks Temporal once for each.
type openConversations struct {
	*conversations

	known map[personKey]bool
}

// findOpen asks about many persons at once.
func (c *conversations) findOpen(ctx context.Context, all []personKey) (*openConversations, error) {
	open := &openConversations{c, make(map[personKey]bool, len(all))}
	isOpen := make([]bool, len(all))
	pool, ctx := errgroup.WithContext(ctx)
	pool.SetLimit(maxSignals)
	for i, of := range all {
		pool.Go(func() (err error) {
			isOpen[i], err = open.ask(ctx, of)
			return err
		})
	}
	err := pool.Wait()
	for i, of := range all {
		open.known[of] = isOpen[i]
	}
	return open, err
}

func (o *openConversations) has(ctx context.Context, of personKey) (bool, error) {
	if open, ok := o.known[of]; ok {
		return open, nil
	}
	open, err := o.ask(ctx, of)
	o.known[of] = open
	return open, err
}

func (o *openConversations) ask(ctx context.Context, of personKey) (bool, error) {
	return o.isRunning(ctx, o.workflowID(of))
}

// isRunning reports whether a workflow runs.
func (c *conversations) isRunning(ctx context.Context, workflowID string) (bool, error) {
	described, err := c.temporal.DescribeWorkflowExecution(ctx, workflowID, "")
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		return false, nil
	}
	return described.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, err
}

func (o *openConversations) workflowID(of personKey) string {
	return workflows.WorkflowID(o.idKey, of.channel, of.identity)
}

// closeMerged closes conversations without a message: another one of the same person goes on. It
// ignores one that has ended meanwhile.
func (c *conversations) closeMerged(ctx context.Context, workflowIDs []string, now time.Time) error {
	envelope := workflows.Envelope{At: signalTime(now), Merged: true}
	for _, id := range workflowIDs {
		if _, err := c.signalOpen(ctx, id, "", envelope); err != nil {
			return err
		}
	}
	return nil
}

// signalTime returns a time in the precision of envelopes.
func signalTime(now time.Time) time.Time { return now.UTC().Truncate(time.Millisecond) }
