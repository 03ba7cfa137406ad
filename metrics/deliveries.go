package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// deliveries count what is posted to webhooks and events URLs.
type deliveries struct {
	attempts     counters
	attemptTimes map[string]prometheus.Observer
	queueWait    prometheus.Histogram
	deferrals    counters
	deadLetters  prometheus.Counter
	refusals     counters
}

func newDeliveries(f *families) deliveries {
	lane := Label{"lane", []string{"fast", "slow", "events"}}
	return deliveries{
		attempts: f.counters("chattigo_delivery_attempts_total",
			"HTTP requests to webhooks and events URLs, by lane and by the class of their outcome.",
			lane, Label{"class", []string{
				"delivered", "status", "gone", "timeout", "connect", "canceled", "bad_target", "forbidden",
			}}),
		attemptTimes: f.timesBy("chattigo_delivery_attempt_seconds", "How long requests to webhooks took.",
			// The fast lane gives up after 3 s, the slow one after 15 to 30 s.
			[]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 5, 10, 15, 30}, lane),
		queueWait: f.histogram("chattigo_delivery_queue_wait_seconds",
			"How long attempts of the slow lane began after they were due.",
			[]float64{.01, .05, .1, .5, 1, 5, 10, 30, 60, 300, 900, 3600}),
		deferrals: f.counters("chattigo_delivery_deferrals_total",
			"Attempts that were put off without a request, by lane and reason.",
			lane, Label{"reason", []string{
				"breaker_open", "busy", "rate", "held", "slow_endpoint", "no_webhook", "endpoint_off", "pull",
			}}),
		deadLetters: f.counter("chattigo_dead_letters_total", "Messages that were given up."),
		refusals: f.counters("chattigo_guard_refusals_total",
			"Requests that the guard against private targets refused, by what they were for.",
			Label{"request", []string{"delivery", "event", "call"}}),
	}
}

// Attempted counts a request to a webhook.
func (d *deliveries) Attempted(lane, class string, took time.Duration) {
	d.attempts.of2(lane, class).Inc()
	observer := d.attemptTimes[lane]
	if observer == nil {
		observer = d.attemptTimes[other]
	}
	observer.Observe(took.Seconds())
}

// Waited records how long after its time an attempt of the slow lane began.
func (d *deliveries) Waited(wait time.Duration) { d.queueWait.Observe(max(wait, 0).Seconds()) }

// Deferred counts an attempt that was put off.
func (d *deliveries) Deferred(lane, reason string) { d.deferrals.of2(lane, reason).Inc() }

// GaveUp counts messages that became dead letters.
func (d *deliveries) GaveUp(messages int) { d.deadLetters.Add(float64(messages)) }

// Refused counts a request that the guard refused: a "delivery", an "event" or a "call".
func (d *deliveries) Refused(request string) { d.refusals.of(request).Inc() }

// WatchBreakers asks at each scrape how many circuit breakers of this process are open. It may be called
// once.
func (m *Metrics) WatchBreakers(open func() int) {
	const name, help = "chattigo_webhook_breakers_open", "Webhooks whose circuit breaker is open in this process."
	m.families.add(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(open()) }),
		Family{Name: name, Help: help, Kind: KindGauge})
}
