package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
)

type allCommand struct{}

// Run runs the API and the workers.
func (allCommand) Run(p *program) error { return p.runServers(app.Options{API: true, Worker: true}) }

type apiCommand struct{}

// Run runs the API.
func (apiCommand) Run(p *program) error { return p.runServers(app.Options{API: true}) }

type workerCommand struct{}

// Run runs the workers.
func (workerCommand) Run(p *program) error { return p.runServers(app.Options{Worker: true}) }

// runServers runs servers until SIGINT (Ctrl-C) or SIGTERM. A second Ctrl-C ends the process at
// once.
func (p *program) runServers(options app.Options) error {
	cfg, err := config.Load(p.environ)
	if err != nil {
		return err
	}
	if cfg, err = withDevKeys(cfg); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(p.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	options.Logger = p.logger(cfg)
	options.Version = buildVersion()
	return p.serve(ctx, cfg, options)
}

// withDevKeys adds the keys that are not set, in dev only: in production they must be set.
func withDevKeys(cfg config.Config) (config.Config, error) {
	if !cfg.IsDev() {
		return cfg, nil
	}
	return cfg.EnsureKeys()
}

func serveApp(ctx context.Context, cfg config.Config, options app.Options) error {
	redirectStandardLog(options.Logger)
	a, err := app.New(ctx, cfg, options)
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

// redirectStandardLog makes the standard logger write to ours, at debug: net/http's client logs there
// what other people's servers do wrong.
func redirectStandardLog(logger *slog.Logger) {
	slog.SetLogLoggerLevel(slog.LevelDebug)
	slog.SetDefault(logger)
}
