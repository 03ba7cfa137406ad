package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

const (
	databaseURLVariable = "CHATTIGO_TEST_DATABASE_URL"
	requireVariable     = "CHATTIGO_TEST_REQUIRE_POSTGRES"
	sqliteScheme        = "sqlite:"
	// cleanupTimeout bounds the cleanup after a test, whose own context has ended then.
	cleanupTimeout = 20 * time.Second
)

// SQLiteURL is the URL of a SQLite file that does not exist yet, in a folder of the test's own.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	return sqliteScheme + filepath.Join(t.TempDir(), "chattigo.db")
}

// SQLite opens a migrated store on a new SQLite file.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	databaseURL := SQLiteURL(t)
	require.NoError(t, os.WriteFile(strings.TrimPrefix(databaseURL, sqliteScheme), migratedFile(t), 0o600))
	s := open(t, databaseURL)
	reportSQLite(t)
	return s
}

// migratedSQLite is the content of the one migrated SQLite file of the test binary, made by the first test that
// needs it: to migrate each time was most of what many tests did. Like shared, it is a package variable because
// tests share nothing else that could hold it.
var migratedSQLite struct {
	sync.Once
	content []byte
	err     error
}

func migratedFile(t testing.TB) []byte {
	t.Helper()
	migratedSQLite.Do(func() {
		// It outlives the test that happens to be the first.
		migratedSQLite.content, migratedSQLite.err = newMigratedFile(context.WithoutCancel(t.Context()))
	})
	require.NoError(t, migratedSQLite.err)
	return migratedSQLite.content
}

func newMigratedFile(ctx context.Context) (content []byte, err error) {
	dir, err := os.MkdirTemp("", "chattigo-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "chattigo.db")
	if err := migrate(ctx, sqliteScheme+file); err != nil {
		return nil, err
	}
	return os.ReadFile(file) // #nosec G304 -- ours
}

// migrate leaves no connection open: until the last one is closed, a SQLite file is not whole, and a PostgreSQL database
// cannot be copied.
func migrate(ctx context.Context, databaseURL string) error {
	s, err := store.Open(ctx, databaseURL)
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(ctx), s.Close())
}

// PostgresURL is the URL of a new, empty PostgreSQL database, which is dropped when the test ends.
// Without a server the test is skipped, or fails if PostgreSQL is required.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return newDatabase(t, "template1")
}

// PostgresAddress is where the server of a PostgreSQL URL listens, as a dialer takes it.
func PostgresAddress(t testing.TB, databaseURL string) (network, address string) {
	t.Helper()
	server, err := pq.NewConfig(databaseURL)
	require.NoError(t, err)
	port := strconv.Itoa(int(server.Port))
	if filepath.IsAbs(server.Host) {
		return "unix", filepath.Join(server.Host, ".s.PGSQL."+port)
	}
	return "tcp", net.JoinHostPort(server.Host, port)
}

// Postgres opens a migrated store on a database like that of PostgresURL.
func Postgres(t testing.TB) *store.Store {
	t.Helper()
	s := open(t, newDatabase(t, migratedTemplate))
	if os.Getenv(databaseURLVariable) != "" { // otherwise it is a copy of the template
		require.NoError(t, s.Migrate(t.Context()))
	}
	return s
}

func open(t testing.TB, databaseURL string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), databaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// newDatabase creates a database on the server that is available. A server that is not private has
// no migrated template, because nobody would remove it after a test binary was killed.
func newDatabase(t testing.TB, template string) string {
	t.Helper()
	server, isPrivate := os.Getenv(databaseURLVariable), false
	if server == "" {
		server, isPrivate = privateServer(t), true
	}
	if !isPrivate {
		template = "template1"
	}
	name := "chattigo_test_" + strings.ToLower(rand.Text())
	require.NoError(t, administer(t.Context(), server,
		"CREATE DATABASE "+pq.QuoteIdentifier(name)+" TEMPLATE "+pq.QuoteIdentifier(template)))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), cleanupTimeout)
		defer cancel()
		require.NoError(t, administer(ctx, server, "DROP DATABASE "+pq.QuoteIdentifier(name)+" WITH (FORCE)"))
	})
	reportPostgres(t, server, isPrivate)
	return inDatabase(t, server, name)
}

// administer runs one statement on a connection of its own, and closes that.
func administer(ctx context.Context, databaseURL, statement string) error {
	db, err := sql.Open("postgres", databaseURL)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, statement)
	return err
}

func inDatabase(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	require.NoError(t, err, "%s is not a URL", databaseURLVariable)
	u.Path = "/" + name
	return u.String()
}
