package store

import (
	"context"
	"database/sql"
	"slices"
	"sync"

	"github.com/jmoiron/sqlx"
)

// maxPrepared bounds how many statements a pool keeps prepared. The package has fewer; a statement
// beyond it runs as it would without this.
const maxPrepared = 300

// pool is a connection pool that keeps its statements prepared: the database parses a statement once
// for each connection instead of at every use. A statement is kept for as long as the pool is open,
// so a text whose length depends on its arguments must not come here; see session.unprepared.
type pool struct {
	*sqlx.DB
	// keep is false where prepared statements are switched off.
	keep bool

	mu   sync.RWMutex
	kept map[string]*sqlx.Stmt
}

func newPool(db *sqlx.DB, keep bool) *pool {
	return &pool{DB: db, keep: keep, kept: map[string]*sqlx.Stmt{}}
}

// find returns the statement of a text, or nil if it is not prepared, and whether it may become so.
func (p *pool) find(query string) (stmt *sqlx.Stmt, room bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.kept[query], p.keep && len(p.kept) < maxPrepared
}

// prepare returns the statement of a text, which it prepares if there is room; otherwise it returns nil.
func (p *pool) prepare(ctx context.Context, query string) (*sqlx.Stmt, error) {
	stmt, room := p.find(query)
	if stmt != nil || !room {
		return stmt, nil
	}
	stmt, err := p.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	kept := p.keepOne(query, stmt)
	if kept != stmt {
		_ = stmt.Close() // it was never used, and the other one is as good
	}
	return kept, nil
}

// keepOne keeps a statement unless another caller was faster, and returns the one that is kept.
func (p *pool) keepOne(query string, stmt *sqlx.Stmt) *sqlx.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	if other := p.kept[query]; other != nil {
		return other
	}
	p.kept[query] = stmt
	return stmt
}

// QueryxContext runs a query prepared.
func (p *pool) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	stmt, err := p.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return p.DB.QueryxContext(ctx, query, args...)
	}
	return stmt.QueryxContext(ctx, args...)
}

// ExecContext runs a statement prepared.
func (p *pool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := p.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return p.DB.ExecContext(ctx, query, args...)
	}
	return stmt.ExecContext(ctx, args...)
}

// transaction runs statements prepared that its pool keeps. It cannot prepare others for the pool
// while it has the connection, which may be the only one, so it collects them in missed.
type transaction struct {
	*sqlx.Tx
	pool   *pool
	missed []string
}

func (t *transaction) find(query string) *sqlx.Stmt {
	stmt, room := t.pool.find(query)
	if stmt == nil && room && !slices.Contains(t.missed, query) {
		t.missed = append(t.missed, query)
	}
	return stmt
}

// QueryxContext runs a query, prepared if the pool keeps it.
func (t *transaction) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	if stmt := t.find(query); stmt != nil {
		return t.StmtxContext(ctx, stmt).QueryxContext(ctx, args...)
	}
	return t.Tx.QueryxContext(ctx, query, args...)
}

// ExecContext runs a statement, prepared if the pool keeps it.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := t.find(query); stmt != nil {
		return t.StmtxContext(ctx, stmt).ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// prepareMissed prepares for the next transaction what this one ran unprepared. Its errors are those
// of the next use.
func (t *transaction) prepareMissed(ctx context.Context) {
	for _, query := range t.missed {
		if _, err := t.pool.prepare(ctx, query); err != nil {
			return
		}
	}
}
