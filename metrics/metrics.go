// Package metrics counts what the service does, for Prometheus.
//
// It imports nothing of ours, and knows no tenant, channel or contact: labels have few values, known
// beforehand. Whoever does something says so by a method of Metrics. docs/metrics.md lists what is served.
// Start reading at New.
package metrics

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// scrapeTimeout bounds how long a scrape waits for the database and Temporal.
const scrapeTimeout = 5 * time.Second

// Metrics are the counts of one process. It is safe for concurrent use, except that the methods that begin
// with Watch are for the start.
type Metrics struct {
	families families
	deliveries
	api
	bots
	conversations
	temporal *temporalFamilies
	blocked  *prometheus.GaugeVec
}

// New makes the counts of a process, all zero, with those of the Go runtime beside.
func New() *Metrics {
	m := &Metrics{families: families{registry: prometheus.NewRegistry()}}
	m.deliveries = newDeliveries(&m.families)
	m.api = newAPI(&m.families)
	m.bots = newBots(&m.families)
	m.conversations = newConversations(&m.families)
	m.temporal = newTemporalFamilies(&m.families)
	m.blocked = m.families.gaugeVec("chattigo_blocked_runs",
		"Workflow runs whose tasks fail again and again, of all processes; missing while they cannot be counted.")
	m.families.registry.MustRegister(collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the counts in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.families.registry, promhttp.HandlerOpts{Timeout: scrapeTimeout, MaxRequestsInFlight: 4})
}

// Families returns what is served of the service and of Temporal's SDK, by name. What is watched is among
// it from the call of its method on.
func (m *Metrics) Families() []Family {
	return slices.SortedFunc(slices.Values(m.families.all), func(a, b Family) int { return strings.Compare(a.Name, b.Name) })
}

// Blocked says how many workflow runs are blocked. It is the same in all processes.
func (m *Metrics) Blocked(runs int64) { m.blocked.WithLabelValues().Set(float64(runs)) }

// BlockedUnknown says that blocked runs cannot be counted: an old number would look like the present one.
func (m *Metrics) BlockedUnknown() { m.blocked.Reset() }
