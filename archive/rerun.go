package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/store"
)

const (
	// batch is how many conversations are listed at once.
	batch = 200
	// prefetch is how many transcripts are read at once, prefetchBytes how many bytes of them at most, as
	// they are stored. What does not fit is read by itself.
	prefetch      = 20
	prefetchBytes = 1 << 20
	// conversationTime is how long a single conversation may take.
	conversationTime = 5 * time.Second
)

// Source is what is read of the database.
type Source interface {
	Conversations(ctx context.Context, q store.ConversationQuery) ([]store.Conversation, error)
	Transcripts(ctx context.Context, conversations []string, most int) (map[string][]store.Page, error)
	PagesUpTo(ctx context.Context, conversation string, most int) ([]store.Page, error)
}

// Query says which conversations are run again: the closed ones of a channel that were opened since a
// time, the newest first, at most Limit.
type Query struct {
	Channel string
	Since   time.Time
	Limit   int
}

// Rerun runs archived conversations through a bot, a batch at a time, and holds one long conversation at a
// time, or a few short ones. Make it with [NewRerun]; it is used by one goroutine.
type Rerun struct {
	source Source
	bot    *definition.Bot
	limit  int
	list   store.ConversationQuery
	report *Report
	now    func() time.Time
	pause  Pause
	// fetched are transcripts that have been read already.
	fetched map[string][]store.Page
}

// NewRerun returns a re-run that has not begun. pause lets others have their turn; nil never does.
func NewRerun(source Source, b *definition.Bot, q Query, pause Pause) *Rerun {
	if pause == nil {
		pause = func(context.Context) (time.Duration, error) { return 0, nil }
	}
	return &Rerun{
		source: source, bot: b, limit: q.Limit, report: newReport(), pause: pause,
		now: time.Now, list: store.ConversationQuery{Channel: q.Channel, Status: store.ConversationClosed, From: q.Since},
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
	for i, row := range rows {
		if i%prefetch == 0 {
			if err := r.fetch(ctx, rows[i:min(i+prefetch, len(rows))]); err != nil {
				return false, err
			}
		}
		if err := r.rerun(ctx, row); err != nil {
			return false, err
		}
		r.list.After = store.ConversationCursor{OpenedAt: row.OpenedAt, ID: row.ID}
	}
	return len(rows) == r.list.Limit, nil
}

// fetch reads the transcripts of the next conversations.
func (r *Rerun) fetch(ctx context.Context, rows []store.Conversation) error {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	var err error
	if r.fetched, err = r.source.Transcripts(ctx, ids, prefetchBytes); err != nil {
		return fmt.Errorf("cannot read archived conversations: %w", err)
	}
	return nil
}

// rerun adds one conversation to the report. One that cannot be run again is counted.
func (r *Rerun) rerun(ctx context.Context, row store.Conversation) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := r.pause(ctx); err != nil {
		return err
	}
	pages, err := r.pages(ctx, row.ID)
	switch {
	case errors.Is(err, store.ErrTooLarge):
		r.report.Conversations++
		r.report.unreadable(reasonLarge, row.ID)
		return nil
	case err != nil:
		return fmt.Errorf("cannot read the archived conversation: %w", err)
	}
	return r.compare(ctx, row, pages)
}

// pages returns the transcript of a conversation.
func (r *Rerun) pages(ctx context.Context, conversation string) ([]store.Page, error) {
	if pages, ok := r.fetched[conversation]; ok {
		return pages, nil
	}
	return r.source.PagesUpTo(ctx, conversation, MaxTranscript)
}

// patience is that for a conversation. A long one has no pauses: many re-runs may pause at once, and each
// holds its conversation meanwhile.
func (r *Rerun) patience(ctx context.Context, pages []store.Page) *patience {
	p := &patience{now: r.now, until: r.now().Add(conversationTime)}
	size := 0
	for _, page := range pages {
		for i := range page.Entries {
			size += len(page.Entries[i].Body)
		}
	}
	if size <= prefetchBytes {
		p.pause = func() (time.Duration, error) { return r.pause(ctx) }
	}
	return p
}

// compare runs a conversation again.
func (r *Rerun) compare(ctx context.Context, row store.Conversation, pages []store.Page) error {
	r.report.Conversations++
	p := r.patience(ctx, pages)
	c, err := Read(row, pages)
	if err != nil {
		r.report.unreadable(reasonUnreadable, row.ID)
		return nil //nolint:nilerr // it is counted
	}
	difference, err := rerun.RunWith(func(b *definition.Bot, in chat.Input) (chat.Output, error) {
		out := p.run(b, in)
		return out, cmp.Or(p.err(), ctx.Err())
	}, r.bot, c)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case p.stopped != nil:
		return p.stopped
	case errors.Is(err, errSlow):
		r.report.unreadable(reasonSlow, row.ID)
	case errors.Is(err, rerun.ErrNoRecord) && row.Messages == 0:
		r.report.unreadable(reasonEmpty, row.ID)
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
