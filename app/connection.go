package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/config"
)

// dialTimeout bounds how long a command waits for the server; a person is waiting.
const dialTimeout = 10 * time.Second

// Temporal is the Temporal server and namespace, for commands.
type Temporal struct {
	client    client.Client
	namespace string
	address   string
}

// OpenTemporal connects to the same server as the service: that of the settings, and in production of
// Temporal's own TEMPORAL_* variables, which take precedence.
func OpenTemporal(ctx context.Context, cfg config.Config, logger *slog.Logger) (*Temporal, error) {
	options, err := clientOptions(cfg, logger)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("no Temporal server answers at %s: %w", options.HostPort, err)
	}
	return &Temporal{c, options.Namespace, options.HostPort}, nil
}

// Close ends the connection.
func (t *Temporal) Close() { t.client.Close() }

// String names the server and the namespace.
func (t *Temporal) String() string { return fmt.Sprintf("namespace %s at %s", t.namespace, t.address) }

// Run is one run of a workflow, with its history so far.
type Run struct {
	ID      string
	History *historypb.History
	// Previous is the run that was continued as this one; empty when there is none.
	Previous string
}

// Run reads a run; an empty id is the latest.
func (t *Temporal) Run(ctx context.Context, workflowID, runID string) (Run, error) {
	described, err := t.client.DescribeWorkflowExecution(ctx, workflowID, runID)
	if _, unknown := errors.AsType[*serviceerror.NotFound](err); unknown {
		return Run{}, fmt.Errorf("there is no such run of workflow %q in %s: %w", workflowID, t, err)
	}
	if err != nil {
		return Run{}, fmt.Errorf("describe workflow %q: %w", workflowID, err)
	}
	run := Run{ID: described.GetWorkflowExecutionInfo().GetExecution().GetRunId(), History: &historypb.History{}}
	events := t.client.GetWorkflowHistory(ctx, workflowID, run.ID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return Run{}, fmt.Errorf("read the history of run %s: %w", run.ID, err)
		}
		run.History.Events = append(run.History.Events, event)
	}
	if len(run.History.Events) > 0 {
		run.Previous = run.History.Events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
	}
	return run, nil
}

// TemporalConnection says where a process with these settings would look for Temporal, and whether with TLS. It
// connects to nothing.
func TemporalConnection(cfg config.Config) (config.Temporal, error) {
	options, err := clientOptions(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return config.Temporal{}, err
	}
	return config.Temporal{Address: options.HostPort, TLS: secured(options)}, nil
}
