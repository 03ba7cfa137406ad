package store

import (
	"cmp"
	"context"
	"time"
)

const (
	// offAfter and offFailures are when a webhook is taken for gone: so many failures, over so long a
	// time, with no success between them.
	offAfter    = 5 * 24 * time.Hour
	offFailures = 20
)

// Reasons why a webhook is off.
const (
	// OffFailing is a webhook that failed for five days.
	OffFailing = "failing"
	// OffGone is a webhook that answered 410.
	OffGone = "gone"
	// OffDisabled is a webhook that asked to be switched off, by a header of its response.
	OffDisabled = "disabled"
)

// WebhookHealth is what is known of a channel's present webhook. The zero value is one that works.
type WebhookHealth struct {
	Channel string `db:"channel"`
	URL     string `db:"url"`
	// FailingSince is when the first of Failures was, since the latest success.
	FailingSince time.Time `db:"failing_since"`
	Failures     int       `db:"failures"`
	// HeldUntil is until when the webhook asked not to be tried; zero if it did not.
	HeldUntil time.Time `db:"held_until"`
	// OffAt is since when nothing is tried; zero while it is on.
	OffAt     time.Time `db:"off_at"`
	OffReason string    `db:"off_reason"`
}

// IsOff reports whether nothing is to be tried.
func (h WebhookHealth) IsOff() bool { return !h.OffAt.IsZero() }

// IsHeld reports whether the webhook asked not to be tried now.
func (h WebhookHealth) IsHeld(now time.Time) bool { return h.HeldUntil.After(now) }

// WebhookFailure is a failed attempt at a channel's webhook.
type WebhookFailure struct {
	Channel string
	// URL is the webhook that failed: nothing is recorded once the channel has another.
	URL string
	At  time.Time
	// HeldUntil is until when it asked not to be tried; zero if it did not.
	HeldUntil time.Time
	// Off is why it is to be switched off at once; empty if it is not.
	Off string
}

const healthColumns = `channel, url, failing_since, failures, held_until, off_at, off_reason`

// WebhookHealth reads what is known of a channel's present webhook; the zero value if it works.
func (s deliveries) WebhookHealth(ctx context.Context, channel string) (WebhookHealth, error) {
	rows, err := list[WebhookHealth](ctx, s.reader(), "webhook health",
		`SELECT `+healthColumns+` FROM webhook_health
		WHERE channel = ? AND url = (SELECT webhook_url FROM channels WHERE wa_id = webhook_health.channel)`, channel)
	if err != nil || len(rows) == 0 {
		return WebhookHealth{}, err
	}
	return rows[0], nil
}

// RecordWebhookFailure counts a failure, and switches the webhook off when it is time, which it announces;
// switchedOff reports whether this failure did. A webhook that the channel does not have any more is left alone.
func (s deliveries) RecordWebhookFailure(ctx context.Context, f WebhookFailure) (switchedOff bool, err error) {
	const op = "record webhook failure"
	err = s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		// A row of another URL is that of an earlier webhook.
		_, err := tx.exec(ctx, op, `INSERT INTO webhook_health (`+healthColumns+`)
			SELECT wa_id, webhook_url, CAST(? AS BIGINT), 1, CAST(? AS BIGINT), 0, '' FROM channels
			WHERE wa_id = ? AND webhook_url = ?
			ON CONFLICT (channel) DO UPDATE SET
				url = excluded.url,
				failing_since = CASE WHEN webhook_health.url = excluded.url
					THEN webhook_health.failing_since ELSE excluded.failing_since END,
				failures = CASE WHEN webhook_health.url = excluded.url THEN webhook_health.failures + 1 ELSE 1 END,
				held_until = CASE WHEN webhook_health.url = excluded.url AND webhook_health.held_until > excluded.held_until
					THEN webhook_health.held_until ELSE excluded.held_until END,
				off_at = CASE WHEN webhook_health.url = excluded.url THEN webhook_health.off_at ELSE 0 END,
				off_reason = CASE WHEN webhook_health.url = excluded.url THEN webhook_health.off_reason ELSE '' END`,
			f.At, f.HeldUntil, f.Channel, f.URL)
		if err != nil {
			return err
		}
		changed, err := tx.exec(ctx, op, `UPDATE webhook_health SET off_at = ?, off_reason = ?
			WHERE channel = ? AND url = ? AND off_at = 0 AND (? <> '' OR (failures >= ? AND failing_since <= ?))`,
			f.At, cmp.Or(f.Off, OffFailing), f.Channel, f.URL, f.Off, offFailures, f.At.Add(-offAfter))
		if switchedOff = changed > 0; err != nil || !switchedOff {
			return err
		}
		since, err := get[time.Time](ctx, tx, op, `SELECT failing_since FROM webhook_health WHERE channel = ?`, f.Channel)
		if err != nil {
			return err
		}
		off := DisabledData{WaID: f.Channel, Reason: cmp.Or(f.Off, OffFailing), Since: f.At, FailingSince: since}
		return announce(ctx, tx, op, off.Event())
	})
	return switchedOff && err == nil, err
}

// RecordWebhookSuccess forgets what was wrong with a webhook. One that is off or held asked for that while
// the message was under way: it stays so.
func (s deliveries) RecordWebhookSuccess(ctx context.Context, channel, url string, at time.Time) error {
	_, err := s.writer().exec(ctx, "record webhook success",
		`DELETE FROM webhook_health WHERE channel = ? AND url = ? AND off_at = 0 AND held_until <= ?`, channel, url, at)
	return err
}

// WaitingConversation is a conversation of which something waits for the webhook.
type WaitingConversation struct {
	Conversation string `db:"conversation"`
	WorkflowID   string `db:"workflow_id"`
	// Notice is set when the first of what waits is the close notice.
	Notice bool `db:"notice"`
}

// WaitingConversations lists a channel's conversations of which something waits, ordered by id, after
// the given one, at most limit.
func (s deliveries) WaitingConversations(ctx context.Context, channel, after string, limit int) ([]WaitingConversation, error) {
	return list[WaitingConversation](ctx, s.reader(), "waiting conversations",
		`SELECT conversation, MIN(workflow_id) AS workflow_id,
			MIN(CASE WHEN kind = 'notice' THEN 1 ELSE 0 END) = 1 AS notice
		FROM deliveries WHERE state = 'waiting' AND channel = ? AND conversation > ?
		GROUP BY conversation ORDER BY conversation LIMIT ?`, channel, after, max(limit, 0))
}
