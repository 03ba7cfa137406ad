package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Store is one open database. It is safe for use by many goroutines.
type Store struct {
	dialect dialect
	// read and write are the same pool on PostgreSQL. SQLite has one writer at a time, so
	// there write holds a single connection: writers queue here, where a wait ends with its
	// context, and not on the file's lock.
	read, write *sqlx.DB
}

// dialect is all that differs between the databases.
type dialect struct {
	// kind is the database's name for people.
	kind string
	// goose is its name for the migrations.
	goose goose.Dialect
	// locker keeps processes from migrating at once; nil where there is no such lock.
	locker func() (lock.SessionLocker, error)
	// countTables counts the tables of one name.
	countTables string
	// classify turns the driver's error into ErrExists or ErrNotFound, or into nil when it
	// is neither.
	classify func(error) error
}

// Open opens the database that the URL names and reaches it once: "postgres://…" or
// "postgresql://…" for PostgreSQL, "sqlite:PATH" for a SQLite file, which is created,
// with its folder, where it is missing. Errors never hold the URL: it may hold a password.
// Open does not migrate.
func Open(ctx context.Context, url string) (*Store, error) {
	s, err := connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func connect(ctx context.Context, url string) (*Store, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "postgres", "postgresql":
		return openPostgres(url)
	case "sqlite":
		return openSQLite(ctx, rest)
	}
	return nil, errors.New(`the database URL must begin with "postgres://", "postgresql://" or "sqlite:"`)
}

// Close closes all connections. Statements that are running are waited for.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(s.read.Close(), err)
	}
	if err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// Ping proves that the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.reader().get(ctx, "ping", &one, `SELECT 1`)
}

// Kind is the database's name for people: "PostgreSQL" or "SQLite".
func (s *Store) Kind() string {
	return s.dialect.kind
}
