package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	goosedb "github.com/pressly/goose/v3/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrateTries bounds how often Migrate is retried because another process was faster. Each
// time, at least one of the other's migrations has been applied.
const migrateTries = 20

// Migrate applies the pending migrations. Any number of processes may call it at once. On
// PostgreSQL a lock lets them run one after the other. On SQLite each migration is a transaction
// that records itself under a unique number, so the slower process fails cleanly and retries.
func (s *database) Migrate(ctx context.Context) error {
	pending := -1
	for range migrateTries {
		err := s.migrate(ctx)
		if err == nil {
			return nil
		}
		left, countErr := s.Pending(ctx)
		if countErr != nil || s.dialect.locker != nil || left == pending {
			return fmt.Errorf("store: migrate: %w", errors.Join(err, countErr))
		}
		pending = left
	}
	return errors.New("store: migrate: other processes kept migrating")
}

func (s *database) migrate(ctx context.Context) error {
	provider, err := s.provider()
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// Pending counts the migrations of this build that are not applied. It only reads, without any
// lock.
func (s *database) Pending(ctx context.Context) (int, error) {
	provider, err := s.provider()
	if err != nil {
		return 0, fmt.Errorf("store: pending migrations: %w", err)
	}
	applied, err := s.appliedVersions(ctx)
	if err != nil {
		return 0, err
	}
	pending := 0
	for _, source := range provider.ListSources() {
		if !applied[source.Version] {
			pending++
		}
	}
	return pending, nil
}

func (s *database) appliedVersions(ctx context.Context) (map[int64]bool, error) {
	const op = "applied migrations"
	tables, err := get[int](ctx, s.reader(), op, s.dialect.countTables, goose.DefaultTablename)
	if err != nil || tables == 0 {
		return nil, err
	}
	versions, err := goosedb.NewStore(s.dialect.goose, goose.DefaultTablename)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", op, err)
	}
	rows, err := versions.ListMigrations(ctx, s.read.DB.DB)
	if err != nil {
		return nil, s.reader().fail(ctx, op, err)
	}
	applied := make(map[int64]bool, len(rows))
	for _, row := range rows {
		applied[row.Version] = row.IsApplied
	}
	return applied, nil
}

func (s *database) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()),
	}
	if s.dialect.locker != nil {
		locker, err := s.dialect.locker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(s.dialect.goose, s.write.DB.DB, files, options...)
}
