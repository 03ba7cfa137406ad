package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Channel is one WhatsApp number of an account.
type Channel struct {
	// WaID is the number's digits: the channel's name everywhere.
	WaID          string `db:"wa_id"`
	PhoneNumberID string `db:"phone_number_id"`
	Account       string `db:"account"`
	// WebhookURL is where replies go; empty until the first PATCH.
	WebhookURL string `db:"webhook_url"`
	// Version is the Graph version of the last PATCH; empty means the newest.
	Version string `db:"version"`
	// Bot is the hash of the published definition; empty means the starter bot.
	Bot string `db:"bot"`
	// LoopGuard keeps the bot from talking to another bot for ever. Conversations go by what it
	// says when they open.
	LoopGuard bool      `db:"loop_guard"`
	CreatedAt time.Time `db:"created_at"`
	UpdatedAt time.Time `db:"updated_at"`
}

const channelColumns = `wa_id, phone_number_id, account, webhook_url, version, bot, loop_guard, created_at, updated_at`

type channelRow struct {
	Channel
	CreatedAt millis `db:"created_at"`
	UpdatedAt millis `db:"updated_at"`
}

func (r channelRow) channel() Channel {
	r.Channel.CreatedAt = r.CreatedAt.time()
	r.Channel.UpdatedAt = r.UpdatedAt.time()
	return r.Channel
}

// AddChannel stores a new channel: ErrExists if its number or phone_number_id is taken,
// ErrNotFound if there is no such account. An empty phone_number_id is never taken.
func (s *Store) AddChannel(ctx context.Context, c Channel) error {
	_, err := s.writer().exec(ctx, "add channel",
		`INSERT INTO channels (`+channelColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.WaID, c.PhoneNumberID, c.Account, c.WebhookURL, c.Version, c.Bot, c.LoopGuard, c.CreatedAt, c.UpdatedAt)
	return err
}

// Channel finds a channel by its number, or gives ErrNotFound.
func (s *Store) Channel(ctx context.Context, waID string) (Channel, error) {
	var row channelRow
	err := s.reader().get(ctx, "channel", &row,
		`SELECT `+channelColumns+` FROM channels WHERE wa_id = ?`, waID)
	return row.channel(), err
}

// ChannelByPhoneNumberID finds a channel by Meta's id of the number, or gives ErrNotFound.
func (s *Store) ChannelByPhoneNumberID(ctx context.Context, id string) (Channel, error) {
	var row channelRow
	// The first condition is that of the index: an empty id is nobody's.
	err := s.reader().get(ctx, "channel by phone_number_id", &row,
		`SELECT `+channelColumns+` FROM channels WHERE phone_number_id <> '' AND phone_number_id = ?`, id)
	return row.channel(), err
}

// Channels gives the channels of an account, or all if account is empty, by number.
func (s *Store) Channels(ctx context.Context, account string) ([]Channel, error) {
	query, args := `SELECT `+channelColumns+` FROM channels`, []any(nil)
	if account != "" {
		query, args = `SELECT `+channelColumns+` FROM channels WHERE account = ?`, []any{account}
	}
	var rows []channelRow
	if err := s.reader().list(ctx, "channels", &rows, query, args...); err != nil {
		return nil, err
	}
	channels := make([]Channel, len(rows))
	for i, row := range rows {
		channels[i] = row.channel()
	}
	// Sorted here because the order of text in PostgreSQL depends on its locale.
	slices.SortFunc(channels, func(a, b Channel) int { return strings.Compare(a.WaID, b.WaID) })
	return channels, nil
}

// SetWebhook sets where a channel's replies go and in which Graph version, or gives
// ErrNotFound.
func (s *Store) SetWebhook(ctx context.Context, waID, url, version string, at time.Time) error {
	return s.writer().change(ctx, "set webhook",
		`UPDATE channels SET webhook_url = ?, version = ?, updated_at = ? WHERE wa_id = ?`,
		url, version, at, waID)
}

// SetLoopGuard says whether the bot of a channel is kept from talking to another bot, or gives
// ErrNotFound.
func (s *Store) SetLoopGuard(ctx context.Context, waID string, on bool, at time.Time) error {
	return s.writer().change(ctx, "set loop guard",
		`UPDATE channels SET loop_guard = ?, updated_at = ? WHERE wa_id = ?`, on, at, waID)
}

// SetPhoneNumberID changes Meta's id of a channel's number: ErrExists if another channel has it,
// ErrNotFound if there is no such channel.
func (s *Store) SetPhoneNumberID(ctx context.Context, waID, id string, at time.Time) error {
	return s.writer().change(ctx, "set phone_number_id",
		`UPDATE channels SET phone_number_id = ?, updated_at = ? WHERE wa_id = ?`, id, at, waID)
}

// RemoveChannel forgets a channel and what is known only of it. One that has conversations stays,
// because they are read through it: then, as for one that does not exist, it gives ErrNotFound.
func (s *Store) RemoveChannel(ctx context.Context, waID string) error {
	const op = "remove channel"
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		for _, of := range []string{"channel_secrets", "contacts", "contact_links", "message_statuses"} {
			if _, err := tx.exec(ctx, op, `DELETE FROM `+of+` WHERE channel = ?`, waID); err != nil {
				return err
			}
		}
		return tx.change(ctx, op, `DELETE FROM channels WHERE wa_id = ?
			AND NOT EXISTS (SELECT 1 FROM conversations WHERE channel = channels.wa_id)`, waID)
	})
}
