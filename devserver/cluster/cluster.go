package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/temporal"

	"github.com/chattigo/api-isv/devserver/ports"
)

// AddrVariable is the environment variable that sets the frontend's address.
const AddrVariable = "CHATTIGO_TEMPORAL_ADDR"

const (
	readyTimeout = 30 * time.Second
	// stopTimeout bounds Stop. An idle server stops in well under a second. Leaving one behind that
	// hangs loses nothing: what was acknowledged is in the file.
	stopTimeout = 5 * time.Second
)

// Options says where the server listens and keeps its data. All may be zero.
type Options struct {
	// DataFile is the SQLite file; it is made when missing. Empty: a temporary one, removed by Stop.
	DataFile string
	// Postgres keeps the data instead of a file.
	Postgres *Postgres
	// FrontendAddr is a loopback host:port. Empty, or port 0: a free port.
	FrontendAddr string
	// Namespace is made when missing. Empty: "default".
	Namespace string
	// Logger gets the server's log. Nil: it is discarded.
	Logger *slog.Logger
	// LogLevel is the least level that reaches Logger. Nil: warnings and errors.
	LogLevel slog.Leveler
	// ContinueAfter is the number of events after which the server suggests continue-as-new. 0 is the
	// server's default; tests set a small number.
	ContinueAfter int
	// QueueReads is how often a second each queue of a shard may be read. 0 is what suits this server; a
	// benchmark sets the server's own default.
	QueueReads int
}

// Cluster is a running Temporal server.
type Cluster struct {
	addr      netip.AddrPort
	namespace string
	server    temporal.Server
	log       *quietLogger
	tempDir   string
	stop      func() error
}

// Start starts the server and waits until it accepts requests and the namespace has every search
// attribute. An address in use is reported before anything is started or written.
func Start(ctx context.Context, opts Options) (*Cluster, error) {
	addr, err := ports.Loopback(cmp.Or(opts.FrontendAddr, "127.0.0.1:0"), AddrVariable)
	if err != nil {
		return nil, err
	}
	if err := ports.Check(ctx, ports.Want{Addr: addr.String(), Variable: AddrVariable}); err != nil {
		return nil, err
	}
	c := &Cluster{
		addr:      addr,
		namespace: cmp.Or(opts.Namespace, "default"),
		log:       newQuietLogger(opts.Logger, opts.LogLevel),
	}
	c.stop = sync.OnceValue(c.shutDown)
	if err := c.start(ctx, opts); err != nil {
		return nil, errors.Join(fmt.Errorf("start the Temporal server: %w", err), c.Stop())
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context, opts Options) error {
	kept, err := c.prepareStore(ctx, opts)
	if err != nil {
		return err
	}
	if err := createNamespace(kept, c.namespace); err != nil {
		return err
	}
	settings := serverConfig(c.addr, kept)
	server, err := newServer(settings, opts, c.log)
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return errors.Join(err, server.Stop())
	}
	c.server = server
	return c.awaitReady(ctx)
}

// prepareStore makes the tables where they are missing, and returns where they are.
func (c *Cluster) prepareStore(ctx context.Context, opts Options) (config.Persistence, error) {
	if opts.Postgres != nil {
		return opts.Postgres.persistence(), opts.Postgres.setUpSchema(c.log)
	}
	file, err := c.dataFile(opts.DataFile)
	if err != nil {
		return config.Persistence{}, err
	}
	if err := makePrivate(file); err != nil {
		return config.Persistence{}, err
	}
	return persistence(file), setUpSchema(ctx, file)
}

func (c *Cluster) dataFile(path string) (string, error) {
	if path != "" {
		return path, os.MkdirAll(filepath.Dir(path), 0o700)
	}
	dir, err := os.MkdirTemp("", "chattigo-temporal-")
	c.tempDir = dir
	return filepath.Join(dir, "temporal.db"), err
}

// makePrivate creates the file, or restricts the mode of an existing one, since it holds what people
// write to each other. SQLite gives the files beside it the same mode.
func makePrivate(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600) // #nosec G304 -- the operator's own path
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

func newServer(settings *config.Config, opts Options, log *quietLogger) (temporal.Server, error) {
	return temporal.NewServer(
		temporal.WithConfig(settings),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(staticHosts(settings)),
		temporal.WithLogger(log),
		temporal.WithDynamicConfigClient(dynamicConfig(opts, settings.Persistence.NumHistoryShards)),
		// Loopback only and no accounts: everybody on this machine may do everything.
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper {
			return authorization.NewNoopClaimMapper()
		}),
	)
}

// Addr is the host:port on which the frontend accepts gRPC.
func (c *Cluster) Addr() string { return c.addr.String() }

// Namespace is the namespace that Start created or found.
func (c *Cluster) Namespace() string { return c.namespace }

// Stop stops the server within 5 seconds; more calls return what the first returned.
func (c *Cluster) Stop() error { return c.stop() }

func (c *Cluster) shutDown() error {
	// While the services stop they log errors about each other, which mean nothing.
	c.log.silence()
	err := c.stopServer()
	if c.tempDir != "" {
		err = errors.Join(err, os.RemoveAll(c.tempDir))
	}
	return err
}

func (c *Cluster) stopServer() error {
	if c.server == nil {
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- c.server.Stop() }()
	select {
	case err := <-done:
		return err
	case <-time.After(stopTimeout):
		return fmt.Errorf("the Temporal server did not stop within %s", stopTimeout)
	}
}
