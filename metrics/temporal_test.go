package metrics_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/metrics/metricstest"
)

func TestWhatTemporalsSDKReportsIsServed(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	root := m.Temporal("chattigo").WithTags(map[string]string{"namespace": "default", "task_queue": "none", "workflow_type": "none"})
	worker := root.WithTags(map[string]string{"task_queue": "chattigo"})
	worker.WithTags(map[string]string{"poller_type": "workflow_task"}).Gauge("temporal_num_pollers").Update(3)
	worker.WithTags(map[string]string{"poller_type": "workflow_task"}).Gauge("temporal_num_pollers").Update(2)
	worker.WithTags(map[string]string{"workflow_type": "Conversation", "failure_reason": "NonDeterminismError"}).
		Counter("temporal_workflow_task_execution_failed").Inc(2)
	root.WithTags(map[string]string{"operation": "SignalWithStartWorkflowExecution"}).Timer("temporal_request_latency").Record(30 * time.Millisecond)
	root.Counter("temporal_corrupted_signals").Inc(1)
	root.Counter("temporal_corrupted_signals").Inc(-1)
	worker.WithTags(map[string]string{"task_queue": "4fd1@host:12345"}).Gauge("temporal_num_pollers").Update(1)
	root.Counter("temporal_something_new").Inc(1)
	root.Gauge("temporal_something_new").Update(1)
	root.Timer("temporal_something_new").Record(time.Second)
	metricstest.RequireServed(t, m,
		`temporal_num_pollers{poller_type="workflow_task",task_queue="chattigo"} 2`,
		`temporal_num_pollers{poller_type="",task_queue="other"} 1`,
		`temporal_workflow_task_execution_failed_total{failure_reason="NonDeterminismError",workflow_type="Conversation"} 2`,
		`temporal_request_latency_seconds_bucket{operation="SignalWithStartWorkflowExecution",le="0.05"} 1`,
		`temporal_corrupted_signals_total 1`,
	)
	require.NotContains(t, strings.Join(metricstest.Lines(t, m), "\n"), "something_new")
}

// Whoever names workflow types in our namespace must not fill the memory of Prometheus.
func TestNamesOfOthersAreBounded(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	for n := range 1000 {
		m.Temporal().WithTags(map[string]string{"workflow_type": fmt.Sprintf("Type%d", n)}).Counter("temporal_workflow_completed").Inc(1)
	}
	series := 0
	for _, line := range metricstest.Lines(t, m) {
		if strings.HasPrefix(line, "temporal_workflow_completed_total") {
			series++
		}
	}
	require.Equal(t, 101, series)
	metricstest.RequireServed(t, m, `temporal_workflow_completed_total{workflow_type="other"} 900`)
}

func TestAFamilyServesWhatItDeclares(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	m.WatchBreakers(func() int { return 0 })
	named := map[string]bool{}
	for _, family := range m.Families() {
		require.NotEmpty(t, family.Help, family.Name)
		require.False(t, named[family.Name], "%s is there once", family.Name)
		named[family.Name] = true
		for _, label := range family.Labels {
			require.NotContains(t, []string{"account", "tenant", "channel", "wa_id", "contact", "conversation", "url"}, label.Name)
			require.LessOrEqual(t, len(label.Values), 20)
		}
	}
	for _, line := range metricstest.Lines(t, m) {
		name := line[:strings.IndexAny(line, "{ ")]
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if base, cut := strings.CutSuffix(name, suffix); cut && named[base] {
				name = base
			}
		}
		require.True(t, named[name], name)
	}
}
