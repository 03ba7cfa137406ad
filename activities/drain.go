package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

const (
	// drainPage is how many conversations are asked to try again at a time.
	drainPage = 50
	// drainEvery is how often a process starts the drain of a channel at most: a webhook that works
	// again shows with each of its conversations.
	drainEvery = 10 * time.Second
)

// RetryWaitingInput names a page of the conversations of which something waits.
type RetryWaitingInput struct {
	Channel string `json:"channel"`
	// After is the last conversation of the page before; empty for the first page.
	After string `json:"after,omitempty"`
}

// RetryWaitingResult is what became of the page.
type RetryWaitingResult struct {
	Retried int `json:"retried"`
	// Last is the page's last conversation; empty when there are no more.
	Last string `json:"last,omitempty"`
}

// RetryWaiting asks one page of a channel's conversations to try at once what waits for its webhook.
// What cannot be asked is left to its schedule.
func (a *Activities) RetryWaiting(ctx context.Context, in RetryWaitingInput) (RetryWaitingResult, error) {
	var result RetryWaitingResult
	waiting, err := a.store.WaitingConversations(ctx, in.Channel, in.After, drainPage)
	if err != nil {
		return result, fmt.Errorf("read the ledger: %w", err)
	}
	for _, w := range waiting {
		if err := a.runs.Retry(ctx, w); err != nil {
			return result, fmt.Errorf("ask conversation %s to try again: %w", w.Conversation, err)
		}
		result.Retried++
	}
	if len(waiting) == drainPage {
		result.Last = waiting[drainPage-1].Conversation
	}
	return result, nil
}

// drain starts the drain of a channel whose webhook works again, unless this process did just now.
func (a *Activities) drain(ctx context.Context, channel string) error {
	if a.drained.Has(channel) {
		return nil
	}
	waiting, err := a.store.WaitingConversations(ctx, channel, "", 1)
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	if len(waiting) == 0 {
		return nil
	}
	if err := a.runs.StartDrain(ctx, channel); err != nil {
		return fmt.Errorf("start the drain of channel %s: %w", channel, err)
	}
	a.drained.Set(channel, struct{}{}, ttlcache.DefaultTTL)
	a.log.InfoContext(ctx, "the webhook works again, draining what waits", "channel", channel)
	return nil
}
