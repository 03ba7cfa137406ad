package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Channel is one WhatsApp number of an account.
type Channel struct {
	// WaID is the number's digits. It identifies the channel everywhere.
	WaID          string `db:"wa_id"`
	PhoneNumberID string `db:"phone_number_id"`
	Account       string `db:"account"`
	// WebhookURL is where replies are posted; empty until the first PATCH.
	WebhookURL string `db:"webhook_url"`
	// Version is the Graph version of the last PATCH; empty means the newest.
	Version string `db:"version"`
	// PullSince is since when the ISV pulls its messages; zero while they are posted to the webhook.
	PullSince time.Time `db:"pull_since"`
	// MergeNotice puts the close notice into the last message of a conversation.
	MergeNotice bool `db:"merge_notice"`
	// TimeoutSeconds is how long an attempt at the webhook may take; 0 leaves it to the lanes.
	TimeoutSeconds int `db:"timeout_seconds"`
	// EventsURL is where the events for the ISV's back office are posted; empty for nowhere.
	EventsURL string `db:"events_url"`
	// Bot is the hash of the published definition; empty means the starter bot.
	Bot string `db:"bot"`
	// LoopGuard stops the bot from talking to another bot forever. A conversation uses the
	// setting that was there when it opened.
	LoopGuard bool `db:"loop_guard"`
	// Publication is the number of the latest one; 0 before the first.
	Publication int       `db:"publication"`
	CreatedAt   time.Time `db:"created_at"`
	UpdatedAt   time.Time `db:"updated_at"`
}

const channelColumns = `wa_id, phone_number_id, account, webhook_url, version, pull_since, merge_notice,
	timeout_seconds, events_url, bot, loop_guard, publication, created_at, updated_at`

// Timeout is TimeoutSeconds as a duration; 0 if it is not set.
func (c Channel) Timeout() time.Duration { return time.Duration(c.TimeoutSeconds) * time.Second }

// AddChannel stores a new channel. It returns ErrExists if the number or the phone_number_id is
// taken, and ErrNotFound if there is no such account. Any number of channels may have an empty
// phone_number_id.
func (s accounts) AddChannel(ctx context.Context, c Channel) error {
	return s.writer().insert(ctx, "add channel", "channels", channelColumns, "", []any{
		c.WaID, c.PhoneNumberID, c.Account, c.WebhookURL, c.Version, c.PullSince, c.MergeNotice,
		c.TimeoutSeconds, c.EventsURL, c.Bot, c.LoopGuard, c.Publication, c.CreatedAt, c.UpdatedAt,
	})
}

// Channel finds a channel by its number, or returns ErrNotFound.
func (s accounts) Channel(ctx context.Context, waID string) (Channel, error) {
	return get[Channel](ctx, s.reader(), "channel",
		`SELECT `+channelColumns+` FROM channels WHERE wa_id = ?`, waID)
}

// ChannelByPhoneNumberID finds a channel by Meta's id of the number, or returns ErrNotFound.
func (s accounts) ChannelByPhoneNumberID(ctx context.Context, id string) (Channel, error) {
	// The first condition is that of the index: no channel has an empty id.
	return get[Channel](ctx, s.reader(), "channel by phone_number_id",
		`SELECT `+channelColumns+` FROM channels WHERE phone_number_id <> '' AND phone_number_id = ?`, id)
}

// Channels lists the channels of an account, or all if account is empty, sorted by number.
func (s accounts) Channels(ctx context.Context, account string) ([]Channel, error) {
	query, args := `SELECT `+channelColumns+` FROM channels`, []any(nil)
	if account != "" {
		query, args = query+` WHERE account = ?`, []any{account}
	}
	channels, err := list[Channel](ctx, s.reader(), "channels", query, args...)
	// Sorted here because the order of text in PostgreSQL depends on its locale.
	slices.SortFunc(channels, func(a, b Channel) int { return strings.Compare(a.WaID, b.WaID) })
	return channels, err
}

// SetLoopGuard turns the loop guard of a channel on or off, or returns ErrNotFound.
func (s accounts) SetLoopGuard(ctx context.Context, waID string, on bool, at time.Time) error {
	return s.writer().change(ctx, "set loop guard",
		`UPDATE channels SET loop_guard = ?, updated_at = ? WHERE wa_id = ?`, on, at, waID)
}

// SetPhoneNumberID changes Meta's id of a channel's number. It returns ErrExists if another
// channel has it, and ErrNotFound if there is no such channel.
func (s accounts) SetPhoneNumberID(ctx context.Context, waID, id string, at time.Time) error {
	return s.writer().change(ctx, "set phone_number_id",
		`UPDATE channels SET phone_number_id = ?, updated_at = ? WHERE wa_id = ?`, id, at, waID)
}

// RemoveChannel deletes a channel with its secrets, webhook keys, contacts and what bots keep of them,
// message statuses, events and publications. It returns ErrNotFound if there is no such channel, or if it has conversations: those
// are read through their channel, so it stays.
func (s accounts) RemoveChannel(ctx context.Context, waID string) error {
	const op = "remove channel"
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		// Locks the channel's row, as whoever makes a secret or a key does: none is added behind the
		// deletes, and whoever has the number next finds none.
		if err := tx.change(ctx, op, `UPDATE channels SET wa_id = wa_id WHERE wa_id = ?`, waID); err != nil {
			return err
		}
		for _, table := range []string{"channel_secrets", "webhook_keys", "webhook_health", "contacts", "contact_links", "contact_vars", "message_statuses", "events", "events_health"} {
			if _, err := tx.exec(ctx, op, `DELETE FROM `+table+` WHERE channel = ?`, waID); err != nil {
				return err
			}
		}
		err := tx.change(ctx, op, `DELETE FROM channels WHERE wa_id = ?
			AND NOT EXISTS (SELECT 1 FROM conversations WHERE channel = channels.wa_id)`, waID)
		if err != nil {
			return err
		}
		// After the channel, which a publish changes first: whoever has the number next must not see
		// what was published meanwhile.
		_, err = tx.exec(ctx, op, `DELETE FROM publications WHERE channel = ?`, waID)
		return err
	})
}
