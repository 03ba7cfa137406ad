// Command devserver is `make run`: the service with everything around it in one process,
// for a developer who has nothing installed but Go. Start reading at run.go; what is
// started, and how, is in package stack.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/stack"
)

// exitInterrupted is what shells use for "ended by Ctrl-C".
const exitInterrupted = 130

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go obey(signals, cancel)
	os.Exit(run(ctx, config.Environ(os.Environ()), os.Stdout, os.Stderr))
}

// obey stops in order at the first signal, and at once at a second one or when stopping
// takes too long: nothing is lost either way, since nothing is acknowledged before it is
// on disk.
func obey(signals <-chan os.Signal, stop context.CancelFunc) {
	<-signals
	stop()
	select {
	case <-signals:
	case <-time.After(stack.StopTimeout):
	}
	os.Exit(exitInterrupted)
}
