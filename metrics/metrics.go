// Package metrics counts what the service does, for Prometheus.
//
// It imports nothing of ours, and knows no tenant, channel or contact: labels have few values, known
// beforehand. Whoever does something says so by a method of Metrics. Start reading at New.
package metrics

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// scrapeTimeout bounds how long a scrape waits for the database.
const scrapeTimeout = 5 * time.Second

// Metrics are the counts of one process. It is safe for concurrent use.
type Metrics struct {
	registry     *prometheus.Registry
	attempts     *prometheus.CounterVec
	attemptTimes *prometheus.HistogramVec
	queueWait    prometheus.Histogram
	deferrals    *prometheus.CounterVec
	deadLetters  prometheus.Counter
	refusals     *prometheus.CounterVec
}

// New makes the counts of a process, all zero, with those of the Go runtime beside.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "chattigo_delivery_attempts_total",
			Help: "HTTP requests to webhooks and events URLs, by lane and by the class of their outcome.",
		}, []string{"lane", "class"}),
		attemptTimes: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "chattigo_delivery_attempt_seconds",
			Help: "How long requests to webhooks took.",
			// The fast lane gives up after 3 s, the slow one after 15 to 30 s.
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 5, 10, 15, 30},
		}, []string{"lane"}),
		queueWait: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "chattigo_delivery_queue_wait_seconds",
			Help:    "How long attempts of the slow lane began after they were due.",
			Buckets: []float64{.01, .05, .1, .5, 1, 5, 10, 30, 60, 300, 900, 3600},
		}),
		deferrals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "chattigo_delivery_deferrals_total",
			Help: "Attempts that were put off without a request, by lane and reason.",
		}, []string{"lane", "reason"}),
		deadLetters: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "chattigo_dead_letters_total",
			Help: "Messages that were given up.",
		}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "chattigo_guard_refusals_total",
			Help: "Requests that the guard against private targets refused, by what they were for.",
		}, []string{"request"}),
	}
	m.registry.MustRegister(m.attempts, m.attemptTimes, m.queueWait, m.deferrals, m.deadLetters, m.refusals,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the counts in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: scrapeTimeout, MaxRequestsInFlight: 4})
}

// Attempted counts a request to a webhook.
func (m *Metrics) Attempted(lane, class string, took time.Duration) {
	m.attempts.WithLabelValues(lane, class).Inc()
	m.attemptTimes.WithLabelValues(lane).Observe(took.Seconds())
}

// Waited records how long after its time an attempt of the slow lane began.
func (m *Metrics) Waited(wait time.Duration) { m.queueWait.Observe(max(wait, 0).Seconds()) }

// Deferred counts an attempt that was put off.
func (m *Metrics) Deferred(lane, reason string) { m.deferrals.WithLabelValues(lane, reason).Inc() }

// GaveUp counts messages that became dead letters.
func (m *Metrics) GaveUp(messages int) { m.deadLetters.Add(float64(messages)) }

// Refused counts a request that the guard refused: a "delivery", an "event" or a "call".
func (m *Metrics) Refused(request string) { m.refusals.WithLabelValues(request).Inc() }

// Backlog is what waits in the ledger.
type Backlog struct {
	Messages int
	// Oldest is when the oldest of them was made; zero when nothing waits.
	Oldest time.Time
}

// WatchBreakers asks at each scrape how many circuit breakers of this process are open. It may be called
// once.
func (m *Metrics) WatchBreakers(open func() int) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "chattigo_webhook_breakers_open",
		Help: "Webhooks whose circuit breaker is open in this process.",
	}, func() float64 { return float64(open()) }))
}

// WatchLedger asks for the backlog at a scrape, at most once in 15 seconds. It is the same in all processes.
// It may be called once.
func (m *Metrics) WatchLedger(backlog func(context.Context) (Backlog, error), now func() time.Time) {
	m.registry.MustRegister(&ledger{backlog: backlog, now: now})
}
