package store

import "context"

// LiveChannel is a channel with the name and version of its bot.
type LiveChannel struct {
	Channel

	// BotName is empty for the starter. BotVersion is 0 for what is no version of the account.
	BotName    string `db:"bot_name"`
	BotVersion int    `db:"bot_version"`
}

const liveChannels = `SELECT h.wa_id AS wa_id, h.phone_number_id AS phone_number_id, h.account AS account, h.webhook_url AS webhook_url,
	h.version AS version, h.pull_since AS pull_since, h.merge_notice AS merge_notice, h.timeout_seconds AS timeout_seconds,
	h.events_url AS events_url, h.bot AS bot, h.loop_guard AS loop_guard, h.publication AS publication, h.created_at AS created_at,
	h.updated_at AS updated_at, COALESCE(b.name, '') AS bot_name, COALESCE(v.number, 0) AS bot_version
	FROM channels h LEFT JOIN bots b ON b.hash = h.bot LEFT JOIN bot_versions v ON v.account = h.account AND v.hash = h.bot`

// LiveChannel finds a channel by its number, or returns ErrNotFound.
func (s publishing) LiveChannel(ctx context.Context, waID string) (LiveChannel, error) {
	return get[LiveChannel](ctx, s.reader(), "live channel", liveChannels+` WHERE h.wa_id = ?`, waID)
}

// LiveChannels lists the channels of an account, or all if account is empty. after is the last number
// of the piece before, empty for the first piece. The order is the database's.
func (s publishing) LiveChannels(ctx context.Context, account, after string, limit int) ([]LiveChannel, error) {
	query, args := liveChannels+` WHERE h.wa_id > ?`, []any{after}
	if account != "" {
		query, args = query+` AND h.account = ?`, append(args, account)
	}
	return list[LiveChannel](ctx, s.reader(), "live channels", query+` ORDER BY h.wa_id LIMIT ?`, append(args, limit)...)
}

// LiveVersion is a version that is live on a channel.
type LiveVersion struct {
	Channel string `db:"wa_id"`
	Account string `db:"account"`
	Name    string `db:"name"`
	Number  int    `db:"number"`
}

// LiveVersions lists the versions that are live on the channels of some accounts, by channel.
func (s publishing) LiveVersions(ctx context.Context, accounts []string) ([]LiveVersion, error) {
	return listIn[LiveVersion](ctx, s.reader(), "live versions", accounts, `SELECT h.wa_id AS wa_id, v.account AS account, v.name AS name, v.number AS number
		FROM channels h JOIN bot_versions v ON v.account = h.account AND v.hash = h.bot WHERE h.bot <> '' AND h.account IN (?) ORDER BY h.wa_id`)
}
