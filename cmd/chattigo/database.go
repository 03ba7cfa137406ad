package main

import (
	"errors"
	"fmt"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store"
)

// withStore opens the database for a command. In dev it is migrated first; in production the
// operator decides when.
func (p *program) withStore(do func(*store.Store) error) error {
	return p.withDatabase(func(s *store.Store, cfg config.Config) error {
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
	})
}

// withDatabase opens the database as it is.
func (p *program) withDatabase(do func(*store.Store, config.Config) error) (err error) {
	cfg, err := config.LoadStore(p.environ)
	if err != nil {
		return err
	}
	s, err := store.Open(p.ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(s, cfg)
}
