// Command bench is `make bench`: it measures the service where everything is one process on SQLite, and
// where everything is a process of its own on PostgreSQL, and writes the page of the results. Start
// reading at run.go; what is measured, and how, is in package bench.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/chattigo/api-isv/devserver/fleet"
)

func main() {
	fleet.RunIfTemporal(context.Background())
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	cancel()
	os.Exit(status)
}
