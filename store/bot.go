package store

import (
	"context"
	"time"
)

// Bot is a definition, as the workers load it. It never changes. Several accounts may have the same
// one: which of them do is said by their versions, and not here.
type Bot struct {
	// Hash is the hex SHA-256 of the definition's canonical form, computed by package bot.
	Hash string `db:"hash"`
	// Account is the first that stored it; empty for the built-in starter.
	Account   string    `db:"account"`
	Name      string    `db:"name"`
	Source    []byte    `db:"source"`
	CreatedAt time.Time `db:"created_at"`
}

const botColumns = `hash, account, name, source, created_at`

// PutBot stores a definition. One that exists already is left as it is: equal hashes mean equal
// definitions.
func (s accounts) PutBot(ctx context.Context, b Bot) error { return putBot(ctx, s.writer(), b) }

func putBot(ctx context.Context, q session, b Bot) error {
	return q.insert(ctx, "put bot", "bots", botColumns, `ON CONFLICT (hash) DO NOTHING`,
		[]any{b.Hash, b.Account, b.Name, b.Source, b.CreatedAt})
}

// Bot finds a definition by its hash, or returns ErrNotFound.
func (s accounts) Bot(ctx context.Context, hash string) (Bot, error) {
	return get[Bot](ctx, s.reader(), "bot", `SELECT `+botColumns+` FROM bots WHERE hash = ?`, hash)
}
