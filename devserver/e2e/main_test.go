package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/fleet"
	"github.com/chattigo/api-isv/devserver/netns"
	"github.com/chattigo/api-isv/devserver/stack"
	"github.com/chattigo/api-isv/examples/isv"
	"github.com/chattigo/api-isv/store"
)

var (
	update  = flag.Bool("update", false, "record the golden files and the replay corpus anew")
	onFleet = flag.Bool("fleet", false, "run against processes on PostgreSQL instead of one process on SQLite")
	// shared is set by TestMain, before any test runs.
	shared *environment
)

// service is what runs: a stack, or a fleet.
type service interface {
	Config() config.Config
	APIURL() string
	Temporal() client.Client
	Inbox() *isv.Inbox
	InboxURL() string
	Stop(ctx context.Context) error
}

// environment is what the tests of one run have in common.
type environment struct {
	stack    service
	clinic   *clinicAPI
	temporal client.Client
	store    *store.Store
	idKey    []byte
	// api is the API process that tenants use, otherAPI a second one, that has accepted nothing yet, and apis
	// both. The balancer of a fleet is at the address of its configuration.
	api, otherAPI string
	apis          []string
	// passwordHash belongs to every account of the tests; hashing takes a while.
	passwordHash string
	channels     atomic.Int64

	closers []func() error
}

// shortLease is how long the other API process keeps a message that was pulled from others.
const shortLease = 3 * time.Second

const password = "a-password-of-tests"

func TestMain(m *testing.M) {
	fleet.RunIfTemporal(context.Background())
	if os.Getenv(asWorker) != "" {
		if err := runWorker(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	// These tests wait more than they work: the number of cores, which is the default, would
	// only make them wait for each other.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	flag.Parse()
	start := func() (int, error) { return run(m) }
	if *chaosFleet && netns.Check(context.Background()) == nil && !netns.Isolated() {
		start = func() (int, error) { return netns.Isolate(context.Background()) }
	}
	status, err := start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(m *testing.M) (status int, err error) {
	dir, err := os.MkdirTemp("", "chattigo-e2e-")
	if err != nil {
		return 1, err
	}
	env := &environment{}
	defer func() { err = errors.Join(err, env.close(), os.RemoveAll(dir)) }()
	if err := env.open(context.Background(), dir); err != nil {
		return 1, err
	}
	shared = env
	if status = m.Run(); status != 0 {
		return status, nil
	}
	n, err := rerunArchive(context.Background(), env.store)
	if err != nil {
		return 1, fmt.Errorf("an archived conversation does not come out as it was said: %w", err)
	}
	fmt.Fprintf(os.Stdout, "%d archived conversations came out as they were said\n", n)
	return 0, nil
}

func (e *environment) open(ctx context.Context, dir string) (err error) {
	start := e.startStack
	if *onFleet {
		start = e.startFleet
	}
	if err := start(ctx, dir); err != nil {
		return err
	}
	e.temporal = e.stack.Temporal()
	e.idKey = e.stack.Config().IDKey.Bytes()
	if e.passwordHash, err = api.HashPassword(password); err != nil {
		return err
	}
	if e.store, err = store.Open(ctx, e.stack.Config().DatabaseURL); err != nil {
		return err
	}
	e.closers = append(e.closers, e.store.Close)
	return nil
}

// startStack starts one process, and a second API beside it.
func (e *environment) startStack(ctx context.Context, dir string) error {
	cfg, err := stack.FreeConfig(dir)
	if err != nil {
		return err
	}
	cfg.OpsAddr = freeAddr()
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	if e.clinic, err = startClinicAPI(); err != nil {
		return err
	}
	e.closers = append(e.closers, e.clinic.close)
	e.stack, err = stack.Start(ctx, stack.Options{
		Config: cfg, WithoutUI: true, Logger: logger, CallNetwork: e.clinic.network,
	})
	if err != nil {
		return err
	}
	e.closers = append(e.closers, e.stopStack)
	return e.openOtherAPI(ctx, logger)
}

// startFleet starts a fleet, whose bots can call nobody.
func (e *environment) startFleet(ctx context.Context, dir string) error {
	running, err := startFleet(ctx, dir, 0, nil)
	if err != nil {
		return err
	}
	e.stack, e.apis = running, running.APIURLs()
	e.api, e.otherAPI = e.apis[0], e.apis[1]
	e.closers = append(e.closers, e.stopStack)
	return nil
}

func (e *environment) stopStack() error {
	ctx, cancel := context.WithTimeout(context.Background(), fleet.StopTimeout)
	defer cancel()
	return e.stack.Stop(ctx)
}

func (e *environment) openOtherAPI(ctx context.Context, logger *slog.Logger) error {
	cfg := e.stack.Config()
	cfg.HTTPAddr, cfg.OpsAddr = "127.0.0.1:0", config.OpsOff
	other, err := app.New(ctx, cfg, app.Options{API: true, Logger: logger, PullLease: shortLease})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- other.Run(ctx) }()
	e.closers = append(e.closers, func() error {
		cancel()
		return <-ended
	})
	e.api, e.otherAPI = e.stack.APIURL(), "http://"+other.HTTPAddr()
	e.apis = []string{e.api, e.otherAPI}
	return nil
}

// close stops what was opened, the latest first.
func (e *environment) close() error {
	var err error
	for len(e.closers) > 0 {
		last := e.closers[len(e.closers)-1]
		e.closers = e.closers[:len(e.closers)-1]
		err = errors.Join(err, last())
	}
	return err
}
