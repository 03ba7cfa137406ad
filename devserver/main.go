// Command devserver is `make run`: the service, a Temporal server with its UI, and a sample ISV in
// one process, for a developer who has nothing installed but Go. Start reading at run.go; what is
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

// exitInterrupted is the exit status that shells use for "ended by Ctrl-C".
const exitInterrupted = 130

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go stopOn(signals, cancel)
	os.Exit(run(ctx, config.Environ(os.Environ()), os.Stdout, os.Stderr))
}

// stopOn begins an orderly stop at the first signal, and ends the process at a second one or when
// stopping takes too long. Nothing is lost either way: nothing is acknowledged before it is on disk.
func stopOn(signals <-chan os.Signal, stop context.CancelFunc) {
	<-signals
	stop()
	select {
	case <-signals:
	case <-time.After(stack.StopTimeout):
	}
	os.Exit(exitInterrupted)
}
