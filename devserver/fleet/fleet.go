package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/balancer"
	"github.com/chattigo/api-isv/devserver/cluster"
	"github.com/chattigo/api-isv/devserver/datadir"
	"github.com/chattigo/api-isv/devserver/ports"
	"github.com/chattigo/api-isv/devserver/stack"
	"github.com/chattigo/api-isv/devserver/ui"
	"github.com/chattigo/api-isv/examples/isv"
)

// StopTimeout is how long [Fleet.Stop] takes at most when every process has to be killed: these are
// stopped in three groups.
const StopTimeout = 3*stopTime + 5*time.Second

// Names of the processes.
const (
	PostgreSQL = "postgres"
	Temporal   = "temporal"
	API1       = "api-1"
	API2       = "api-2"
	Worker1    = "worker-1"
	Worker2    = "worker-2"
)

// WorkerName is the name of a worker process; they are counted from 1.
func WorkerName(n int) string { return "worker-" + strconv.Itoa(n) }

// Options says what to start.
type Options struct {
	// Config holds the addresses and the data directory. Its database is not used: the fleet has its own.
	// The API's address is the balancer's.
	Config config.Config
	// Binary is the path of the real binary, bin/chattigo.
	Binary string
	// WithoutUI leaves out the Temporal UI, which tests do not need.
	WithoutUI bool
	// Forgetful has PostgreSQL not wait for the disk, for tests: nothing that was committed is lost when
	// processes are killed, but when the machine is.
	Forgetful bool
	// ContinueAfter is that of [cluster.Options].
	ContinueAfter int
	// Workers is the number of worker processes; 0 is two.
	Workers int
	// Network is where the processes live; nil: all on 127.0.0.1.
	Network Network
	// Say prints progress for a person, and that processes ended. Nil: nothing is printed.
	Say func(string)
}

// Fleet is the running processes. Start makes it; Stop ends it.
type Fleet struct {
	config        config.Config
	binary, self  string
	continueAfter int
	services      []string // the names of the processes of the service
	network       Network
	say           func(string)

	lock      *datadir.Lock
	postgres  *postgres
	processes []*Process
	apis      []string
	metrics   map[string]string
	temporal  client.Client
	inbox     *isv.Server
	// parts run within this process, in the order in which they were started.
	parts []part
}

// part is something within this process that has to be stopped.
type part struct {
	name string
	stop func(context.Context) error
}

// Start starts everything and waits until each process does its work. Before anything is started or
// written, it checks that PostgreSQL is installed, that no other process uses the data directory, and that
// all addresses are free. After an error nothing is left running.
func Start(ctx context.Context, opts Options) (*Fleet, error) {
	self, err := executable()
	if err != nil {
		return nil, err
	}
	found, err := findPostgres(ctx, opts.Config.DataDir, ports.Free())
	if err != nil {
		return nil, err
	}
	found.forgetful, found.host = opts.Forgetful, host(opts.Network, PostgreSQL)
	lock, err := datadir.Reserve(opts.Config.DataDir, "make stack", func() error { return checkPorts(ctx, opts) })
	if err != nil {
		return nil, err
	}
	f := &Fleet{
		config: opts.Config, binary: opts.Binary, self: self, continueAfter: opts.ContinueAfter, say: serially(opts.Say),
		services: []string{API1, API2}, network: opts.Network,
		lock: lock, postgres: found, metrics: map[string]string{},
	}
	for n := range cmp.Or(opts.Workers, 2) {
		f.services = append(f.services, WorkerName(n+1))
	}
	if err := f.start(ctx, opts); err != nil {
		// ctx may have ended already; stopping gets time of its own.
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), StopTimeout)
		defer cancel()
		return nil, errors.Join(err, f.Stop(stopCtx))
	}
	return f, nil
}

// serially lets one sentence be said at a time: every process has a goroutine that speaks.
func serially(say func(string)) func(string) {
	if say == nil {
		return func(string) {}
	}
	var mu sync.Mutex
	return func(what string) {
		mu.Lock()
		defer mu.Unlock()
		say(what)
	}
}

func checkPorts(ctx context.Context, opts Options) error {
	wants := []ports.Want{
		{Addr: opts.Config.HTTPAddr, Variable: "CHATTIGO_HTTP_ADDR"},
		{Addr: opts.Config.TemporalAddr, Variable: cluster.AddrVariable},
		{Addr: opts.Config.InboxAddr, Variable: "CHATTIGO_INBOX_ADDR"},
	}
	if !opts.WithoutUI {
		wants = append(wants, ports.Want{Addr: opts.Config.TemporalUIAddr, Variable: ui.AddrVariable})
	}
	return ports.Check(ctx, wants...)
}

func (f *Fleet) start(ctx context.Context, opts Options) (err error) {
	if f.config, err = f.config.EnsureKeys(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(f.config.DataDir, "logs"), 0o700); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{f.startPostgres, f.startTemporal, f.startInbox, f.addData, f.startService} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if opts.WithoutUI {
		return nil
	}
	return f.startUI(ctx)
}

// add makes a process, launches it and returns it.
func (f *Fleet) add(ctx context.Context, p *Process) (*Process, error) {
	var err error
	if p.log, err = openLog(filepath.Join(f.config.DataDir, "logs", p.name+".log")); err != nil {
		return nil, err
	}
	p.say = f.say
	if f.network != nil {
		p.within = func(start func() error) error { return f.network.Start(p.name, start) }
	}
	f.processes = append(f.processes, p)
	p.Launch(ctx)
	return p, nil
}

func (f *Fleet) startPostgres(ctx context.Context) error {
	f.say("starting PostgreSQL…")
	if err := f.postgres.prepare(ctx); err != nil {
		return err
	}
	f.config.DatabaseURL = f.postgres.url(serviceDatabase)
	// SIGINT is PostgreSQL's fast shutdown: it ends the connections.
	running, err := f.add(ctx, &Process{
		name: PostgreSQL, command: f.postgres.command, stopSignal: syscall.SIGINT, ready: f.postgres.isReady,
	})
	if err != nil {
		return err
	}
	if err := running.AwaitReady(ctx); err != nil {
		return err
	}
	return f.postgres.createDatabase(ctx)
}

func (f *Fleet) startTemporal(ctx context.Context) error {
	f.say("starting the Temporal server…")
	var err error
	if f.network != nil {
		f.config.TemporalAddr = f.freeAddr(Temporal)
	}
	if f.temporal, err = client.NewLazyClient(client.Options{
		HostPort: f.config.TemporalAddr, Namespace: f.config.TemporalNamespace,
		Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
		// As the service connects to a server beside it.
		ConnectionOptions: client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}},
	}); err != nil {
		return err
	}
	running, err := f.add(ctx, &Process{
		name: Temporal, command: f.temporalCommand, stopSignal: syscall.SIGTERM, ready: f.temporalReady,
	})
	if err != nil {
		return err
	}
	return running.AwaitReady(ctx)
}

func (f *Fleet) startInbox(ctx context.Context) error {
	f.say("starting the sample ISV…")
	running, err := isv.Start(ctx, f.config.InboxAddr)
	if err != nil {
		return fmt.Errorf("start the sample ISV: %w", err)
	}
	f.inbox = running
	f.parts = append(f.parts, part{"the sample ISV", running.Stop})
	return nil
}

// addData migrates the database and adds the demo account.
func (f *Fleet) addData(ctx context.Context) error {
	if err := f.migrate(ctx); err != nil {
		return err
	}
	if err := stack.AddDemo(ctx, f.config.DatabaseURL, f.inbox.URL()); err != nil {
		return fmt.Errorf("demo account: %w", err)
	}
	return nil
}

// startService starts the processes of the service at once, and the balancer when all are ready.
func (f *Fleet) startService(ctx context.Context) error {
	f.say(fmt.Sprintf("starting two API processes and %d workers…", len(f.services)-2))
	var started []*Process
	for _, name := range f.services {
		p, err := f.add(ctx, f.serviceProcess(name))
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.AwaitReady(ctx); err != nil {
			return err
		}
	}
	running, err := balancer.Start(ctx, balancer.Options{Addr: f.config.HTTPAddr, Backends: f.apis, HealthPath: readyPath})
	if err != nil {
		return err
	}
	f.parts = append(f.parts, part{"the balancer", running.Stop})
	return nil
}

func (f *Fleet) serviceProcess(name string) *Process {
	opsAddr := f.freeAddr(name)
	f.metrics[name] = "http://" + opsAddr + metricsPath
	p := &Process{name: name, stopSignal: syscall.SIGTERM, ready: answers("http://" + opsAddr + readyPath)}
	if name != API1 && name != API2 {
		p.command = f.serviceCommand("worker", f.config.HTTPAddr, opsAddr)
		return p
	}
	httpAddr := f.freeAddr(name)
	f.apis = append(f.apis, httpAddr)
	p.command = f.serviceCommand("api", httpAddr, opsAddr)
	return p
}

func (f *Fleet) startUI(ctx context.Context) error {
	f.say("starting the Temporal UI…")
	running, err := ui.Start(ctx, ui.Options{
		Addr: f.config.TemporalUIAddr, TemporalAddr: f.config.TemporalAddr, Namespace: f.config.TemporalNamespace,
	})
	if err != nil {
		return err
	}
	f.parts = append(f.parts, part{"the Temporal UI", func(context.Context) error { return running.Stop() }})
	return nil
}
