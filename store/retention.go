package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// dropConversations repeats the condition of the index on closed_at, without which neither database uses it.
const dropConversations = `DELETE FROM conversations WHERE id IN (
	SELECT id FROM conversations c WHERE closed_at > 0 AND closed_at < ?
		AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.conversation = c.id AND d.state = 'waiting')
	ORDER BY closed_at, id LIMIT ?) RETURNING id`

const dropPages = `DELETE FROM transcript_pages WHERE conversation IN (?)`

const dropEarlyPages = `DELETE FROM transcript_pages WHERE (conversation, number) IN (
	SELECT conversation, number FROM transcript_pages p WHERE early_at > 0 AND early_at < ?
		AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.id = p.conversation)
	ORDER BY early_at LIMIT ?)`

// dropStatuses also asks for the time of the latest status: a release from before first_at leaves 0 there.
const dropStatuses = `DELETE FROM message_statuses WHERE (channel, wamid) IN (
	SELECT channel, wamid FROM message_statuses WHERE first_at < ? AND at < ? ORDER BY first_at LIMIT ?)`

// DropConversations deletes conversations that were closed before the given time, the oldest first and at most
// limit, and counts them. Their transcripts go with them, all or nothing. One whose deliveries still wait stays,
// and so does its delivery once it is settled: see DropSettled.
func (s conversations) DropConversations(ctx context.Context, before time.Time, limit int) (count int64, err error) {
	const op = "drop old conversations"
	err = s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		ids, err := list[string](ctx, tx, op, dropConversations, before, max(limit, 0))
		if count = int64(len(ids)); err != nil || count == 0 {
			return err
		}
		query, args, err := sqlx.In(dropPages, ids)
		if err != nil {
			return fmt.Errorf("store: %s: %w", op, err)
		}
		_, err = tx.unprepared().exec(ctx, op, query, args...)
		return err
	})
	if err != nil {
		return 0, err
	}
	return count, nil
}

// DropEarlyPages deletes pages that were written before the given time and whose conversation never got a row,
// at most limit, and counts them. That time has to be longer ago than a conversation may be open.
func (s conversations) DropEarlyPages(ctx context.Context, before time.Time, limit int) (int64, error) {
	return s.writer().exec(ctx, "drop pages without a conversation", dropEarlyPages, before, max(limit, 0))
}

// DropStatuses deletes the statuses of messages of which Meta has reported nothing since the given time, by its own
// clock, at most limit, and counts them.
func (s deliveries) DropStatuses(ctx context.Context, before time.Time, limit int) (int64, error) {
	return s.writer().exec(ctx, "drop old statuses", dropStatuses, before, before, max(limit, 0))
}
