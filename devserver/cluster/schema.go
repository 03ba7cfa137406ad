package cluster

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	temporalschema "go.temporal.io/server/schema/sqlite"
	_ "modernc.org/sqlite" // the driver "sqlite", the one that the server uses too
)

// setUpSchema creates the server's tables in a new file, all or none: a start that is killed in the
// middle must not leave a file that no later start can use.
func setUpSchema(ctx context.Context, file string) (err error) {
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		return fmt.Errorf("open %s: %w", file, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	exists, err := schemaExists(ctx, db)
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	if exists {
		return nil
	}
	return createSchema(ctx, db)
}

func schemaExists(ctx context.Context, db *sql.DB) (bool, error) {
	var tables int
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'namespaces'`).Scan(&tables)
	return tables > 0, err
}

func createSchema(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("create the server's tables: %w", err)
	}
	if err := temporalschema.SetupSchemaOnDB(schemaTx{ctx: ctx, tx: tx}); err != nil {
		return errors.Join(fmt.Errorf("create the server's tables: %w", err), tx.Rollback())
	}
	return tx.Commit()
}

// schemaTx lets the server's own schema run inside a transaction of ours; Exec is the
// only method that SetupSchemaOnDB calls.
type schemaTx struct {
	sqlplugin.AdminDB
	ctx context.Context
	tx  *sql.Tx
}

func (s schemaTx) Exec(statement string, args ...any) error {
	_, err := s.tx.ExecContext(s.ctx, statement, args...)
	return err
}
