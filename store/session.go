package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// statementTimeout ends a statement, or a whole transaction, whose caller set no nearer
// deadline.
const statementTimeout = 30 * time.Second

// session runs statements, on a pool or inside a transaction. Every statement of the package
// but the migrations goes through it, so that arguments are bound and errors are wrapped in
// one place. "op" is a few words for the error: which operation failed.
type session struct {
	on sqlx.ExtContext
	// plain is on without prepared statements.
	plain   sqlx.ExtContext
	dialect dialect
}

func (s *database) reader() session { return s.session(s.read) }

func (s *database) writer() session { return s.session(s.write) }

func (s *database) session(on *pool) session {
	return session{on: on, plain: on.DB, dialect: s.dialect}
}

// unprepared is a session for statements whose text depends on how many values they have: kept
// prepared, they would be too many.
func (q session) unprepared() session {
	q.on = q.plain
	return q
}

// inTx runs work in one transaction and commits it if work returns nil.
func (s *database) inTx(ctx context.Context, op string, work func(context.Context, session) error) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	tx, err := s.write.BeginTxx(ctx, nil)
	if err != nil {
		return s.writer().fail(ctx, op, err)
	}
	on := &transaction{Tx: tx, pool: s.write}
	if err := work(ctx, session{on: on, plain: tx, dialect: s.dialect}); err != nil {
		// A rollback that fails leaves nothing to do: the connection is thrown away.
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		return s.writer().fail(ctx, op, err)
	}
	on.prepareMissed(ctx)
	return nil
}

// exec runs a statement and returns how many rows it touched.
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

// change is exec for a row that must exist: ErrNotFound if no row was touched.
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

// each runs a query and hands its rows to visit, one at a time.
func (q session) each(ctx context.Context, op string, visit func(*sqlx.Rows) error, query string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	rows, err := q.on.QueryxContext(ctx, q.on.Rebind(query), bind(args)...)
	if err != nil {
		return q.fail(ctx, op, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return q.fail(ctx, op, err)
		}
	}
	if err := rows.Err(); err != nil {
		return q.fail(ctx, op, err)
	}
	return nil
}

// fail wraps an error with the operation and makes its cause recognisable for errors.Is:
// ErrNotFound, ErrExists, or the context's error where that ended the statement (the drivers
// return errors of their own then).
func (q session) fail(ctx context.Context, op string, err error) error {
	if errors.Is(err, ErrNotFound) {
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
