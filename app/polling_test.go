package app

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/metrics/metricstest"
	"github.com/chattigo/api-isv/store/storetest"
	"github.com/chattigo/api-isv/worker"
)

// idle is a Temporal server that has no work: polls wait until their callers give up.
type idle struct{ cluster }

func (*idle) DescribeNamespace(context.Context, *workflowservice.DescribeNamespaceRequest) (*workflowservice.DescribeNamespaceResponse, error) {
	return &workflowservice.DescribeNamespaceResponse{NamespaceInfo: &namespacepb.NamespaceInfo{Name: "default"}}, nil
}

func (*idle) PollWorkflowTaskQueue(ctx context.Context, _ *workflowservice.PollWorkflowTaskQueueRequest) (*workflowservice.PollWorkflowTaskQueueResponse, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (*idle) PollActivityTaskQueue(ctx context.Context, _ *workflowservice.PollActivityTaskQueueRequest) (*workflowservice.PollActivityTaskQueueResponse, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// The SDK's own reports are what readiness and the alert for missing workers go by.
func TestWorkersThatAskForWorkAreSeen(t *testing.T) {
	server := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(server, &idle{})
	listener := listen(t, "127.0.0.1:0")
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	quiet, m := slog.New(slog.DiscardHandler), metrics.New()
	options, err := clientOptions(settings(t, "dev"), quiet)
	require.NoError(t, err)
	options.HostPort, options.MetricsHandler = listener.Addr().String(), m.Temporal(worker.Queues()...)
	c, err := connect(options)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	workers := worker.New(c, activities.New(activities.Parts{Store: storetest.SQLite(t), Log: quiet}), "test", nil)
	require.False(t, slices.ContainsFunc(worker.Queues(), m.HasPolled))
	require.NoError(t, workers.Start())
	t.Cleanup(workers.Stop)
	require.Eventually(t, func() bool {
		return !slices.ContainsFunc(worker.Queues(), func(queue string) bool { return !m.HasPolled(queue) })
	}, 30*time.Second, 10*time.Millisecond)
	metricstest.RequireServed(t, m,
		`temporal_worker_task_slots_available{task_queue="chattigo",worker_type="WorkflowWorker"} 400`,
		`temporal_worker_task_slots_available{task_queue="chattigo-events",worker_type="ActivityWorker"} 50`,
		`temporal_request_total{operation="DescribeNamespace"} 1`)
}
