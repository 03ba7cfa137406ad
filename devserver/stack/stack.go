package stack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/cluster"
	"github.com/chattigo/api-isv/devserver/datadir"
	"github.com/chattigo/api-isv/devserver/ports"
	"github.com/chattigo/api-isv/devserver/ui"
	"github.com/chattigo/api-isv/examples/isv"
	"github.com/chattigo/api-isv/webhook"
)

// StopTimeout is how long [Stack.Stop] should be given: the workers take up to 6 s to finish their
// activities.
const StopTimeout = 10 * time.Second

// Options says what to start, and where it logs.
type Options struct {
	// Config holds the addresses and the data directory; see FreeConfig for free ones.
	Config config.Config
	// WithoutUI leaves out the Temporal UI, which tests do not need.
	WithoutUI bool
	// Logger is the service's log.
	Logger *slog.Logger
	// TemporalLog writes the Temporal server's warnings to temporal.log in the data directory;
	// without it they are discarded.
	TemporalLog bool
	// CallNetwork is that of [app.Options].
	CallNetwork func(webhook.Network) webhook.Network
	// Say prints progress for a person. Nil: nothing is printed.
	Say func(string)
	// QueueReads is that of [cluster.Options].
	QueueReads int
}

// Stack is the running parts. Start makes it; Stop ends it.
type Stack struct {
	config      config.Config
	log         *slog.Logger
	say         func(string)
	callNetwork func(webhook.Network) webhook.Network

	cluster  *cluster.Cluster
	temporal client.Client
	inbox    *isv.Server
	service  *service

	lock        *datadir.Lock
	temporalLog *boundedFile
	// parts are in the order in which they were started.
	parts []part
}

// part is something that was started and has to be stopped.
type part struct {
	name string
	stop func(context.Context) error
}

// Start starts everything and waits until /readyz says that a message can be accepted. Before
// anything is started or written, it checks that no other process uses the data directory, and that
// all addresses are free. After an error nothing is left running.
func Start(ctx context.Context, opts Options) (*Stack, error) {
	lock, err := reserve(ctx, opts.Config)
	if err != nil {
		return nil, err
	}
	s := &Stack{config: opts.Config, log: opts.Logger, say: opts.Say, callNetwork: opts.CallNetwork, lock: lock}
	if s.say == nil {
		s.say = func(string) {}
	}
	if err := s.start(ctx, opts); err != nil {
		// ctx may have ended already; stopping gets time of its own.
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), StopTimeout)
		defer cancel()
		return nil, errors.Join(err, s.Stop(stopCtx))
	}
	return s, nil
}

// FreeConfig is a development configuration on free ports of this machine, for tests.
func FreeConfig(dataDir string) (config.Config, error) {
	return config.Load(map[string]string{
		"CHATTIGO_ENV":              config.Dev,
		"CHATTIGO_DATA_DIR":         dataDir,
		"CHATTIGO_HTTP_ADDR":        freeAddr(),
		"CHATTIGO_INBOX_ADDR":       freeAddr(),
		"CHATTIGO_TEMPORAL_ADDR":    freeAddr(),
		"CHATTIGO_TEMPORAL_UI_ADDR": freeAddr(),
		// Tests have one webhook take what many take elsewhere.
		"CHATTIGO_WEBHOOK_RATE": "10000",
		"CHATTIGO_OPS_ADDR":     config.OpsOff,
	})
}

func freeAddr() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(int(ports.Free())))
}

// reserve locks the data directory and checks that the addresses are free. If it fails, it has
// created and changed no file or directory.
func reserve(ctx context.Context, cfg config.Config) (*datadir.Lock, error) {
	return datadir.Reserve(cfg.DataDir, "make run", func() error { return checkPorts(ctx, cfg) })
}

func checkPorts(ctx context.Context, cfg config.Config) error {
	return ports.Check(ctx,
		ports.Want{Addr: cfg.HTTPAddr, Variable: "CHATTIGO_HTTP_ADDR"},
		ports.Want{Addr: cfg.TemporalAddr, Variable: cluster.AddrVariable},
		ports.Want{Addr: cfg.TemporalUIAddr, Variable: ui.AddrVariable},
		ports.Want{Addr: cfg.InboxAddr, Variable: "CHATTIGO_INBOX_ADDR"},
	)
}

func (s *Stack) start(ctx context.Context, opts Options) (err error) {
	if s.config, err = s.config.EnsureKeys(); err != nil {
		return err
	}
	logger, err := s.temporalLogger(opts.TemporalLog)
	if err != nil {
		return err
	}
	if err := s.startCluster(ctx, logger, opts.QueueReads); err != nil {
		return err
	}
	if !opts.WithoutUI {
		if err := s.startUI(ctx); err != nil {
			return err
		}
	}
	if err := s.startInbox(ctx); err != nil {
		return err
	}
	if err := AddDemo(ctx, s.config.DatabaseURL, s.inbox.URL()); err != nil {
		return fmt.Errorf("demo account: %w", err)
	}
	return s.StartService(ctx)
}

func (s *Stack) started(name string, stop func(context.Context) error) {
	s.parts = append(s.parts, part{name: name, stop: stop})
}

// temporalLogger is the logger for the Temporal server; nil discards its log.
func (s *Stack) temporalLogger(wanted bool) (*slog.Logger, error) {
	if !wanted {
		return nil, nil // package cluster discards the log
	}
	file, err := openTemporalLog(s.config.DataDir)
	if err != nil {
		return nil, err
	}
	s.temporalLog = file
	return slog.New(slog.NewTextHandler(file, nil)), nil
}

func (s *Stack) startCluster(ctx context.Context, logger *slog.Logger, queueReads int) error {
	s.say("starting the Temporal server")
	running, err := cluster.Start(ctx, cluster.Options{
		DataFile:     temporalFile(s.config),
		FrontendAddr: s.config.TemporalAddr,
		Namespace:    s.config.TemporalNamespace,
		Logger:       logger,
		QueueReads:   queueReads,
	})
	if err != nil {
		return err
	}
	s.cluster = running
	s.started("the Temporal server", func(context.Context) error { return running.Stop() })
	s.temporal, err = client.DialContext(ctx, client.Options{
		HostPort:  running.Addr(),
		Namespace: running.Namespace(),
		Logger:    log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
		// As the service connects to a server beside it.
		ConnectionOptions: client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}},
	})
	return err
}

func (s *Stack) startUI(ctx context.Context) error {
	s.say("starting the Temporal UI")
	running, err := ui.Start(ctx, ui.Options{
		Addr:         s.config.TemporalUIAddr,
		TemporalAddr: s.cluster.Addr(),
		Namespace:    s.cluster.Namespace(),
	})
	if err != nil {
		return err
	}
	s.started("the Temporal UI", func(context.Context) error { return running.Stop() })
	return nil
}

func (s *Stack) startInbox(ctx context.Context) error {
	s.say("starting the sample ISV")
	running, err := isv.Start(ctx, s.config.InboxAddr)
	if err != nil {
		return fmt.Errorf("start the sample ISV: %w", err)
	}
	s.inbox = running
	s.started("the sample ISV", running.Stop)
	return nil
}

// Stop stops the parts in the reverse order of their start, at most until ctx is done;
// see [StopTimeout]. A second call finds nothing to stop.
func (s *Stack) Stop(ctx context.Context) error {
	err := s.StopService(ctx)
	if s.temporal != nil {
		s.temporal.Close()
		s.temporal = nil
	}
	for len(s.parts) > 0 {
		last := s.parts[len(s.parts)-1]
		s.parts = s.parts[:len(s.parts)-1]
		s.say("stopping " + last.name)
		if stopErr := last.stop(ctx); stopErr != nil {
			err = errors.Join(err, fmt.Errorf("stop %s: %w", last.name, stopErr))
		}
	}
	return errors.Join(err, s.releaseDir())
}

// releaseDir closes the log and unlocks the data directory, when nothing writes there any more.
func (s *Stack) releaseDir() error {
	var err error
	if s.temporalLog != nil {
		err = s.temporalLog.Close()
		s.temporalLog = nil
	}
	err = errors.Join(err, s.lock.Release())
	s.lock = nil
	return err
}

// Config is the configuration in use, with keys and final addresses.
func (s *Stack) Config() config.Config { return s.config }

// Temporal is a client of the embedded server, until Stop.
func (s *Stack) Temporal() client.Client { return s.temporal }

// Inbox is what the sample ISV has received.
func (s *Stack) Inbox() *isv.Inbox { return s.inbox.Inbox() }

// InboxURL is the webhook of the demo channel.
func (s *Stack) InboxURL() string { return s.inbox.URL() }

// APIURL is the base of every route, without a slash at its end.
func (s *Stack) APIURL() string { return "http://" + s.config.HTTPAddr }
