package activities

import (
	"context"
	"time"
)

// Bounds of what one sweep deletes from the archive. An hour of 1,000 messages a second leaves 360,000
// conversations of ten messages and 3.6 million statuses; more than that is left to the next sweeps.
const (
	maxOldConversations = 500_000
	maxOldStatuses      = 5_000_000
	// A batch is one transaction: it must not hold the database up, nor SQLite's other writers.
	conversationBatch = 100
	statusBatch       = 1000
	// droppingTime is how long a sweep begins batches of one kind: its activity has 5 minutes.
	droppingTime = time.Minute
)

// retention is how long the archive is kept, 0 for ever, and how much of it one sweep deletes.
type retention struct {
	kept                    time.Duration
	conversations, statuses batches
	time                    time.Duration
}

// batches bound how many rows are deleted together, and how many in all.
type batches struct{ size, most int }

// newRetention keeps the archive at least as long as message ids have to be known.
func newRetention(kept time.Duration) retention {
	if kept != 0 {
		kept = max(kept, remembered)
	}
	return retention{
		kept:          kept,
		conversations: batches{conversationBatch, maxOldConversations},
		statuses:      batches{statusBatch, maxOldStatuses},
		time:          droppingTime,
	}
}

// dropArchived deletes what is older than the archive is kept. A failure is only logged: the next sweep goes on,
// and what this one has found to recover must not wait for it.
func (s sweep) dropArchived(ctx context.Context) {
	if s.retention.kept == 0 {
		return
	}
	before := s.now().Add(-s.retention.kept)
	var dropped [3]int64
	var err error
	for i, step := range []struct {
		drop func(context.Context, time.Time, int) (int64, error)
		batches
	}{
		{s.store.DropConversations, s.retention.conversations},
		{s.store.DropEarlyPages, s.retention.conversations},
		{s.store.DropStatuses, s.retention.statuses},
	} {
		if dropped[i], err = s.dropBatches(ctx, step.drop, step.batches, before); err != nil {
			s.log.ErrorContext(ctx, "cannot delete what is older than the archive is kept", "error", err)
			break
		}
	}
	if dropped != [3]int64{} {
		s.log.InfoContext(ctx, "deleted what is older than the archive is kept",
			"before", before, "conversations", dropped[0], "pages_without_conversation", dropped[1], "statuses", dropped[2])
	}
}

// dropBatches calls drop until nothing is left, or a bound is reached, and counts what is gone.
func (s sweep) dropBatches(
	ctx context.Context, drop func(context.Context, time.Time, int) (int64, error), b batches, before time.Time,
) (total int64, err error) {
	until := s.now().Add(s.retention.time)
	for range b.most / b.size {
		if !s.now().Before(until) {
			break
		}
		dropped, err := drop(ctx, before, b.size)
		total += dropped
		if err != nil || dropped < int64(b.size) {
			return total, err
		}
	}
	return total, nil
}
