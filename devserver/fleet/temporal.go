package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/devserver/cluster"
)

// temporalVariable makes a program a Temporal server; its value is a temporalOptions as JSON.
const temporalVariable = "CHATTIGO_STACK_TEMPORAL"

// temporalOptions is what the process that is a Temporal server is told.
type temporalOptions struct {
	Addr          string
	Namespace     string
	ContinueAfter int
	Postgres      cluster.Postgres
}

// RunIfTemporal is the beginning of main in a program that starts fleets: where a fleet has started the
// program as its Temporal server, it is one until SIGTERM or the end of ctx, and then the process ends.
func RunIfTemporal(ctx context.Context) {
	told := os.Getenv(temporalVariable)
	if told == "" {
		return
	}
	if err := runTemporal(ctx, told); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func runTemporal(ctx context.Context, told string) error {
	var options temporalOptions
	if err := json.Unmarshal([]byte(told), &options); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	running, err := cluster.Start(ctx, cluster.Options{
		Postgres:      &options.Postgres,
		FrontendAddr:  options.Addr,
		Namespace:     options.Namespace,
		ContinueAfter: options.ContinueAfter,
		Logger:        slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	slog.New(slog.NewTextHandler(os.Stderr, nil)).Info("the Temporal server accepts requests", "addr", running.Addr())
	<-ctx.Done()
	return running.Stop()
}

// temporalCommand starts this program as the Temporal server.
func (f *Fleet) temporalCommand(ctx context.Context) *exec.Cmd {
	told, err := json.Marshal(temporalOptions{
		Addr: f.config.TemporalAddr, Namespace: f.config.TemporalNamespace, ContinueAfter: f.continueAfter,
		Postgres: cluster.Postgres{Addr: f.postgres.addr(), User: postgresUser, Password: f.postgres.password},
	})
	if err != nil {
		panic(err) // strings and numbers
	}
	command := exec.CommandContext(ctx, f.self) //nolint:gosec // this program
	command.Env = append(inherited(), temporalVariable+"="+string(told))
	return command
}

// temporalReady reports whether the frontend serves the namespace.
func (f *Fleet) temporalReady(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	_, err := f.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	return err == nil
}

// executable is the program that runs now.
func executable() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", errors.Join(errors.New("this program does not find itself"), err)
	}
	return self, nil
}
