package main

import (
	"github.com/chattigo/api-isv/config"
)

type configCommand struct{}

// Run prints all settings, also when some are invalid; the error then says which.
func (configCommand) Run(p *program) error {
	cfg, err := config.Load(p.environ)
	if writeErr := config.Write(p.stdout, cfg); writeErr != nil {
		return writeErr
	}
	return err
}
