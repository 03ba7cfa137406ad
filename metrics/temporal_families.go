package metrics

import (
	"sync/atomic"

	"go.temporal.io/sdk/client"
)

// pollers is the SDK's gauge of the requests for work that wait at the server.
const pollers = "temporal_num_pollers"

// newTemporalFamilies makes the families of the SDK's that somebody looks at; what else it reports is
// dropped. A counter is served with _total behind the SDK's name, a time with _seconds, as is usual.
func newTemporalFamilies(f *families) *temporalFamilies {
	t := &temporalFamilies{
		names:    tagNames(),
		counters: map[string]*temporalVec[client.MetricsCounter]{},
		gauges:   map[string]*temporalVec[client.MetricsGauge]{},
		timers:   map[string]*temporalVec[client.MetricsTimer]{},
		polled:   map[string]*atomic.Bool{},
	}
	t.addCounters(f)
	t.addGauges(f)
	t.addTimers(f)
	return t
}

func (t *temporalFamilies) addCounters(f *families) {
	for _, c := range []struct {
		name, help string
		labels     []int
	}{
		{"temporal_request", "Requests to Temporal, without those that wait for work.", []int{tagOperation}},
		{"temporal_request_failure", "Requests to Temporal that failed; each attempt counts.", []int{tagOperation, tagStatusCode}},
		{"temporal_long_request_failure", "Polls of Temporal that failed.", []int{tagOperation, tagStatusCode}},
		{"temporal_workflow_completed", "Workflow runs that ended as they should.", []int{tagWorkflowType}},
		{"temporal_workflow_canceled", "Workflow runs that ended as cancelled.", []int{tagWorkflowType}},
		{"temporal_workflow_failed", "Workflow runs that ended with an error.", []int{tagWorkflowType}},
		{"temporal_workflow_continue_as_new", "Workflow runs that go on in another run.", []int{tagWorkflowType}},
		{
			"temporal_workflow_task_execution_failed",
			"Workflow tasks that failed: NonDeterminismError of code that does not follow its history, WorkflowError of a panic.",
			[]int{tagWorkflowType, tagFailureReason},
		},
		{"temporal_activity_execution_failed", "Attempts of activities that failed, a deferral included.", []int{tagActivityType}},
		{"temporal_local_activity_execution_failed", "Attempts of local activities that failed.", []int{tagActivityType}},
		{"temporal_unregistered_activity_invocation", "Activities that were asked for and are not known.", nil},
		{"temporal_corrupted_signals", "Signals that could not be decoded.", nil},
		{"temporal_sticky_cache_hit", "Workflow tasks whose run was in memory.", nil},
		{"temporal_sticky_cache_miss", "Workflow tasks whose run had to be replayed.", nil},
		{"temporal_sticky_cache_total_forced_eviction", "Runs that left the memory because it was full.", nil},
	} {
		vec := f.counterVec(c.name+"_total", c.help, labelsAt(t.names, c.labels)...)
		t.counters[c.name] = &temporalVec[client.MetricsCounter]{
			labels: c.labels, children: map[labelsOf]client.MetricsCounter{},
			with: func(values ...string) client.MetricsCounter { return &temporalCounter{vec.WithLabelValues(values...)} },
		}
	}
}

func (t *temporalFamilies) addGauges(f *families) {
	for _, g := range []struct {
		name, help string
		labels     []int
	}{
		{pollers, "Requests for work that wait at Temporal.", []int{tagTaskQueue, tagPollerType}},
		{"temporal_worker_task_slots_available", "Tasks that could begin now.", []int{tagTaskQueue, tagWorkerType}},
		{"temporal_worker_task_slots_used", "Tasks that are being worked on.", []int{tagTaskQueue, tagWorkerType}},
		{"temporal_sticky_cache_size", "Runs in memory.", nil},
		{"temporal_workflow_active_thread_count", "Coroutines of the runs in memory.", nil},
	} {
		vec := f.gaugeVec(g.name, g.help, labelsAt(t.names, g.labels)...)
		t.gauges[g.name] = &temporalVec[client.MetricsGauge]{
			labels: g.labels, children: map[labelsOf]client.MetricsGauge{},
			with: func(values ...string) client.MetricsGauge {
				if g.name == pollers {
					return &pollerGauge{vec.WithLabelValues(values...), t.polledBy(values[0])}
				}
				return &temporalGauge{vec.WithLabelValues(values...)}
			},
		}
	}
}

func (t *temporalFamilies) addTimers(f *families) {
	buckets := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
	for _, h := range []struct {
		name, help string
		labels     []int
	}{
		{"temporal_request_latency", "How long requests to Temporal took, with their retries.", []int{tagOperation}},
		{"temporal_workflow_task_schedule_to_start_latency", "How long workflow tasks waited for a worker.", nil},
		{"temporal_workflow_task_execution_latency", "How long workflow tasks took, with their local activities.", nil},
		{"temporal_workflow_task_replay_latency", "How long it took to replay a run that was not in memory.", nil},
		{"temporal_activity_schedule_to_start_latency", "How long activities waited for a worker.", []int{tagTaskQueue}},
		{"temporal_activity_execution_latency", "How long attempts of activities took.", []int{tagActivityType}},
		{"temporal_local_activity_execution_latency", "How long attempts of local activities took.", []int{tagActivityType}},
	} {
		vec := f.histogramVec(h.name+"_seconds", h.help, buckets, labelsAt(t.names, h.labels)...)
		t.timers[h.name] = &temporalVec[client.MetricsTimer]{
			labels: h.labels, children: map[labelsOf]client.MetricsTimer{},
			with: func(values ...string) client.MetricsTimer { return &temporalTimer{vec.WithLabelValues(values...)} },
		}
	}
}

func labelsAt(names [tagCount]string, places []int) []Label {
	var labels []Label
	for _, place := range places {
		labels = append(labels, Label{Name: names[place]})
	}
	return labels
}
