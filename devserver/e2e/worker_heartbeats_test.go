package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/chattigo/api-isv/worker"
)

// heartbeatTimeout is more than the minute between two heartbeats of a worker.
const heartbeatTimeout = 90 * time.Second

// An operator sees in the UI, and with `temporal worker list`, which workers are there and how busy
// their machines are.
func TestEveryWorkerSaysHowBusyItsMachineIs(t *testing.T) {
	namespace := shared.stack.Config().TemporalNamespace
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		listed, err := shared.temporal.WorkflowService().ListWorkers(t.Context(),
			&workflowservice.ListWorkersRequest{Namespace: namespace, PageSize: 100})
		require.NoError(c, err)
		busy := map[string]bool{}
		for _, one := range listed.GetWorkers() {
			described, err := shared.temporal.WorkflowService().DescribeWorker(t.Context(),
				&workflowservice.DescribeWorkerRequest{Namespace: namespace, WorkerInstanceKey: one.GetWorkerInstanceKey()})
			require.NoError(c, err)
			host := described.GetWorkerInfo().GetWorkerHeartbeat().GetHostInfo()
			busy[one.GetTaskQueue()] = host.GetCurrentHostCpuUsage() > 0 && host.GetCurrentHostMemUsage() > 0
		}
		for _, queue := range worker.Queues() {
			require.True(c, busy[queue], "the worker of %s", queue)
		}
	}, heartbeatTimeout, time.Second)
}
