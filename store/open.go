package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Store is one open database. It is safe for use by many goroutines. Its methods are those of
// its parts, which share the database.
type Store struct {
	*database
	accounts      // accounts, channels and definitions
	publishing    // the bots of accounts: versions, tests, publications
	contacts      // people: their identities and preferences
	conversations // conversations, transcripts and waiting messages
	deliveries    // the ledger, and the statuses that Meta reports
	events        // what the back offices of ISVs are told of
}

type (
	accounts      struct{ *database }
	publishing    struct{ *database }
	contacts      struct{ *database }
	conversations struct{ *database }
	deliveries    struct{ *database }
	events        struct{ *database }
)

func newStore(db *database) *Store {
	return &Store{db, accounts{db}, publishing{db}, contacts{db}, conversations{db}, deliveries{db}, events{db}}
}

// database is an open database without its tables.
type database struct {
	dialect dialect
	// read and write are the same pool on PostgreSQL. SQLite has one writer at a time, so
	// there write has a single connection: writers queue in the pool, where a wait ends with its
	// context, and not at the file's lock.
	read, write *pool
}

// dialect is what differs between the databases once they are open.
type dialect struct {
	// kind is the database's name, to be shown to people.
	kind string
	// goose is the database's name in the library for migrations.
	goose goose.Dialect
	// locker keeps processes from migrating at the same time; nil where there is no such lock.
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
func Open(ctx context.Context, url string, options ...Option) (*Store, error) {
	set := settings{connections: postgresConnections}
	for _, option := range options {
		option(&set)
	}
	db, err := connect(ctx, url, set)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	if err := db.Ping(ctx); err != nil {
		if isUnreachable(err) {
			err = fmt.Errorf("%w: %w", ErrUnreachable, err)
		}
		return nil, errors.Join(err, db.Close())
	}
	return newStore(db), nil
}

// Option changes how [Open] opens a database.
type Option func(*settings)

type settings struct{ connections int }

// WithConnections bounds the number of connections to PostgreSQL, at least 1; without it they are 16.
// Who needs one more waits, at most until its context ends. SQLite has bounds of its own.
func WithConnections(most int) Option {
	return func(s *settings) { s.connections = most }
}

func connect(ctx context.Context, url string, set settings) (*database, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "postgres", "postgresql":
		return openPostgres(url, set.connections)
	case "sqlite":
		return openSQLite(ctx, rest)
	}
	return nil, errors.New(`the database URL must begin with "postgres://", "postgresql://" or "sqlite:"`)
}

// Close closes all connections, after running statements have ended.
func (s *database) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(s.read.Close(), err)
	}
	if err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// Ping returns an error unless the database responds.
func (s *database) Ping(ctx context.Context) error {
	_, err := get[int](ctx, s.reader(), "ping", `SELECT 1`)
	return err
}

// Kind is the database's name, to be shown to people: "PostgreSQL" or "SQLite".
func (s *database) Kind() string {
	return s.dialect.kind
}
