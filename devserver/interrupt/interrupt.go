// Package interrupt ends the development servers: in order at the first Ctrl-C, at once at a second one.
//
// It imports nothing of ours. Start reading at [Context].
package interrupt

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Exited is the exit status that shells use for "ended by Ctrl-C".
const Exited = 130

// Context ends at the first Ctrl-C or SIGTERM. From then on the process is ended by a second one, and when
// stopping takes longer than the limit. Nothing is lost either way: nothing is acknowledged before it is
// on disk.
func Context(limit time.Duration) context.Context {
	ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // for main, where contexts begin
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		select {
		case <-signals:
		case <-time.After(limit):
		}
		os.Exit(Exited)
	}()
	return ctx
}
