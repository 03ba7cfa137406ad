package metrics

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
)

// maxChildren bounds the series of one family of the SDK's: the names of workflow types and activities of
// others who use our task queues, and of operations, are not known beforehand.
const maxChildren = 100

// The tags of the SDK's that become labels, by their places in a tags.
const (
	tagTaskQueue = iota
	tagPollerType
	tagWorkerType
	tagWorkflowType
	tagActivityType
	tagOperation
	tagStatusCode
	tagFailureReason
	tagCount
)

// tags are the values of a handler's tags, empty where it has none.
type tags [tagCount]string

func tagNames() [tagCount]string {
	return [tagCount]string{
		"task_queue", "poller_type", "worker_type", "workflow_type", "activity_type", "operation", "status_code", "failure_reason",
	}
}

// labelsOf are the values of one or two labels, the key of a child.
type labelsOf [2]string

// temporalVec is a family with a child for each combination of its labels' values, up to maxChildren.
type temporalVec[C any] struct {
	// labels are places in a tags, in the order of with.
	labels []int
	with   func(values ...string) C

	mu       sync.RWMutex
	children map[labelsOf]C
}

// of returns the child of a handler. Only the first call for one allocates.
func (v *temporalVec[C]) of(t *tags) C {
	var key labelsOf
	for i, label := range v.labels {
		key[i] = t[label]
	}
	v.mu.RLock()
	child, known := v.children[key]
	v.mu.RUnlock()
	if known {
		return child
	}
	return v.add(key)
}

func (v *temporalVec[C]) add(key labelsOf) C {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.children) >= maxChildren {
		for i := range v.labels {
			key[i] = other
		}
	}
	child, known := v.children[key]
	if !known {
		child = v.with(key[:len(v.labels)]...)
		v.children[key] = child
	}
	return child
}

// temporalFamilies are what is kept of what Temporal's SDK reports, by the SDK's names.
type temporalFamilies struct {
	names    [tagCount]string
	counters map[string]*temporalVec[client.MetricsCounter]
	gauges   map[string]*temporalVec[client.MetricsGauge]
	timers   map[string]*temporalVec[client.MetricsTimer]

	mu sync.Mutex
	// polled has an entry for each queue that was asked for work.
	polled map[string]*atomic.Bool
}

// temporalHandler is what the SDK reports to, with the tags of whoever reports.
type temporalHandler struct {
	*temporalFamilies

	// queues are the task queues that are told apart.
	queues []string
	tags   tags
}

// Temporal returns what Temporal's SDK reports to. Of the task queues only those given are told apart: each
// process has others of its own, with names made up when it starts.
func (m *Metrics) Temporal(queues ...string) client.MetricsHandler {
	return &temporalHandler{temporalFamilies: m.temporal, queues: queues}
}

// WithTags is part of client.MetricsHandler.
func (h *temporalHandler) WithTags(given map[string]string) client.MetricsHandler {
	next := *h
	for i, name := range h.names {
		if value, is := given[name]; is {
			next.tags[i] = value
		}
	}
	if queue := &next.tags[tagTaskQueue]; *queue != "" && !slices.Contains(h.queues, *queue) {
		*queue = other
	}
	return &next
}

// Counter is part of client.MetricsHandler.
func (h *temporalHandler) Counter(name string) client.MetricsCounter {
	if vec := h.counters[name]; vec != nil {
		return vec.of(&h.tags)
	}
	return client.MetricsNopHandler.Counter(name)
}

// Gauge is part of client.MetricsHandler.
func (h *temporalHandler) Gauge(name string) client.MetricsGauge {
	if vec := h.gauges[name]; vec != nil {
		return vec.of(&h.tags)
	}
	return client.MetricsNopHandler.Gauge(name)
}

// Timer is part of client.MetricsHandler.
func (h *temporalHandler) Timer(name string) client.MetricsTimer {
	if vec := h.timers[name]; vec != nil {
		return vec.of(&h.tags)
	}
	return client.MetricsNopHandler.Timer(name)
}

type temporalCounter struct{ prometheus.Counter }

// Inc is part of client.MetricsCounter; Prometheus' counters take no negative steps.
func (c *temporalCounter) Inc(by int64) { c.Add(float64(max(by, 0))) }

type temporalGauge struct{ prometheus.Gauge }

// Update is part of client.MetricsGauge.
func (g *temporalGauge) Update(to float64) { g.Set(to) }

// pollerGauge also remembers whether it was ever above zero.
type pollerGauge struct {
	prometheus.Gauge

	polled *atomic.Bool
}

// Update is part of client.MetricsGauge.
func (g *pollerGauge) Update(to float64) {
	g.Set(to)
	if to > 0 {
		g.polled.Store(true)
	}
}

// HasPolled reports whether a request for the work of a queue has been waiting at Temporal since the start
// of the process.
func (m *Metrics) HasPolled(queue string) bool { return m.temporal.polledBy(queue).Load() }

func (t *temporalFamilies) polledBy(queue string) *atomic.Bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.polled[queue] == nil {
		t.polled[queue] = &atomic.Bool{}
	}
	return t.polled[queue]
}

type temporalTimer struct{ prometheus.Observer }

// Record is part of client.MetricsTimer.
func (t *temporalTimer) Record(took time.Duration) { t.Observe(took.Seconds()) }
