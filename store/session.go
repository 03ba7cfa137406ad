package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// statementTimeout ends a statement, or a whole transaction, whose caller set no nearer
// deadline.
const statementTimeout = 30 * time.Second

// session runs statements, on a pool or inside a transaction. Every statement of the
// package but the migrations goes through it, so that arguments are bound and errors are
// named in one place. "op" says in a few words what was being done.
type session struct {
	on      sqlx.ExtContext
	dialect dialect
}

func (s *Store) reader() session {
	return session{on: s.read, dialect: s.dialect}
}

func (s *Store) writer() session {
	return session{on: s.write, dialect: s.dialect}
}

// inTx runs work in one transaction, which is committed if work returns nil.
func (s *Store) inTx(ctx context.Context, op string, work func(context.Context, session) error) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	tx, err := s.write.BeginTxx(ctx, nil)
	if err != nil {
		return s.writer().fail(ctx, op, err)
	}
	if err := work(ctx, session{on: tx, dialect: s.dialect}); err != nil {
		// A rollback that fails leaves nothing to do: the connection is thrown away.
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		return s.writer().fail(ctx, op, err)
	}
	return nil
}

// exec gives back how many rows were touched.
func (q session) exec(ctx context.Context, op, query string, args ...any) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	result, err := q.on.ExecContext(ctx, q.on.Rebind(query), bind(args)...)
	if err != nil {
		return 0, q.fail(ctx, op, err)
	}
	touched, err := result.RowsAffected()
	if err != nil {
		return 0, q.fail(ctx, op, err)
	}
	return touched, nil
}

// change is exec for a row that must exist: ErrNotFound if none was touched.
func (q session) change(ctx context.Context, op, query string, args ...any) error {
	touched, err := q.exec(ctx, op, query, args...)
	if err != nil {
		return err
	}
	if touched == 0 {
		return q.fail(ctx, op, ErrNotFound)
	}
	return nil
}

// get scans the one row of a query, ErrNotFound if there is none.
func (q session) get(ctx context.Context, op string, dest any, query string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	if err := sqlx.GetContext(ctx, q.on, dest, q.on.Rebind(query), bind(args)...); err != nil {
		return q.fail(ctx, op, err)
	}
	return nil
}

// list scans all rows of a query into the slice that dest points to.
func (q session) list(ctx context.Context, op string, dest any, query string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	if err := sqlx.SelectContext(ctx, q.on, dest, q.on.Rebind(query), bind(args)...); err != nil {
		return q.fail(ctx, op, err)
	}
	return nil
}

// eachBlob hands the single column of a query's rows to visit, one at a time. The bytes
// are visit's only until it returns.
func (q session) eachBlob(ctx context.Context, op string, visit func([]byte), query string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	rows, err := q.on.QueryContext(ctx, q.on.Rebind(query), bind(args)...)
	if err != nil {
		return q.fail(ctx, op, err)
	}
	defer func() { _ = rows.Close() }()
	var blob sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&blob); err != nil {
			return q.fail(ctx, op, err)
		}
		visit(blob)
	}
	if err := rows.Err(); err != nil {
		return q.fail(ctx, op, err)
	}
	return nil
}

// fail names what was being done and makes the cause recognisable: ErrNotFound,
// ErrExists, or the error of the context where that is what ended the statement (the
// drivers have words of their own for it).
func (q session) fail(ctx context.Context, op string, err error) error {
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, ErrNotFound) {
		return fmt.Errorf("store: %s: %w", op, ErrNotFound)
	}
	if known := q.dialect.classify(err); known != nil {
		return fmt.Errorf("store: %s: %w (%w)", op, known, err)
	}
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		return fmt.Errorf("store: %s: %w (%w)", op, ended, err)
	}
	return fmt.Errorf("store: %s: %w", op, err)
}

// bind turns arguments into what both databases store.
func bind(args []any) []any {
	bound := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			bound[i] = clean(v)
		case DeliveryState:
			bound[i] = clean(string(v))
		case time.Time:
			bound[i] = int64(toMillis(v))
		case json.RawMessage:
			bound[i] = notNil(v)
		case []byte:
			bound[i] = notNil(v)
		default:
			bound[i] = arg
		}
	}
	return bound
}

// clean makes text storable: PostgreSQL refuses NUL and broken UTF-8. Arguments of
// queries are cleaned too, so what was stored is found under its original words.
func clean(text string) string {
	const replacement = "\uFFFD"
	return strings.ReplaceAll(strings.ToValidUTF8(text, replacement), "\x00", replacement)
}

// notNil keeps missing bytes from becoming NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// orNil is the way back: no bytes are nil.
func orNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// millis is a time as the databases hold it: Unix milliseconds, 0 for the zero time.
type millis int64

func toMillis(t time.Time) millis {
	if t.IsZero() {
		return 0
	}
	return millis(t.UnixMilli())
}

func (m millis) time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}
