package main

import (
	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store"
)

type migrateCommand struct{}

// Run applies the migrations that are missing.
func (migrateCommand) Run(p *program) error {
	return p.withDatabase(func(s *store.Store, _ config.Config) error {
		pending, err := s.Pending(p.ctx)
		if err != nil {
			return err
		}
		if err := s.Migrate(p.ctx); err != nil {
			return err
		}
		p.printf("The %s database is up to date; %d of its migrations were missing.\n", s.Kind(), pending)
		return nil
	})
}
