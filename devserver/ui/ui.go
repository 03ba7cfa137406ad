// Package ui serves the Temporal UI from inside this process, for developers who want to inspect
// conversations. It has no login, so it listens on loopback only.
//
// It imports nothing of ours but package ports. Start reading at [Start].
package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/temporalio/ui-server/v2/server"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"

	"github.com/chattigo/api-isv/devserver/ports"
)

// AddrVariable is the environment variable that sets the UI's address.
const AddrVariable = "CHATTIGO_TEMPORAL_UI_ADDR"

const (
	readyTimeout = 10 * time.Second
	stopTimeout  = 2 * time.Second
)

// Options says where the UI listens and what it shows.
type Options struct {
	// Addr is a loopback host:port. Empty, or port 0: a free port.
	Addr string
	// TemporalAddr is host:port of the Temporal frontend.
	TemporalAddr string
	// Namespace is shown first.
	Namespace string
}

// UI is a running Temporal UI.
type UI struct {
	addr   netip.AddrPort
	server *server.Server
	ended  chan error
	stop   func() error
}

// Start serves the UI and waits until it responds. The address is checked first, because the UI's
// server ends the whole process if it cannot listen.
func Start(ctx context.Context, opts Options) (*UI, error) {
	addr, err := ports.Loopback(cmp.Or(opts.Addr, "127.0.0.1:0"), AddrVariable)
	if err != nil {
		return nil, err
	}
	if err := ports.Check(ctx, ports.Want{Addr: addr.String(), Variable: AddrVariable}); err != nil {
		return nil, err
	}
	u := &UI{
		addr:   addr,
		server: server.NewServer(server_options.WithConfigProvider(settings(addr, opts))),
		ended:  make(chan error, 1),
	}
	u.stop = sync.OnceValue(u.shutDown)
	go func() { u.ended <- u.server.Start() }()
	if err := u.awaitReady(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start the Temporal UI: %w", err), u.Stop())
	}
	return u, nil
}

func settings(addr netip.AddrPort, opts Options) *config.Config {
	host := addr.Addr().String()
	if addr.Addr().Is6() {
		host = "[" + host + "]" // the server only puts ":" and the port behind it
	}
	return &config.Config{
		Host:                host,
		Port:                int(addr.Port()),
		TemporalGRPCAddress: opts.TemporalAddr,
		DefaultNamespace:    opts.Namespace,
		EnableUI:            true,
		HideLogs:            true,
		DisableNewsFetch:    true,
		// Plain http on loopback: a secure cookie would never come back.
		CORS: config.CORS{CookieInsecure: true},
	}
}

func (u *UI) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !u.answers(ctx) {
		select {
		case <-tick.C:
		case err := <-u.ended:
			return fmt.Errorf("its server ended: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (u *UI) answers(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.URL()+"/healthz", http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// Addr is the host:port on which the UI listens.
func (u *UI) Addr() string { return u.addr.String() }

// URL is what to open in a browser.
func (u *UI) URL() string { return "http://" + u.Addr() }

// Stop closes the UI at once, with the requests that are open; more calls return what
// the first returned.
func (u *UI) Stop() error { return u.stop() }

func (u *UI) shutDown() error {
	u.server.Stop()
	select {
	case err := <-u.ended:
		return err
	case <-time.After(stopTimeout):
		return fmt.Errorf("the Temporal UI did not stop within %s", stopTimeout)
	}
}
