package store

import (
	"context"
	"time"
)

// Bot is one version of a definition; it never changes.
type Bot struct {
	// Hash is the hex SHA-256 of the definition's canonical form, computed by package bot.
	Hash string `db:"hash"`
	// Account owns it; empty for the built-in starter.
	Account   string    `db:"account"`
	Name      string    `db:"name"`
	Source    []byte    `db:"source"`
	CreatedAt time.Time `db:"created_at"`
}

const botColumns = `hash, account, name, source, created_at`

type botRow struct {
	Bot
	CreatedAt millis `db:"created_at"`
}

func (r botRow) bot() Bot {
	r.Bot.CreatedAt = r.CreatedAt.time()
	r.Source = orNil(r.Source)
	return r.Bot
}

// PutBot stores a definition. One that is there already stays as it is: equal hashes are
// equal definitions.
func (s *Store) PutBot(ctx context.Context, b Bot) error {
	_, err := s.writer().exec(ctx, "put bot",
		`INSERT INTO bots (`+botColumns+`) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING`,
		b.Hash, b.Account, b.Name, b.Source, b.CreatedAt)
	return err
}

// Bot finds a definition by its hash, or gives ErrNotFound.
func (s *Store) Bot(ctx context.Context, hash string) (Bot, error) {
	var row botRow
	err := s.reader().get(ctx, "bot", &row, `SELECT `+botColumns+` FROM bots WHERE hash = ?`, hash)
	return row.bot(), err
}
