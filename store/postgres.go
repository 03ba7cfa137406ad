package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Bounds of the connection pool.
const (
	// postgresConnections is used without [WithConnections]. Four processes together take 64 of
	// PostgreSQL's usual 100 connections.
	postgresConnections = 16
	postgresIdleTime    = 5 * time.Minute
	// postgresLifetime lets connections move to the new server after a failover.
	postgresLifetime = 30 * time.Minute
)

func postgresDialect() dialect {
	return dialect{
		kind:        "PostgreSQL",
		goose:       goose.DialectPostgres,
		locker:      postgresLocker,
		countTables: `SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass(?)`,
		classify:    classifyPostgres,
	}
}

func openPostgres(rawURL string, connections int) (*database, error) {
	dsn, prepare, err := postgresURL(rawURL)
	if err != nil {
		return nil, err
	}
	parsed, err := pq.NewConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("the PostgreSQL URL is refused: %w", err)
	}
	db := sqlx.NewDb(sql.OpenDB(&connector{parsed}), "postgres")
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(postgresIdleTime)
	db.SetConnMaxLifetime(postgresLifetime)
	on := newPool(db, prepare)
	return &database{dialect: postgresDialect(), read: on, write: on}, nil
}

// preparedOption is an option of ours in the URL: "no" where a pooler between us and PostgreSQL does
// not carry prepared statements from one of its connections to the next.
const preparedOption = "prepared_statements"

// postgresURL adds our defaults for the options that the URL does not set, and takes ours out. The
// parser's error is dropped because it quotes the URL.
func postgresURL(rawURL string) (dsn string, prepare bool, err error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", false, errors.New("the PostgreSQL URL cannot be parsed; escape special characters of the password as %XX")
	}
	query := u.Query()
	for key, value := range map[string]string{
		"application_name": "chattigo",
		"connect_timeout":  "5",
		// One round trip for a statement instead of two, and bytes are not sent as hex.
		"binary_parameters": "yes",
	} {
		if !query.Has(key) {
			query.Set(key, value)
		}
	}
	switch query.Get(preparedOption) {
	case "", "yes":
		prepare = true
	case "no":
	default:
		return "", false, errors.New(preparedOption + ` in the PostgreSQL URL must be "yes" or "no"`)
	}
	query.Del(preparedOption)
	u.RawQuery = query.Encode()
	return u.String(), prepare, nil
}

// postgresLocker tries to lock once a second, for five minutes.
func postgresLocker() (lock.SessionLocker, error) {
	return lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
}

func classifyPostgres(err error) error {
	switch {
	case pq.As(err, pqerror.UniqueViolation) != nil:
		return ErrExists
	case pq.As(err, pqerror.ForeignKeyViolation) != nil:
		return ErrNotFound
	}
	return nil
}

// isUnreachable reports whether an error that came instead of a connection may pass by itself.
func isUnreachable(err error) bool {
	if said, ok := errors.AsType[*pq.Error](err); ok {
		return slices.Contains([]pqerror.Code{
			pqerror.CannotConnectNow, pqerror.AdminShutdown, pqerror.CrashShutdown, pqerror.TooManyConnections,
		}, said.Code)
	}
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
