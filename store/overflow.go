package store

import (
	"context"
	"slices"
	"time"
)

// KeepOverflow stores waiting messages in order, numbered from the given number on. Messages that
// have these numbers already are replaced.
func (s conversations) KeepOverflow(ctx context.Context, owner string, from int, messages [][]byte, at time.Time) error {
	const (
		op      = "keep waiting messages"
		columns = `owner, number, kept_at, message`
	)
	rows := make([][]any, len(messages))
	for i, message := range messages {
		rows[i] = []any{owner, from + i, at, message}
	}
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		return tx.insert(ctx, op, "inbox_overflow", columns, overwrite("owner, number", columns), rows...)
	})
}

// overflowFirst selects the messages that fit into a number of bytes, or else the first alone. It
// adds up the sizes before it reads any message: the queue may have 100 MB.
const overflowFirst = `SELECT message FROM inbox_overflow WHERE owner = ? AND number >= ? AND number <= (
	SELECT COALESCE(MAX(number) FILTER (WHERE total <= ?), MIN(number)) FROM (
		SELECT number, SUM(LENGTH(message)) OVER (ORDER BY number) AS total
		FROM inbox_overflow WHERE owner = ? AND number >= ? AND number < ?) AS sizes)
	ORDER BY number`

// Overflow reads waiting messages, from the given number on: at most count, and no more than
// maxBytes together unless the first alone is larger.
func (s conversations) Overflow(ctx context.Context, owner string, from, count, maxBytes int) ([][]byte, error) {
	var messages [][]byte
	err := s.reader().eachBlob(ctx, "waiting messages", func(message []byte) {
		messages = append(messages, slices.Clone(message))
	}, overflowFirst, owner, from, maxBytes, owner, from, from+count)
	return messages, err
}

// DropOverflow deletes the messages below a number: they have been handled.
func (s conversations) DropOverflow(ctx context.Context, owner string, below int) error {
	_, err := s.writer().exec(ctx, "drop waiting messages", `DELETE FROM inbox_overflow WHERE owner = ? AND number < ?`, owner, below)
	return err
}

// DropOldOverflow deletes the messages that were stored before the given time, and counts them:
// no conversation lives that long.
func (s conversations) DropOldOverflow(ctx context.Context, before time.Time) (int64, error) {
	return s.writer().exec(ctx, "drop old waiting messages", `DELETE FROM inbox_overflow WHERE kept_at < ?`, before)
}
