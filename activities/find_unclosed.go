package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// minRowAge is how old an open row has to be before a missing workflow counts: Temporal's list of
	// running workflows may be a little late.
	minRowAge = 10 * time.Minute
	// maxSweptRows bounds one hourly sweep; missingBatch is how many rows are asked about at once.
	maxSweptRows = 10_000
	missingBatch = 100
	// forgottenAfter is how long after its budget a delivery may still be waiting for its last attempt.
	forgottenAfter = time.Hour
	// ledgerKept is how long what is settled stays in the ledger. One sweep deletes maxDropped of it at most,
	// dropBatch at a time: a statement must not hold the database up.
	ledgerKept = 30 * 24 * time.Hour
	maxDropped = 100_000
	dropBatch  = 500
	// maxFound bounds the conversations that one sweep finds.
	maxFound = 500
)

// FindInput is the input of a sweep. It is empty so far.
type FindInput struct{}

// FindResult names conversations to recover.
type FindResult struct {
	Conversations []string `json:"conversations,omitempty"`
}

// FindUnclosed returns conversations whose rows are open although they have no open run, at most some
// hundreds; the next sweep finds the rest. Before and after that it cleans up in the database.
func (a *Activities) FindUnclosed(ctx context.Context, _ FindInput) (FindResult, error) {
	s := sweep{a}
	if err := s.buryForgotten(ctx); err != nil {
		return FindResult{}, err
	}
	if _, err := a.store.DropOldOverflow(ctx, a.now().Add(-overflowKept)); err != nil {
		return FindResult{}, fmt.Errorf("drop old overflow: %w", err)
	}
	if _, err := a.keys.DropExpiredWebhookKeys(ctx, a.now()); err != nil {
		return FindResult{}, fmt.Errorf("drop expired signing keys: %w", err)
	}
	if err := s.tendEvents(ctx); err != nil {
		return FindResult{}, err
	}
	if err := s.dropSettled(ctx); err != nil {
		return FindResult{}, err
	}
	found, err := s.findUnclosed(ctx)
	if err != nil {
		return FindResult{}, err
	}
	s.dropArchived(ctx)
	return FindResult{Conversations: found}, nil
}

// sweep has the steps of FindUnclosed.
type sweep struct{ *Activities }

// buryForgotten makes dead letters of deliveries older than any budget: their workflow was
// terminated.
func (s sweep) buryForgotten(ctx context.Context) error {
	at := s.clock()
	buried, err := s.store.MarkOverdueDead(ctx, at.Add(-webhook.NoticeBudget-forgottenAfter), OutcomeTerminated, at)
	if err != nil {
		return fmt.Errorf("bury overdue deliveries: %w", err)
	}
	if buried > 0 {
		s.metrics.GaveUp(int(buried))
		s.log.WarnContext(ctx, "overdue deliveries became dead letters", "count", buried)
	}
	return nil
}

// dropSettled deletes from the ledger what is settled and old.
func (s sweep) dropSettled(ctx context.Context) error {
	before := s.now().Add(-ledgerKept)
	for range maxDropped / dropBatch {
		dropped, err := s.store.DropSettled(ctx, before, dropBatch)
		if err != nil {
			return fmt.Errorf("drop what is settled from the ledger: %w", err)
		}
		if dropped < dropBatch {
			break
		}
	}
	return nil
}

func (s sweep) findUnclosed(ctx context.Context) ([]string, error) {
	before := s.now().Add(-minRowAge)
	superseded, err := s.store.SupersededConversations(ctx, before, maxFound)
	if err != nil {
		return nil, fmt.Errorf("list superseded conversations: %w", err)
	}
	found := superseded
	var after store.Conversation
	for swept := 0; swept < maxSweptRows && len(found) < maxFound; swept += missingBatch {
		rows, err := s.store.OpenConversations(ctx, store.OpenQuery{Before: before, After: after, Limit: missingBatch})
		if err != nil {
			return nil, fmt.Errorf("list open conversations: %w", err)
		}
		missing, err := s.missing(ctx, rows)
		if err != nil {
			return nil, err
		}
		found = append(found, missing...)
		if len(rows) < missingBatch {
			break
		}
		after = rows[len(rows)-1]
	}
	return found[:min(len(found), maxFound)], nil
}

// missing returns the conversations whose workflow id has no open run.
func (s sweep) missing(ctx context.Context, rows []store.Conversation) ([]string, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.WorkflowID
	}
	running, err := s.runs.Running(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("ask Temporal which conversations run: %w", err)
	}
	var missing []string
	for _, row := range rows {
		if !running[row.WorkflowID] {
			missing = append(missing, row.ID)
		}
	}
	return missing, nil
}
