package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/fleet"
	"github.com/chattigo/api-isv/devserver/screen"
)

// dataDir is not that of `make run`, whose database is another.
const dataDir = "./data-stack"

// run starts everything, prints the welcome screen, and waits until ctx ends. It returns the exit status.
func run(ctx context.Context, environ map[string]string, binary string, out, errOut io.Writer) int {
	err := serve(ctx, environ, binary, out)
	if err == nil || (ctx.Err() != nil && errors.Is(err, context.Canceled)) {
		return 0
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(errOut, line)
	}
	return 1
}

func serve(ctx context.Context, environ map[string]string, binary string, out io.Writer) error {
	cfg, err := loadConfig(environ)
	if err != nil {
		return err
	}
	running, err := fleet.Start(ctx, fleet.Options{
		Config: cfg, Binary: binary,
		Say: func(what string) { fmt.Fprintln(out, "  "+what) },
	})
	if err != nil {
		return err
	}
	fmt.Fprint(out, welcome(running))
	<-ctx.Done()
	fmt.Fprintln(out)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fleet.StopTimeout)
	defer cancel()
	if err := running.Stop(ctx); err != nil {
		return err
	}
	fmt.Fprintln(out, "  stopped; `make stack` goes on where it stood")
	return nil
}

// loadConfig reads the settings. Unset, CHATTIGO_ENV is development here, and the data directory one of its
// own.
func loadConfig(environ map[string]string) (config.Config, error) {
	environ = maps.Clone(environ)
	for name, value := range map[string]string{"CHATTIGO_ENV": config.Dev, "CHATTIGO_DATA_DIR": dataDir} {
		if environ[name] == "" {
			environ[name] = value
		}
	}
	if environ["CHATTIGO_DATABASE_URL"] != "" {
		return config.Config{}, errors.New("`make stack` has a PostgreSQL of its own; unset CHATTIGO_DATABASE_URL")
	}
	if environ["CHATTIGO_OPS_ADDR"] != "" {
		return config.Config{}, errors.New("each process of `make stack` serves its metrics at a port of its own; unset CHATTIGO_OPS_ADDR")
	}
	cfg, err := config.Load(environ)
	if cfg.Env == config.Production { // this error goes before all others
		return cfg, errors.New("this is a development server; unset CHATTIGO_ENV, or see docker-compose.yml for production")
	}
	cfg.OpsAddr = config.OpsOff
	return cfg, err
}

func welcome(running *fleet.Fleet) string {
	return screen.Welcome(screen.Content{Config: running.Config(), Command: "make stack", Processes: running.Summary()})
}
