package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/workflows"
)

// askTemporal is the pause between two looks whether Temporal can be reached.
const askTemporal = time.Second

// connect prepares the connection; it is made when it is first used.
func connect(options client.Options) (client.Client, error) {
	c, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal: %w", err)
	}
	return c, nil
}

// clientOptions says where Temporal is. In production its own variables add TLS and API keys,
// and go before ours; in dev the cluster is the embedded one, whatever this machine's
// environment says.
func clientOptions(cfg config.Config, logger *slog.Logger) (options client.Options, err error) {
	if !cfg.IsDev() {
		options, err = envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{DisableFile: os.Getenv("TEMPORAL_CONFIG_FILE") == ""})
		if err != nil {
			return options, fmt.Errorf("read the TEMPORAL_* variables: %w", err)
		}
	}
	if options.HostPort == "" {
		options.HostPort = cfg.TemporalAddr
	}
	if options.Namespace == "" {
		options.Namespace = cfg.TemporalNamespace
	}
	options.DataConverter = Payloads()
	options.Logger = log.NewStructuredLogger(slog.New(warnings{logger.With("part", "temporal").Handler()}))
	return options, nil
}

// warnings lets through what somebody has to act on. What the SDK tells beside that, such as
// every worker's start, package app tells in its own words.
type warnings struct{ slog.Handler }

// Enabled tells the SDK what is heard.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the level.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the level.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }

// awaitTemporal waits until the namespace answers, and says so while it does not.
func (a *App) awaitTemporal(ctx context.Context) error {
	for attempt := 0; ; attempt++ {
		err := a.describeNamespace(ctx)
		if err == nil {
			return nil
		}
		if attempt%10 == 1 {
			a.log.Warn("waiting for Temporal", "addr", a.temporalAddr, "namespace", a.namespace, "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(askTemporal):
		}
	}
}

func (a *App) describeNamespace(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := a.temporal.WorkflowService().DescribeNamespace(ctx,
		&workflowservice.DescribeNamespaceRequest{Namespace: a.namespace})
	return err
}

// readiness says whether a message can be accepted, and if not, which part is missing: the
// database, Temporal, or the search attributes, without which every start of a conversation
// fails. What was registered once stays so.
type readiness struct {
	app        *App
	registered atomic.Bool
}

func (a *App) readiness() *readiness { return &readiness{app: a} }

func (r *readiness) check(ctx context.Context) error {
	if err := r.app.store.Ping(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	if _, err := r.app.temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("no answer from Temporal: %w", err)
	}
	if r.registered.Load() {
		return nil
	}
	if err := r.searchAttributes(ctx); err != nil {
		return fmt.Errorf("the search attributes of namespace %s are not there: %w", r.app.namespace, err)
	}
	r.registered.Store(true)
	return nil
}

func (r *readiness) searchAttributes(ctx context.Context) error {
	return askFor(ctx, r.app.temporal, r.app.namespace, workflows.SearchAttributes()...)
}

// askFor asks a question that names all of the attributes: a server that does not know one
// refuses it, whatever kind of server it is.
func askFor(ctx context.Context, c client.Client, namespace string, attributes ...string) error {
	query := strings.Join(attributes, ` = "-" AND `) + ` = "-"`
	_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: query})
	return err
}
