package cluster_test

import (
	"bytes"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/devserver/cluster"
	"github.com/chattigo/api-isv/workflows"
)

func TestClusterHasTheNamespaceAndItsSearchAttributes(t *testing.T) {
	running := start(t, cluster.Options{})
	temporalClient := dial(t, running)

	described, err := temporalClient.WorkflowService().DescribeNamespace(t.Context(),
		&workflowservice.DescribeNamespaceRequest{Namespace: running.Namespace()})
	require.NoError(t, err)
	require.Equal(t, 7*24*time.Hour, described.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
	requireAttributes(t, temporalClient, running.Namespace())
}

func TestClusterKeepsItsDataOverARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data", "temporal.db")
	first := start(t, cluster.Options{DataFile: file})
	startWorkflow(t, dial(t, first), "kept")
	require.NoError(t, first.Stop())

	second := start(t, cluster.Options{DataFile: file, FrontendAddr: first.Addr()})

	described, err := dial(t, second).DescribeWorkflowExecution(t.Context(), "kept", "")
	require.NoError(t, err)
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, described.GetWorkflowExecutionInfo().GetStatus())
}

func TestOnlyTheOwnerReadsTheDataFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "temporal.db")
	start(t, cluster.Options{DataFile: file})

	for _, name := range []string{file, file + "-wal"} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
}

func TestClusterAddsWhatAnEarlierStartDidNotKnow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "temporal.db")
	first := start(t, cluster.Options{DataFile: file})
	_, err := dial(t, first).OperatorService().RemoveSearchAttributes(t.Context(), &operatorservice.RemoveSearchAttributesRequest{
		Namespace:        first.Namespace(),
		SearchAttributes: []string{"ChattigoBot"},
	})
	require.NoError(t, err)
	require.NoError(t, first.Stop())

	second := start(t, cluster.Options{DataFile: file})

	requireAttributes(t, dial(t, second), second.Namespace())
	startWorkflow(t, dial(t, second), "with-all-attributes")
}

func TestClusterFindsAWorkflowByItsAttributes(t *testing.T) {
	temporalClient := dial(t, start(t, cluster.Options{}))
	startWorkflow(t, temporalClient, "found")

	require.EventuallyWithT(t, func(c *assert.CollectT) {
		listed, err := temporalClient.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Query: `ChattigoWaId = "56900000001"`,
		})
		require.NoError(c, err)
		require.Len(c, listed.GetExecutions(), 1)
	}, 10*time.Second, 50*time.Millisecond)
}

func TestStartOnABusyPortSaysSoInOneLineAndWritesNothing(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	file := filepath.Join(t.TempDir(), "temporal.db")

	_, err = cluster.Start(t.Context(), cluster.Options{DataFile: file, FrontendAddr: listener.Addr().String()})

	require.EqualError(t, err, listener.Addr().String()+" is in use; stop what listens there, set CHATTIGO_TEMPORAL_ADDR, or is `make run` already running?")
	require.NoFileExists(t, file)
}

func TestClusterIsQuietFromStartToStop(t *testing.T) {
	var said bytes.Buffer
	running := start(t, cluster.Options{Logger: slog.New(slog.NewTextHandler(&said, nil))})
	began := time.Now()

	require.NoError(t, running.Stop())

	require.Less(t, time.Since(began), 5*time.Second)
	require.Empty(t, said.String())
}

func start(t *testing.T, opts cluster.Options) *cluster.Cluster {
	t.Helper()
	running, err := cluster.Start(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, running.Stop()) })
	return running
}

func dial(t *testing.T, running *cluster.Cluster) client.Client {
	t.Helper()
	temporalClient, err := client.DialContext(t.Context(), client.Options{
		HostPort:  running.Addr(),
		Namespace: running.Namespace(),
		Logger:    log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(t, err)
	t.Cleanup(temporalClient.Close)
	return temporalClient
}

func startWorkflow(t *testing.T, temporalClient client.Client, id string) {
	t.Helper()
	_, err := temporalClient.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID:        id,
		TaskQueue: "nobody-polls-here",
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.AttributeWaID().ValueSet("56900000001"),
			workflows.AttributeContact().ValueSet("56911111111"),
			workflows.AttributeBot().ValueSet("starter@00000000"),
			workflows.AttributeStatus().ValueSet(workflows.StatusOpen),
		),
	}, workflows.ConversationType)
	require.NoError(t, err)
}

func requireAttributes(t *testing.T, temporalClient client.Client, namespace string) {
	t.Helper()
	listed, err := temporalClient.OperatorService().ListSearchAttributes(t.Context(),
		&operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	require.NoError(t, err)
	for _, name := range workflows.SearchAttributes() {
		require.Equal(t, enumspb.INDEXED_VALUE_TYPE_KEYWORD, listed.GetCustomAttributes()[name], name)
	}
}
