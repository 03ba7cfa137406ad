package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/store"
)

const (
	// maxFetched bounds the result of one FetchOverflow, in bytes: it stands in the history.
	maxFetched = 256 << 10
	// maxOverflowed bounds the overflow in the transcript of a terminated conversation, in bytes.
	maxOverflowed = 1 << 20
	// overflowKept is how long overflow is kept: longer than any conversation lives.
	overflowKept = 8 * 24 * time.Hour
)

// OverflowInput holds the messages for which a conversation's inbox has no room.
type OverflowInput struct {
	// Owner names the list to which they are appended.
	Owner string
	// From is the number of the first of them.
	From     int
	Messages []json.RawMessage
}

// KeepOverflow writes waiting messages into the database. It is idempotent.
func (a *Activities) KeepOverflow(ctx context.Context, in OverflowInput) error {
	messages := make([][]byte, len(in.Messages))
	for i, m := range in.Messages {
		messages[i] = m
	}
	if err := a.store.KeepOverflow(ctx, in.Owner, in.From, messages, a.now()); err != nil {
		return fmt.Errorf("keep %d overflow messages: %w", len(messages), err)
	}
	return nil
}

// OverflowRange names messages that KeepOverflow wrote.
type OverflowRange struct {
	Owner string `json:"owner"`
	From  int    `json:"from"`
	Count int    `json:"count"`
}

// OverflowResult are the first messages of a range.
type OverflowResult struct {
	Messages []json.RawMessage `json:"messages,omitempty"`
}

// FetchOverflow returns the first messages of a range, and deletes those before it.
func (a *Activities) FetchOverflow(ctx context.Context, in OverflowRange) (OverflowResult, error) {
	if err := a.store.DropOverflow(ctx, in.Owner, in.From); err != nil {
		return OverflowResult{}, fmt.Errorf("drop handled overflow: %w", err)
	}
	found, err := a.store.Overflow(ctx, in.Owner, in.From, in.Count, maxFetched)
	if err != nil {
		return OverflowResult{}, fmt.Errorf("read overflow: %w", err)
	}
	var result OverflowResult
	for _, m := range found {
		result.Messages = append(result.Messages, m)
	}
	return result, nil
}

// overflowed are the messages of a range as transcript entries, for a conversation that will not
// answer them any more. They go into one page: those beyond its size are only counted.
func (r recovery) overflowed(ctx context.Context, kept *OverflowRange) (entries []store.Entry, more int, err error) {
	if kept == nil {
		return nil, 0, nil
	}
	found, err := r.store.Overflow(ctx, kept.Owner, kept.From, kept.Count, maxOverflowed)
	if err != nil {
		return nil, 0, fmt.Errorf("read overflow: %w", err)
	}
	for _, raw := range found {
		var m struct {
			At        time.Time       `json:"at"`
			ID        string          `json:"id"`
			Type      string          `json:"type"`
			Timestamp int64           `json:"timestamp"`
			Message   json.RawMessage `json:"message"`
		}
		if err := json.Unmarshal(raw, &m); err == nil {
			entries = append(entries, store.Entry{At: m.At, Direction: store.In, ID: m.ID, Type: m.Type, Timestamp: m.Timestamp, Body: m.Message})
		}
	}
	return entries, kept.Count - len(entries), nil
}
