package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/store"
)

// batch is how many conversations are listed at a time.
const batch = 200

// Source is what is read of the database.
type Source interface {
	Conversations(ctx context.Context, q store.ConversationQuery) ([]store.Conversation, error)
	Pages(ctx context.Context, conversation string) ([]store.Page, error)
}

// Query says which conversations are run again: the closed ones of a channel that were opened since a
// time, the newest first, at most Limit.
type Query struct {
	Channel string
	Since   time.Time
	Limit   int
}

// Rerun runs archived conversations through a bot, a batch at a time, and holds one conversation at a
// time. Make it with [NewRerun]; it is used by one goroutine.
type Rerun struct {
	source Source
	bot    *definition.Bot
	limit  int
	list   store.ConversationQuery
	report *Report
}

// NewRerun returns a re-run that has not begun.
func NewRerun(source Source, b *definition.Bot, q Query) *Rerun {
	return &Rerun{
		source: source, bot: b, limit: q.Limit, report: newReport(),
		list: store.ConversationQuery{Channel: q.Channel, Status: store.ConversationClosed, From: q.Since},
	}
}

// Report is what the batches so far have come to.
func (r *Rerun) Report() *Report { return r.report }

// Next runs the next batch, within the limit. It reports whether there may be more conversations, also
// when the limit has been reached.
func (r *Rerun) Next(ctx context.Context) (more bool, err error) {
	if r.list.Limit = min(batch, r.limit-r.report.Conversations); r.list.Limit <= 0 {
		return false, nil
	}
	rows, err := r.source.Conversations(ctx, r.list)
	if err != nil {
		return false, fmt.Errorf("cannot list the archived conversations: %w", err)
	}
	for _, row := range rows {
		if err := r.rerun(ctx, row); err != nil {
			return false, err
		}
	}
	if len(rows) < r.list.Limit {
		return false, nil
	}
	last := rows[len(rows)-1]
	r.list.After = store.ConversationCursor{OpenedAt: last.OpenedAt, ID: last.ID}
	return true, nil
}

// rerun adds one conversation to the report. One that cannot be run again is counted.
func (r *Rerun) rerun(ctx context.Context, row store.Conversation) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	pages, err := r.source.Pages(ctx, row.ID)
	if err != nil {
		return fmt.Errorf("cannot read the archived conversation: %w", err)
	}
	r.report.Conversations++
	c, err := Read(row, pages)
	if err != nil {
		r.report.unreadable(reasonUnreadable, row.ID)
		return nil //nolint:nilerr // it is counted
	}
	difference, err := rerun.Run(r.bot, c)
	switch {
	case errors.Is(err, rerun.ErrNoRecord):
		r.report.unreadable(reasonOlder, row.ID)
	case err != nil:
		r.report.unreadable(reasonIncomplete, row.ID)
	case difference == nil:
		r.report.Same++
	default:
		r.report.differs(row.ID, difference)
	}
	return nil
}
