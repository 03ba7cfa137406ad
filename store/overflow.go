package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// overflowRows is how many messages go into one statement: four values each.
const overflowRows = 100

// KeepOverflow writes messages that wait, in order and numbered on from the given number. What
// stands under these numbers already is replaced.
func (s *Store) KeepOverflow(ctx context.Context, owner string, from int, messages [][]byte, at time.Time) error {
	const op = "keep waiting messages"
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		for chunk := range slices.Chunk(messages, overflowRows) {
			args := make([]any, 0, 4*len(chunk))
			for _, message := range chunk {
				args = append(args, owner, from, at, message)
				from++
			}
			_, err := tx.exec(ctx, op, `INSERT INTO inbox_overflow (owner, number, kept_at, message) VALUES (?, ?, ?, ?)`+
				strings.Repeat(`, (?, ?, ?, ?)`, len(chunk)-1)+
				` ON CONFLICT (owner, number) DO UPDATE SET kept_at = excluded.kept_at, message = excluded.message`, args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// overflowFirst ends with the last message that fits, or else with the first alone. The sizes are
// looked at before the messages are: a list may hold 100 MB, of which a piece at a time is wanted.
const overflowFirst = `SELECT message FROM inbox_overflow WHERE owner = ? AND number >= ? AND number <= (
	SELECT COALESCE(MAX(number) FILTER (WHERE total <= ?), MIN(number)) FROM (
		SELECT number, SUM(LENGTH(message)) OVER (ORDER BY number) AS total
		FROM inbox_overflow WHERE owner = ? AND number >= ? AND number < ?) AS sizes)
	ORDER BY number`

// Overflow gives messages that wait, from the given number on: at most count, and no more than
// maxBytes unless the first alone is larger.
func (s *Store) Overflow(ctx context.Context, owner string, from, count, maxBytes int) ([][]byte, error) {
	var messages [][]byte
	err := s.reader().eachBlob(ctx, "waiting messages", func(message []byte) {
		messages = append(messages, slices.Clone(message))
	}, overflowFirst, owner, from, maxBytes, owner, from, from+count)
	return messages, err
}

// DropOverflow removes messages below a number: they do not wait any more.
func (s *Store) DropOverflow(ctx context.Context, owner string, below int) error {
	_, err := s.writer().exec(ctx, "drop waiting messages", `DELETE FROM inbox_overflow WHERE owner = ? AND number < ?`, owner, below)
	return err
}

// DropOldOverflow removes what was kept before the given time, and says how much that was: no
// conversation is as old.
func (s *Store) DropOldOverflow(ctx context.Context, before time.Time) (int64, error) {
	return s.writer().exec(ctx, "drop old waiting messages", `DELETE FROM inbox_overflow WHERE kept_at < ?`, before)
}
