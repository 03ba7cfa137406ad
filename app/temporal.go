package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"github.com/chattigo/api-isv/config"
)

// reconnectPause is the pause between two attempts to reach Temporal, or the database.
const reconnectPause = time.Second

// connect makes a client, which connects when it is first used.
func connect(options client.Options) (client.Client, error) {
	c, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal: %w", err)
	}
	return c, nil
}

// clientOptions returns the options of the Temporal client. In production Temporal's own variables add
// TLS and API keys, and take precedence over ours; in dev the cluster is the embedded one, whatever
// this machine's environment says.
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
	options.ConnectionOptions.GrpcCompression = compression(options)
	options.DataConverter = Payloads()
	options.Logger = log.NewStructuredLogger(slog.New(warnings{logger.With("part", "temporal").Handler()}))
	return options, nil
}

// compression is gzip to a server that is reached over TLS: it is somewhere else, and what crosses a
// network may be paid for. A server without TLS is on this machine or beside it, where gzip only costs
// processor time, both here and there.
func compression(options client.Options) client.GrpcCompression {
	if secured(options) {
		return &client.GrpcCompressionGzip{}
	}
	return &client.GrpcCompressionNone{}
}

// secured reports whether the connection is made over TLS. The SDK turns it on for an API key.
func secured(options client.Options) bool {
	return options.ConnectionOptions.TLS != nil || options.Credentials != nil && !options.ConnectionOptions.TLSDisabled
}

// warnings drops the SDK's log lines below warnings, such as every worker's start: package app logs
// these itself.
type warnings struct{ slog.Handler }

// Enabled reports whether a level is logged.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the level.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the level.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }

// awaitTemporal waits until the namespace can be described, and logs that it waits.
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
		case <-time.After(reconnectPause):
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
