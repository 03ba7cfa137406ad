package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

const (
	// sqliteReaders is the number of connections for reading.
	sqliteReaders = 4
	// sqliteBusyTimeout bounds the wait for a lock of another process.
	sqliteBusyTimeout = 10 * time.Second
	// sqliteOpenPoll is the interval of turnToWAL's attempts.
	sqliteOpenPoll = 20 * time.Millisecond
)

func sqliteDialect() dialect {
	return dialect{
		kind:        "SQLite",
		goose:       goose.DialectSQLite3,
		countTables: `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?`,
		classify:    classifySQLite,
	}
}

func openSQLite(ctx context.Context, path string) (*database, error) {
	file, err := createSQLiteFile(path)
	if err != nil {
		return nil, err
	}
	write, err := sqlitePool(file, 1, "journal_mode(WAL)", "synchronous(NORMAL)")
	if err != nil {
		return nil, err
	}
	// The writer is opened first: only a connection that may write can turn the file into a WAL
	// database.
	if err := turnToWAL(ctx, write); err != nil {
		return nil, errors.Join(fmt.Errorf("the SQLite file cannot be opened: %w", err), write.Close())
	}
	read, err := sqlitePool(file, sqliteReaders, "query_only(1)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	return &database{dialect: sqliteDialect(), read: newPool(read, true), write: newPool(write, true)}, nil
}

// turnToWAL opens the pool's first connection. If two processes turn a new file into a WAL
// database at once, SQLite fails for one of them without waiting, so it is retried here.
func turnToWAL(ctx context.Context, write *sqlx.DB) error {
	ctx, cancel := context.WithTimeout(ctx, sqliteBusyTimeout)
	defer cancel()
	again := time.NewTicker(sqliteOpenPoll)
	defer again.Stop()
	for {
		err := write.PingContext(ctx)
		failure, ok := errors.AsType[*sqlite.Error](err)
		if !ok || failure.Code()&0xff != sqlitelib.SQLITE_BUSY {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-again.C:
		}
	}
}

// createSQLiteFile creates the folder and the file if they are missing and returns the absolute
// path. The file has password hashes and people's messages, so only its owner may read it; SQLite
// gives its -wal and -shm files the same mode.
func createSQLiteFile(path string) (string, error) {
	path = strings.TrimPrefix(path, "//")
	if path == "" || strings.Contains(path, ":memory:") {
		return "", errors.New("sqlite: needs the path of a file")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("the SQLite file has no absolute path: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("the folder of the SQLite file cannot be made: %w", err)
	}
	return path, keepPrivate(path)
}

func keepPrivate(path string) (err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- the operator's own path
	if err != nil {
		return fmt.Errorf("the SQLite file cannot be opened: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("the SQLite file cannot be looked at: %w", err)
	}
	if info.Mode().Perm() == 0o600 {
		return nil
	}
	if err := file.Chmod(0o600); err != nil {
		return fmt.Errorf("the SQLite file cannot be made private: %w", err)
	}
	return nil
}

func sqlitePool(file string, size int, pragmas ...string) (*sqlx.DB, error) {
	options := url.Values{
		// A write transaction gets its lock when it begins. One that reads first would fail at its
		// first write if another process has written in between.
		"_txlock": {"immediate"},
		"_pragma": append([]string{fmt.Sprintf("busy_timeout(%d)", sqliteBusyTimeout.Milliseconds()), "foreign_keys(1)"}, pragmas...),
	}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(file), RawQuery: options.Encode()}
	connector, err := sqlite.NewConnector(name.String())
	if err != nil {
		return nil, fmt.Errorf("the SQLite file cannot be opened: %w", err)
	}
	// sqlx knows the placeholders of SQLite by the name "sqlite3".
	db := sqlx.NewDb(sql.OpenDB(connector), "sqlite3")
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

func classifySQLite(err error) error {
	failure, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return nil
	}
	switch failure.Code() {
	case sqlitelib.SQLITE_CONSTRAINT_UNIQUE, sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY:
		return ErrExists
	case sqlitelib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return ErrNotFound
	}
	return nil
}
