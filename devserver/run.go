package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/stack"
)

// run starts everything, shows the way in, and runs until ctx ends or the service gives
// up. It returns the exit status.
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
	temporalLog, err := openTemporalLog(cfg.DataDir)
	if err != nil {
		return err
	}
	defer temporalLog.Close() //nolint:errcheck // nothing is written after it
	running, err := stack.Start(ctx, stack.Options{
		Config:         cfg,
		Logger:         slog.New(logHandler(cfg, errOut)),
		TemporalLogger: slog.New(slog.NewTextHandler(temporalLog, nil)),
		Say:            func(what string) { fmt.Fprintln(out, "  "+what+"…") },
	})
	if err != nil {
		return err
	}
	fmt.Fprint(out, welcome(running.Config()))
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

// loadConfig reads the settings; here, and only here, unset means development.
func loadConfig(environ map[string]string) (config.Config, error) {
	environ = maps.Clone(environ)
	if environ["CHATTIGO_ENV"] == "" {
		environ["CHATTIGO_ENV"] = config.Dev
	}
	cfg, err := config.Load(environ)
	if err != nil {
		return cfg, err
	}
	if !cfg.IsDev() {
		return cfg, errors.New("this is the development server; unset CHATTIGO_ENV, or run `chattigo all` for production")
	}
	return cfg, nil
}

func logHandler(cfg config.Config, to io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == config.LogJSON {
		return slog.NewJSONHandler(to, options)
	}
	return slog.NewTextHandler(to, options)
}

// maxTemporalLog bounds temporal.log; what goes wrong first is what matters.
const maxTemporalLog = 16 << 20

// boundedFile stops growing at a size, and drops what comes after.
type boundedFile struct {
	*os.File
	left int
}

// openTemporalLog begins a new file for the Temporal server's warnings, which would only
// confuse a newcomer on the screen.
func openTemporalLog(dataDir string) (*boundedFile, error) {
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dataDir, "temporal.log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // the operator's own directory
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	return &boundedFile{File: file, left: maxTemporalLog}, nil
}

// Write is called by slog's handler, one call at a time.
func (f *boundedFile) Write(line []byte) (int, error) {
	if len(line) > f.left {
		f.left = 0
		return len(line), nil
	}
	f.left -= len(line)
	return f.File.Write(line)
}
