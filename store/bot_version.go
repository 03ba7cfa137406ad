package store

import (
	"context"
	"errors"
	"time"
)

// BotVersion is one version of a bot of an account. It never changes.
type BotVersion struct {
	Account string `db:"account"`
	Name    string `db:"name"`
	// Number counts the versions of the bot, from 1.
	Number int `db:"number"`
	// Hash is that of the definition: see [Bot].
	Hash string `db:"hash"`
	// ContentType is that of Source.
	ContentType string    `db:"content_type"`
	CreatedAt   time.Time `db:"created_at"`
	CreatedBy   string    `db:"created_by"`
	// Source is the text as it was put; lists of versions are without it.
	Source []byte `db:"source"`
}

const versionColumns = `account, name, number, hash, content_type, created_at, created_by`

// versionsWithText are versions with their texts, which are not held twice: a version holds its own where
// that of the definition is another.
const versionsWithText = `SELECT v.account AS account, v.name AS name, v.number AS number, v.hash AS hash, v.content_type AS content_type,
	v.created_at AS created_at, v.created_by AS created_by, CASE WHEN length(v.source) = 0 THEN b.source ELSE v.source END AS source
	FROM bot_versions v JOIN bots b ON b.hash = v.hash`

// PutVersion stores a version and its definition, and numbers it. If the account has one of the same
// hash, that one is returned, and created is false. The errors are ErrNotFound for an unknown account,
// ErrTooManyBots, ErrTooManyVersions and ErrTooManyBytes.
func (s publishing) PutVersion(ctx context.Context, v BotVersion) (stored BotVersion, created bool, err error) {
	const op = "put version"
	err = s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		if err := lockBots(ctx, tx, op, v.Account); err != nil {
			return err
		}
		stored, err = get[BotVersion](ctx, tx, op, `SELECT `+versionColumns+` FROM bot_versions WHERE account = ? AND hash = ?`, v.Account, v.Hash)
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		stored, created = v, true
		if stored.Number, err = nextVersion(ctx, tx, op, v.Account, v.Name); err != nil {
			return err
		}
		return addVersion(ctx, tx, op, stored)
	})
	return stored, created && err == nil, err
}

// addVersion writes a version and its definition.
func addVersion(ctx context.Context, tx session, op string, v BotVersion) error {
	if err := growBots(ctx, tx, op, v.Account, len(v.Source)); err != nil {
		return err
	}
	definition := Bot{Hash: v.Hash, Account: v.Account, Name: v.Name, Source: v.Source, CreatedAt: v.CreatedAt}
	if err := putBot(ctx, tx, definition); err != nil {
		return err
	}
	// Who else has stored the definition may have written it otherwise.
	same, err := get[int](ctx, tx, op, `SELECT count(*) FROM bots WHERE hash = ? AND source = ?`, v.Hash, v.Source)
	if err != nil {
		return err
	}
	var own []byte
	if same == 0 {
		own = v.Source
	}
	return tx.insert(ctx, op, "bot_versions", versionColumns+`, source`, "", []any{
		v.Account, v.Name, v.Number, v.Hash, v.ContentType, v.CreatedAt, v.CreatedBy, own,
	})
}

// nextVersion takes the next number of a bot, which is made if it is new.
func nextVersion(ctx context.Context, tx session, op, account, name string) (int, error) {
	newest, err := get[int](ctx, tx, op, `SELECT newest FROM owned_bots WHERE account = ? AND name = ?`, account, name)
	if errors.Is(err, ErrNotFound) {
		return 1, addOwnedBot(ctx, tx, op, account, name)
	}
	if err != nil {
		return 0, err
	}
	if newest >= MaxVersions {
		return 0, tx.fail(ctx, op, ErrTooManyVersions)
	}
	return newest + 1, tx.change(ctx, op, `UPDATE owned_bots SET newest = newest + 1 WHERE account = ? AND name = ?`, account, name)
}

func addOwnedBot(ctx context.Context, tx session, op, account, name string) error {
	bots, err := get[int](ctx, tx, op, `SELECT count(*) FROM owned_bots WHERE account = ?`, account)
	if err != nil {
		return err
	}
	if bots >= MaxBots {
		return tx.fail(ctx, op, ErrTooManyBots)
	}
	return tx.insert(ctx, op, "owned_bots", `account, name, newest`, "", []any{account, name, 1})
}

// Version finds a version with its text, or returns ErrNotFound; number 0 is the newest.
func (s publishing) Version(ctx context.Context, account, name string, number int) (BotVersion, error) {
	query, args := versionsWithText+` WHERE v.account = ? AND v.name = ?`, []any{account, name}
	if number != 0 {
		query, args = query+` AND v.number = ?`, append(args, number)
	}
	return get[BotVersion](ctx, s.reader(), "version", query+` ORDER BY v.number DESC LIMIT 1`, args...)
}

// Versions lists the versions of a bot, the newest first, without their texts. before is the number of
// the last one of the piece before, 0 for the first piece.
func (s publishing) Versions(ctx context.Context, account, name string, before, limit int) ([]BotVersion, error) {
	query, args := `SELECT `+versionColumns+` FROM bot_versions WHERE account = ? AND name = ?`, []any{account, name}
	if before != 0 {
		query, args = query+` AND number < ?`, append(args, before)
	}
	return list[BotVersion](ctx, s.reader(), "versions", query+` ORDER BY number DESC LIMIT ?`, append(args, limit)...)
}

// OpenByBot counts the open conversations on the channels of an account, by the hash of their bot.
func (s publishing) OpenByBot(ctx context.Context, account string) (map[string]int, error) {
	type count struct {
		Hash string `db:"hash"`
		Open int    `db:"open"`
	}
	counts, err := list[count](ctx, s.reader(), "open conversations by bot", openByBot, account)
	if err != nil {
		return nil, err
	}
	open := make(map[string]int, len(counts))
	for _, c := range counts {
		open[c.Hash] = c.Open
	}
	return open, nil
}

const openByBot = `SELECT c.bot AS hash, count(*) AS open FROM channels h JOIN conversations c ON c.channel = h.wa_id AND c.closed_at = 0
	WHERE h.account = ? GROUP BY c.bot`
