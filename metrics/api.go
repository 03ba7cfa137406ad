package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gone is the code of a request whose caller went away before it was answered.
const gone = "gone"

// api counts the requests of the API.
type api struct {
	requests     *prometheus.CounterVec
	requestTimes *prometheus.HistogramVec
	inFlight     prometheus.Gauge
	inbound      counters
}

func newAPI(f *families) api {
	return api{
		requests: f.counterVec("chattigo_api_requests_total",
			"Requests to the API, by the template of their route, its method and the class of the response.",
			Label{Name: "route"}, Label{Name: "method"}, Label{"code", codes()}),
		requestTimes: f.histogramVec("chattigo_api_request_seconds",
			"How long requests took, by the template of their route and its method.",
			// A body may take 20 s to come, and what comes of it 20 s; a pull waits for up to 60 s.
			[]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40}, Label{Name: "route"}, Label{Name: "method"}),
		inFlight: f.gauge("chattigo_api_requests_in_flight", "Requests to the API that are being served."),
		inbound: f.counters("chattigo_inbound_messages_total",
			"What ISVs handed over, by what became of it: messages accepted, refused as the caller's mistake, "+
				"not taken although it could be right, and parts ignored.",
			Label{"fate", []string{"accepted", "refused", "unavailable", "ignored"}}),
	}
}

// codes are the classes of responses. No route answers 1xx.
func codes() []string { return []string{"2xx", "3xx", "4xx", "5xx", gone} }

// Route counts the requests of one route. Metrics.Route makes it.
type Route struct {
	byClass  []prometheus.Counter
	times    prometheus.Observer
	inFlight prometheus.Gauge
}

// Route returns the counts of a route, by its template. One with "-" is for what has no route.
func (a *api) Route(method, template string) *Route {
	r := &Route{times: a.requestTimes.WithLabelValues(template, method), inFlight: a.inFlight}
	for _, code := range codes() {
		r.byClass = append(r.byClass, a.requests.WithLabelValues(template, method, code))
	}
	return r
}

// RequestBegan counts a request as being served until Ended of its route counts it.
func (a *api) RequestBegan() { a.inFlight.Inc() }

// Ended counts a request with the status of its response; 0, or one that nobody waited for, is that of a
// caller who has gone.
func (r *Route) Ended(status int, callerGone bool, took time.Duration) {
	r.inFlight.Dec()
	class := status/100 - 2
	if last := len(r.byClass) - 1; callerGone || class < 0 || class >= last {
		class = last
	}
	r.byClass[class].Inc()
	r.times.Observe(took.Seconds())
}

// Accepted counts the messages of a POST that was answered with 200, and what it held beside.
func (a *api) Accepted(messages, ignored int) {
	a.inbound.of("accepted").Add(float64(messages))
	a.inbound.of("ignored").Add(float64(ignored))
}

// NotAccepted counts the messages of a POST that got an error: one of the caller's, which would come again,
// or one of ours, after which the ISV sends the same once more.
func (a *api) NotAccepted(messages int, callers bool) {
	fate := "unavailable"
	if callers {
		fate = "refused"
	}
	a.inbound.of(fate).Add(float64(messages))
}
