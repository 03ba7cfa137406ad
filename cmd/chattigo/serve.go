package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
)

type allCommand struct{}

// Run serves everything.
func (allCommand) Run(p *program) error { return p.runServers(app.Options{API: true, Worker: true}) }

type apiCommand struct{}

// Run serves HTTP.
func (apiCommand) Run(p *program) error { return p.runServers(app.Options{API: true}) }

type workerCommand struct{}

// Run works for Temporal.
func (workerCommand) Run(p *program) error { return p.runServers(app.Options{Worker: true}) }

// runServers serves until the program is told to stop: by Ctrl-C or SIGTERM. A second
// Ctrl-C does not wait for the orderly end.
func (p *program) runServers(options app.Options) error {
	cfg, err := config.Load(p.environ)
	if err != nil {
		return err
	}
	if cfg.IsDev() {
		if cfg, err = cfg.EnsureKeys(); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(p.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	options.Logger = p.logger(cfg)
	options.Version = buildVersion()
	return p.serve(ctx, cfg, options)
}

func serveApp(ctx context.Context, cfg config.Config, options app.Options) error {
	a, err := app.New(ctx, cfg, options)
	if err != nil {
		return err
	}
	return a.Run(ctx)
}
