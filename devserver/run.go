package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strings"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/screen"
	"github.com/chattigo/api-isv/devserver/stack"
)

// run starts everything, prints the welcome screen, and waits until ctx ends or the service fails.
// It returns the exit status.
func run(ctx context.Context, environ map[string]string, out, errOut io.Writer) int {
	err := serve(ctx, environ, out, errOut)
	if err == nil || (ctx.Err() != nil && errors.Is(err, context.Canceled)) {
		return 0
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(errOut, line)
	}
	return 1
}

func serve(ctx context.Context, environ map[string]string, out, errOut io.Writer) error {
	cfg, err := loadConfig(environ)
	if err != nil {
		return err
	}
	running, err := stack.Start(ctx, stack.Options{
		Config:      cfg,
		Logger:      slog.New(logHandler(cfg, errOut)),
		TemporalLog: true,
		Say:         func(what string) { fmt.Fprintln(out, "  "+what+"…") },
	})
	if err != nil {
		return err
	}
	fmt.Fprint(out, screen.Welcome(screen.Content{Config: running.Config(), Command: "make run"}))
	select {
	case <-ctx.Done():
		fmt.Fprintln(out)
	case <-running.Ended():
	}
	return stop(ctx, running, out)
}

func stop(ctx context.Context, running *stack.Stack, out io.Writer) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stack.StopTimeout)
	defer cancel()
	if err := running.Stop(ctx); err != nil {
		return err
	}
	fmt.Fprintln(out, "  stopped; `make run` goes on where it stood")
	return nil
}

// loadConfig reads the settings. CHATTIGO_ENV defaults to development here, and nowhere else.
func loadConfig(environ map[string]string) (config.Config, error) {
	environ = maps.Clone(environ)
	if environ["CHATTIGO_ENV"] == "" {
		environ["CHATTIGO_ENV"] = config.Dev
	}
	cfg, err := config.Load(environ)
	if cfg.Env == config.Production { // this error goes before all others
		return cfg, errors.New("this is the development server; unset CHATTIGO_ENV, or run `chattigo all` for production")
	}
	return cfg, err
}

func logHandler(cfg config.Config, to io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == config.LogJSON {
		return slog.NewJSONHandler(to, options)
	}
	return slog.NewTextHandler(to, options)
}
