package main

import (
	"errors"
	"fmt"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store"
)

type migrateCommand struct{}

// Run applies the migrations that are missing.
func (migrateCommand) Run(p *program) (err error) {
	cfg, err := config.LoadStore(p.environ)
	if err != nil {
		return err
	}
	s, err := store.Open(p.ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	pending, err := s.Pending(p.ctx)
	if err != nil {
		return err
	}
	if err := s.Migrate(p.ctx); err != nil {
		return err
	}
	p.printf("The %s database is up to date; %d of its migrations were missing.\n", s.Kind(), pending)
	return nil
}

// withStore lends a command the database. In dev it is migrated first; in production
// that is a decision of its own.
func (p *program) withStore(do func(*store.Store) error) (err error) {
	cfg, err := config.LoadStore(p.environ)
	if err != nil {
		return err
	}
	s, err := store.Open(p.ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if cfg.IsDev() {
		if err := s.Migrate(p.ctx); err != nil {
			return err
		}
		return do(s)
	}
	pending, err := s.Pending(p.ctx)
	if err != nil {
		return err
	}
	if pending > 0 {
		return fmt.Errorf("the %s database is not up to date: run `chattigo migrate` first", s.Kind())
	}
	return do(s)
}
