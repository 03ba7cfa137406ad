package store

import (
	"context"
	"strings"
	"time"
)

// WebhookSettings change how the replies of a channel leave. A nil field leaves its setting as it is.
type WebhookSettings struct {
	// URL is where replies are posted.
	URL *string
	// Version is the Graph version of the messages; empty means the newest.
	Version *string
	// Pull is whether the ISV pulls its messages instead. One that does already goes on as before.
	Pull *bool
	// MergeNotice puts the close notice into the last message of a conversation.
	MergeNotice *bool
	// TimeoutSeconds is how long an attempt may take.
	TimeoutSeconds *int
	// EventsURL is where events are posted; empty for nowhere.
	EventsURL *string
}

// SetWebhook sets where a channel's replies are posted and in which Graph version, or returns
// ErrNotFound. Whatever was wrong with its webhook is forgotten, also if it is the same one.
func (s accounts) SetWebhook(ctx context.Context, waID, url, version string, at time.Time) error {
	return s.ConfigureWebhook(ctx, waID, WebhookSettings{URL: &url, Version: &version}, at)
}

// ConfigureWebhook changes the settings that are given, all or none, or returns ErrNotFound. With a URL,
// or a change between posted and pulled, whatever was wrong with the webhook is forgotten. The same holds for
// the events URL; what waits for it is due at once, or dropped if there is none any more.
func (s accounts) ConfigureWebhook(ctx context.Context, waID string, settings WebhookSettings, at time.Time) error {
	const op = "configure webhook"
	changes := settings.changes(at)
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		err := tx.change(ctx, op, `UPDATE channels SET `+changes.sql+` WHERE wa_id = ?`, append(changes.args, waID)...)
		if err != nil {
			return err
		}
		if settings.EventsURL != nil {
			if err := configureEvents(ctx, tx, op, waID, *settings.EventsURL); err != nil {
				return err
			}
		}
		if settings.URL == nil && settings.Pull == nil {
			return nil
		}
		_, err = tx.exec(ctx, op, `DELETE FROM webhook_health WHERE channel = ?`, waID)
		return err
	})
}

// changes are the assignments of an UPDATE.
func (w WebhookSettings) changes(at time.Time) condition {
	sets, args := []string{`updated_at = ?`}, []any{at}
	add := func(set string, values ...any) { sets, args = append(sets, set), append(args, values...) }
	if w.URL != nil {
		add(`webhook_url = ?`, *w.URL)
	}
	if w.Version != nil {
		add(`version = ?`, *w.Version)
	}
	if w.MergeNotice != nil {
		add(`merge_notice = ?`, *w.MergeNotice)
	}
	if w.TimeoutSeconds != nil {
		add(`timeout_seconds = ?`, *w.TimeoutSeconds)
	}
	if w.EventsURL != nil {
		add(`events_url = ?`, *w.EventsURL)
	}
	switch {
	case w.Pull == nil:
	case *w.Pull:
		add(`pull_since = CASE WHEN pull_since = 0 THEN ? ELSE pull_since END`, at)
	default:
		add(`pull_since = 0`)
	}
	return condition{strings.Join(sets, `, `), args}
}
