package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// backlogAge is for how long a backlog is shown before the database is asked again, backlogTimeout bounds
// asking it.
const (
	backlogAge     = 15 * time.Second
	backlogTimeout = 3 * time.Second
)

// ledger is a collector of the backlog. While the database does not answer it collects nothing: a number
// that is old would look like a quiet service.
type ledger struct {
	backlog func(context.Context) (Backlog, error)
	now     func() time.Time

	mu     sync.Mutex
	last   Backlog
	err    error
	readAt time.Time
}

// The families of the backlog.
const (
	waitingName = "chattigo_deliveries_waiting"
	waitingHelp = "Messages that wait for their webhooks, of all tenants."
	oldestName  = "chattigo_oldest_waiting_delivery_seconds"
	oldestHelp  = "Age of the oldest message that waits for its webhook; 0 when none does."
)

// Backlog is what waits in the ledger.
type Backlog struct {
	Messages int
	// Oldest is when the oldest of them was made; zero when nothing waits.
	Oldest time.Time
}

// WatchLedger asks for the backlog at a scrape, at most once in 15 seconds. It is the same in all processes.
// It may be called once.
func (m *Metrics) WatchLedger(backlog func(context.Context) (Backlog, error), now func() time.Time) {
	m.families.add(&ledger{backlog: backlog, now: now},
		Family{Name: waitingName, Help: waitingHelp, Kind: KindGauge}, Family{Name: oldestName, Help: oldestHelp, Kind: KindGauge})
}

func (l *ledger) waiting() *prometheus.Desc {
	return prometheus.NewDesc(waitingName, waitingHelp, nil, nil)
}

func (l *ledger) oldest() *prometheus.Desc {
	return prometheus.NewDesc(oldestName, oldestHelp, nil, nil)
}

// Describe is part of prometheus.Collector.
func (l *ledger) Describe(to chan<- *prometheus.Desc) {
	to <- l.waiting()
	to <- l.oldest()
}

// Collect is part of prometheus.Collector.
func (l *ledger) Collect(to chan<- prometheus.Metric) {
	found, now, err := l.read()
	if err != nil {
		return
	}
	age := 0.0
	if !found.Oldest.IsZero() {
		age = max(now.Sub(found.Oldest), 0).Seconds()
	}
	to <- prometheus.MustNewConstMetric(l.waiting(), prometheus.GaugeValue, float64(found.Messages))
	to <- prometheus.MustNewConstMetric(l.oldest(), prometheus.GaugeValue, age)
}

// read asks for the backlog, unless somebody did just now.
func (l *ledger) read() (Backlog, time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if !l.readAt.IsZero() && now.Sub(l.readAt) < backlogAge {
		return l.last, now, l.err
	}
	ctx, cancel := context.WithTimeout(context.Background(), backlogTimeout) //nolint:forbidigo // a scrape passes no context on
	defer cancel()
	l.last, l.err = l.backlog(ctx)
	l.readAt = now
	return l.last, now, l.err
}
