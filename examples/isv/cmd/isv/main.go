// Command isv is the sample ISV as a program. With the settings of the bridge in its environment it
// stands between Meta and Chattigo; without them it is the inbox that shows what comes.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/chattigo/api-isv/examples/isv"
	"github.com/chattigo/api-isv/examples/isv/bridge"
)

const usage = `isv is a sample ISV.

Without settings it keeps what Chattigo posts to it in memory, and shows it as a page and at
GET /messages. With the settings of the bridge it takes Meta's webhooks at /meta, hands them to
Chattigo, takes Chattigo's replies at /chattigo, and sends them with the Graph API. /healthz says
how much waits. It speaks plain HTTP: put a proxy with TLS in front of it.

  BRIDGE_ADDR
      where it listens (127.0.0.1:8090)

Settings of the bridge; they come from the environment:

`

// addrName is the one setting that the inbox has too.
const addrName = "BRIDGE_ADDR"

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	cancel()
	os.Exit(status)
}

// run serves until ctx ends, and returns the exit status.
func run(ctx context.Context, args, environ []string, out, errOut io.Writer) int {
	if len(args) > 0 {
		known := args[0] == "--help" || args[0] == "-h" || args[0] == "help"
		fmt.Fprint(out, usage+bridge.Help())
		if known && len(args) == 1 {
			return 0
		}
		return 2
	}
	if err := serve(ctx, environ, errOut); err != nil {
		fmt.Fprintf(errOut, "isv: %v\n", err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, environ []string, errOut io.Writer) error {
	values, err := read(environ)
	if err != nil {
		return err
	}
	addr := cmp.Or(values[addrName], "127.0.0.1:8090")
	delete(values, addrName)
	log := slog.New(slog.NewTextHandler(errOut, nil))
	if len(values) == 0 {
		return serveInbox(ctx, addr, log)
	}
	settings, err := bridge.Load(func(name string) string { return values[name] })
	if err != nil {
		return err
	}
	return serveBridge(ctx, addr, settings, log)
}

// read returns the variables that are set. A name that is no setting is a mistake in most cases.
func read(environ []string) (map[string]string, error) {
	values := map[string]string{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "BRIDGE_") || value == "" {
			continue
		}
		if name != addrName && !slices.Contains(bridge.Names(), name) {
			return nil, fmt.Errorf("%s is no setting; isv --help lists them", name)
		}
		values[name] = value
	}
	return values, nil
}

func serveInbox(ctx context.Context, addr string, log *slog.Logger) error {
	server, err := isv.Start(ctx, addr)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "sample inbox; without settings nothing is verified or sent", "url", server.URL())
	<-ctx.Done()
	return stop(ctx, server.Stop)
}

func serveBridge(ctx context.Context, addr string, settings bridge.Settings, log *slog.Logger) error {
	server, err := bridge.Start(ctx, addr, settings, log)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "bridge", "listen", server.Addr(), "meta", "/meta", "chattigo", "/chattigo")
	var ended error
	select {
	case <-ctx.Done():
	case ended = <-server.Ended():
	}
	return errors.Join(ended, stop(ctx, server.Stop))
}

// stop gives a stop time of its own, since ctx has ended.
func stop(ctx context.Context, stop func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bridge.StopTimeout)
	defer cancel()
	return stop(ctx)
}
