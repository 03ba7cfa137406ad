// Package app wires a process together: the database, the connection to Temporal, and the API, the
// workers or both.
//
// New opens and binds, and fails early; Run starts the parts in order, serves until its context
// ends, and stops them in reverse, within 10 s. Only commands and the dev server may import this
// package. Start reading at New.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/tracing"
	"github.com/chattigo/api-isv/webhook"
	"github.com/chattigo/api-isv/worker"
)

const (
	// drainRequests bounds the requests in flight at a stop. Of the 10 s that it may take, the workers
	// get the first 6 (their own limit), requests 2 after that.
	drainRequests = 2 * time.Second
)

// Options are the parts of a process.
type Options struct {
	// API serves HTTP, Worker runs conversations.
	API    bool
	Worker bool
	// Logger is used by all parts.
	Logger *slog.Logger
	// Version names the build, in logs and in the user agent of deliveries.
	Version string
	// PullLease is how long a message that was pulled is kept from others; 0 is a minute. It is for the
	// end-to-end tests.
	PullLease time.Duration
	// CallNetwork makes the network of bots' calls from the one of production; nil keeps that one. It
	// is for the end-to-end tests, whose bots call servers of this machine, and works in dev only.
	CallNetwork func(webhook.Network) webhook.Network
}

// App is one process of the service.
type App struct {
	config   config.Config
	opts     Options
	log      *slog.Logger
	store    *store.Store
	vault    *store.Vault
	temporal client.Client
	// temporalAddr and namespace are those of the temporal client.
	temporalAddr, namespace string
	listener                net.Listener
	// ops serves the metrics and what orchestrators ask; nil in a process without.
	ops     net.Listener
	metrics *metrics.Metrics
	ready   *readiness
	// traces is nil while they are off.
	traces *tracing.Tracer
	// fail ends Run with an error, the first one that is given. Run sets it.
	fail context.CancelCauseFunc
}

// New opens and binds: the listener first, then the database, which is migrated in dev and has to be
// migrated in production. It waits a minute for a database that cannot be reached, and not for Temporal.
func New(ctx context.Context, cfg config.Config, opts Options) (_ *App, err error) {
	if opts.CallNetwork != nil && !cfg.IsDev() {
		return nil, errors.New("the network of calls is not the one of production, but this is not dev")
	}
	a := &App{config: cfg, opts: opts, log: opts.Logger}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if opts.API {
		if a.listener, err = bind(ctx, cfg.HTTPAddr, "CHATTIGO_HTTP_ADDR"); err != nil {
			return nil, err
		}
	}
	if a.ops, err = a.bindOps(ctx); err != nil {
		return nil, err
	}
	if a.store, err = openStore(ctx, cfg, opts.Logger); err != nil {
		return nil, err
	}
	a.metrics, a.ready = newMetrics(a.store), newReadiness(a)
	a.metrics.WatchParts(a.ready.parts(), a.ready.check, time.Now)
	if a.vault, err = openVault(ctx, cfg, a.store); err != nil {
		return nil, err
	}
	if err := storeStarter(ctx, a.store); err != nil {
		return nil, err
	}
	if err := a.openTraces(ctx); err != nil {
		return nil, err
	}
	options, err := clientOptions(cfg, opts.Logger)
	if err != nil {
		return nil, err
	}
	options.Interceptors = a.traces.Client()
	options.MetricsHandler = a.metrics.Temporal(worker.Queues()...)
	if a.temporal, err = connect(options); err != nil {
		return nil, err
	}
	a.temporalAddr, a.namespace = options.HostPort, options.Namespace
	a.logParts(options)
	return a, nil
}

// logParts logs what this process uses and where that is, so that a wrong setting shows in the first
// line. It logs no secret.
func (a *App) logParts(temporal client.Options) {
	dir, err := filepath.Abs(a.config.DataDir)
	if err != nil {
		dir = a.config.DataDir
	}
	a.log.Info("starting", "version", a.opts.Version, "env", a.config.Env, "api", a.opts.API, "worker", a.opts.Worker,
		"listen", a.HTTPAddr(), "database", a.store.Kind(), "database_place", a.config.DatabasePlace(),
		"temporal", temporal.HostPort, "namespace", temporal.Namespace, "temporal_tls", secured(temporal),
		"temporal_api_key", temporal.Credentials != nil, "data_dir", dir)
}

func bind(ctx context.Context, addr, variable string) (net.Listener, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use; stop what listens there or set %s", addr, variable)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", variable, err)
	}
	return listener, nil
}

// HTTPAddr is where the API listens; empty in a process without one.
func (a *App) HTTPAddr() string {
	if a.listener == nil {
		return ""
	}
	return a.listener.Addr().String()
}

// Run serves until ctx ends or a part fails for good, and then stops everything in reverse
// order. It may be called once.
func (a *App) Run(parent context.Context) (err error) {
	defer func() { err = errors.Join(err, a.close()) }()
	ctx, fail := context.WithCancelCause(parent)
	defer fail(nil)
	a.fail = fail
	defer a.serveOps()()
	if a.opts.API {
		stop, err := a.serve(ctx)
		if err != nil {
			return err
		}
		defer stop()
	}
	if a.opts.Worker {
		stop, err := a.work(ctx)
		if err != nil {
			return err
		}
		defer stop()
	}
	<-ctx.Done()
	if parent.Err() != nil {
		return nil
	}
	return context.Cause(ctx)
}

// serve starts the HTTP server; /readyz reports whether messages can be accepted.
func (a *App) serve(ctx context.Context) (stop func(), err error) {
	poster, err := a.poster()
	if err != nil {
		return nil, err
	}
	networks, err := a.config.Proxies()
	if err != nil {
		return nil, fmt.Errorf("CHATTIGO_TRUSTED_PROXIES %w", err)
	}
	handler, err := a.handler(ctx, poster, networks)
	if err != nil {
		return nil, err
	}
	limits := productionLimits()
	server := limits.server(handler, a.log)
	listener := limits.limit(server, a.listener, networks, a.log)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("serve HTTP: %w", err))
		}
	}()
	a.log.Info("the API is listening", "addr", a.HTTPAddr())
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainRequests)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			_ = server.Close()
		}
		<-ended
		poster.Close()
	}, nil
}

func (a *App) handler(ctx context.Context, poster api.Poster, networks []netip.Prefix) (http.Handler, error) {
	starter, err := definition.Load(definition.Starter())
	if err != nil {
		return nil, err
	}
	return api.New(api.Deps{
		Store: a.store, Keys: a.vault, Poster: poster, Temporal: a.temporal, Ready: a.ready.accepting,
		TokenKey: a.config.TokenKey.Bytes(), TokenKeysOld: a.config.OldTokenKeys(), IDKey: a.config.IDKey.Bytes(),
		StarterBot: starter.Hash, PullLease: a.opts.PullLease, Stopping: ctx.Done(), TrustedProxies: networks, AccountRate: a.config.AccountRate,
		Dev: a.config.IsDev(), Logger: a.log, Metrics: a.metrics, Traces: a.traces, Now: time.Now,
	})
}

// work starts the workers as soon as Temporal can be reached.
func (a *App) work(ctx context.Context) (stop func(), err error) {
	poster, err := a.poster()
	if err != nil {
		return nil, err
	}
	caller, err := a.caller()
	if err != nil {
		return nil, err
	}
	endpoints := a.endpoints()
	a.metrics.WatchBreakers(endpoints.OpenBreakers)
	acts := activities.New(a.parts(poster, caller, endpoints))
	workers := worker.New(a.temporal, acts, a.identity(), func(err error) {
		a.fail(fmt.Errorf("a worker cannot go on: %w", err))
	}, a.traces.Worker()...)
	if err := a.awaitTemporal(ctx); err != nil {
		return func() {}, nil //nolint:nilerr // ctx ended while waiting: there is nothing to stop
	}
	if err := workers.Start(); err != nil {
		return nil, err
	}
	a.scheduleSweep(ctx)
	stopWatching := a.watch(ctx)
	a.log.Info("the workers are polling", "namespace", a.namespace)
	return func() {
		stopWatching()
		workers.Stop()
		poster.Close()
		caller.Close()
	}, nil
}

// parts are what the activities work with.
func (a *App) parts(poster activities.Poster, caller activities.Caller, endpoints *webhook.Endpoints) activities.Parts {
	return activities.Parts{
		Store: a.store, Poster: a.tracedPoster(poster), Caller: a.tracedCaller(caller), Secrets: a.vault, Keys: a.vault, Runs: runs{a.temporal, a.namespace},
		ArchiveKept: time.Duration(a.config.ArchiveDays) * 24 * time.Hour,
		Log:         a.log, Env: a.config.Env, Endpoints: endpoints, Metrics: a.metrics,
	}
}

// identity names this process in the Temporal UI.
func (a *App) identity() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%d@%s/%s", os.Getpid(), host, a.opts.Version)
}

func (a *App) close() error {
	if a.listener != nil {
		_ = a.listener.Close()
	}
	if a.ops != nil {
		_ = a.ops.Close()
	}
	if a.temporal != nil {
		a.temporal.Close()
	}
	a.closeTraces()
	if a.store != nil {
		return a.store.Close()
	}
	return nil
}
