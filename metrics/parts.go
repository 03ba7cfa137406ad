package metrics

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// partsTimeout bounds the check of all parts at a scrape.
const partsTimeout = 3 * time.Second

const (
	partsName = "chattigo_part_ready"
	partsHelp = "Whether a part that the process needs is ready: 1 or 0."
)

// parts is a collector of what /readyz says. It asks at most once in backlogAge.
type parts struct {
	names []string
	check func(context.Context) map[string]error
	now   func() time.Time
	desc  *prometheus.Desc

	mu     sync.Mutex
	last   map[string]error
	readAt time.Time
}

// WatchParts asks at a scrape, at most once in 15 seconds, which of the parts that this process needs are
// not ready. It may be called once.
func (m *Metrics) WatchParts(names []string, check func(context.Context) map[string]error, now func() time.Time) {
	m.families.add(&parts{names: names, check: check, now: now, desc: prometheus.NewDesc(partsName, partsHelp, []string{"part"}, nil)},
		Family{partsName, partsHelp, KindGauge, []Label{{"part", slices.Clone(names)}}})
}

// Describe is part of prometheus.Collector.
func (p *parts) Describe(to chan<- *prometheus.Desc) { to <- p.desc }

// Collect is part of prometheus.Collector.
func (p *parts) Collect(to chan<- prometheus.Metric) {
	failed := p.read()
	for _, name := range p.names {
		ready := 1.0
		if failed[name] != nil {
			ready = 0
		}
		to <- prometheus.MustNewConstMetric(p.desc, prometheus.GaugeValue, ready, name)
	}
}

func (p *parts) read() map[string]error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if !p.readAt.IsZero() && now.Sub(p.readAt) < backlogAge {
		return p.last
	}
	ctx, cancel := context.WithTimeout(context.Background(), partsTimeout) //nolint:forbidigo // a scrape passes no context on
	defer cancel()
	p.last, p.readAt = p.check(ctx), now
	return p.last
}
