package store

import (
	"context"
	"time"
)

// Bounds of the bots of an account.
const (
	// MaxBots and MaxVersions bound how many bots an account may have, and how many versions a bot.
	MaxBots     = 100
	MaxVersions = 1000
	// MaxBotBytes bounds the texts of all versions and tests of an account together. It is more than
	// 10,000 versions of 20 KiB, and a hundredth of what 100 bots with 1,000 versions of 256 KiB would be.
	MaxBotBytes = 256 << 20
)

// OwnedBot is a bot of an account, with its newest version.
type OwnedBot struct {
	Account string `db:"account"`
	Name    string `db:"name"`
	// Newest is the number of the newest version; Hash, CreatedAt and CreatedBy are that version's.
	Newest    int       `db:"newest"`
	Hash      string    `db:"hash"`
	CreatedAt time.Time `db:"created_at"`
	CreatedBy string    `db:"created_by"`
	// Cases is how many cases its tests have; 0 without tests.
	Cases int `db:"tests_cases"`
}

const ownedBots = `SELECT o.account AS account, o.name AS name, o.newest AS newest, v.hash AS hash, v.created_at AS created_at,
	v.created_by AS created_by, o.tests_cases AS tests_cases
	FROM owned_bots o JOIN bot_versions v ON v.account = o.account AND v.name = o.name AND v.number = o.newest`

// OwnedBot finds a bot of an account, or returns ErrNotFound.
func (s publishing) OwnedBot(ctx context.Context, account, name string) (OwnedBot, error) {
	return get[OwnedBot](ctx, s.reader(), "bot of account", ownedBots+` WHERE o.account = ? AND o.name = ?`, account, name)
}

// OwnedBotQuery asks for bots by account and name.
type OwnedBotQuery struct {
	// Account is empty for those of all accounts.
	Account string
	// AfterAccount and AfterName are the last bot of the piece before; empty for the first piece.
	AfterAccount, AfterName string
	Limit                   int
}

// OwnedBots lists bots. The order is the database's, and the same for every piece.
func (s publishing) OwnedBots(ctx context.Context, q OwnedBotQuery) ([]OwnedBot, error) {
	query, args := ownedBots+` WHERE (o.account, o.name) > (?, ?)`, []any{q.AfterAccount, q.AfterName}
	if q.Account != "" {
		query, args = query+` AND o.account = ?`, append(args, q.Account)
	}
	return list[OwnedBot](ctx, s.reader(), "bots of accounts", query+` ORDER BY o.account, o.name LIMIT ?`, append(args, q.Limit)...)
}

// BotTests are the scripted conversations that a version of a bot has to pass before it is published.
type BotTests struct {
	// Revision grows with every change; 0 means that there are no tests.
	Revision    int       `db:"tests_revision"`
	Cases       int       `db:"tests_cases"`
	ContentType string    `db:"tests_type"`
	By          string    `db:"tests_by"`
	At          time.Time `db:"tests_at"`
	Source      []byte    `db:"tests"`
}

// PutTests replaces the tests of a bot, or returns ErrNotFound if the account has no such bot, or
// ErrTooManyBytes. The revision is counted here.
func (s publishing) PutTests(ctx context.Context, account, name string, t BotTests) error {
	const op = "put tests"
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		if err := lockBots(ctx, tx, op, account); err != nil {
			return err
		}
		before, err := get[int](ctx, tx, op, `SELECT length(tests) FROM owned_bots WHERE account = ? AND name = ?`, account, name)
		if err != nil {
			return err
		}
		if err := growBots(ctx, tx, op, account, len(t.Source)-before); err != nil {
			return err
		}
		return tx.change(ctx, op, `UPDATE owned_bots SET tests_revision = tests_revision + 1,
			tests_cases = ?, tests_type = ?, tests_by = ?, tests_at = ?, tests = ? WHERE account = ? AND name = ?`,
			t.Cases, t.ContentType, t.By, t.At, t.Source, account, name)
	})
}

// lockBots locks the account's row, so that its texts are counted one after the other. It returns
// ErrNotFound for an unknown account.
func lockBots(ctx context.Context, tx session, op, account string) error {
	return tx.change(ctx, op, `UPDATE accounts SET bot_bytes = bot_bytes WHERE name = ?`, account)
}

// growBots counts bytes, of which there are fewer than before if by is negative. The row is locked.
func growBots(ctx context.Context, tx session, op, account string, by int) error {
	bytes, err := get[int](ctx, tx, op, `SELECT bot_bytes FROM accounts WHERE name = ?`, account)
	if err != nil {
		return err
	}
	if by > 0 && bytes+by > MaxBotBytes {
		return tx.fail(ctx, op, ErrTooManyBytes)
	}
	return tx.change(ctx, op, `UPDATE accounts SET bot_bytes = ? WHERE name = ?`, bytes+by, account)
}

// Tests returns the tests of a bot, or ErrNotFound if the account has no such bot.
func (s publishing) Tests(ctx context.Context, account, name string) (BotTests, error) {
	return get[BotTests](ctx, s.reader(), "tests of bot", `SELECT tests_revision, tests_cases, tests_type, tests_by, tests_at, tests
		FROM owned_bots WHERE account = ? AND name = ?`, account, name)
}
