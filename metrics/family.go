package metrics

import (
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// other stands for every value of a label that is not among the known ones.
const other = "other"

// Kinds of families, as Prometheus names them.
const (
	KindCounter   = "counter"
	KindGauge     = "gauge"
	KindHistogram = "histogram"
)

// Family is what is served under one name. The documentation, the dashboard and the alert rules are held
// against it.
type Family struct {
	Name, Help, Kind string
	// Labels are in the order of their names.
	Labels []Label
}

// Label is a label with its known values; none are known beforehand of those that Temporal's SDK and the
// route table name.
type Label struct {
	Name   string
	Values []string
}

// families registers families, and remembers them.
type families struct {
	registry *prometheus.Registry
	all      []Family
}

// add registers a collector of some families.
func (f *families) add(c prometheus.Collector, served ...Family) {
	f.registry.MustRegister(c)
	for _, family := range served {
		slices.SortFunc(family.Labels, func(a, b Label) int { return strings.Compare(a.Name, b.Name) })
		f.all = append(f.all, family)
	}
}

func (f *families) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	f.add(c, Family{Name: name, Help: help, Kind: KindCounter})
	return c
}

func (f *families) counterVec(name, help string, labels ...Label) *prometheus.CounterVec {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, namesOf(labels))
	f.add(vec, Family{name, help, KindCounter, slices.Clone(labels)})
	return vec
}

func (f *families) gauge(name, help string) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	f.add(g, Family{Name: name, Help: help, Kind: KindGauge})
	return g
}

func (f *families) gaugeVec(name, help string, labels ...Label) *prometheus.GaugeVec {
	vec := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, namesOf(labels))
	f.add(vec, Family{name, help, KindGauge, slices.Clone(labels)})
	return vec
}

func (f *families) histogramVec(name, help string, buckets []float64, labels ...Label) *prometheus.HistogramVec {
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, namesOf(labels))
	f.add(vec, Family{name, help, KindHistogram, slices.Clone(labels)})
	return vec
}

func (f *families) histogram(name, help string, buckets []float64) prometheus.Histogram {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
	f.add(h, Family{Name: name, Help: help, Kind: KindHistogram})
	return h
}

func namesOf(labels []Label) []string {
	names := make([]string, 0, len(labels))
	for _, l := range labels {
		names = append(names, l.Name)
	}
	return names
}

// counters are the counters of a family with one label or two, one for each combination of known values.
// They are made beforehand: an alert sees the first increase, and counting neither locks nor allocates.
type counters map[[2]string]prometheus.Counter

// counters makes a family of counters for the known values of its labels and for other ones.
func (f *families) counters(name, help string, labels ...Label) counters {
	vec := f.counterVec(name, help, labels...)
	made := counters{}
	for _, first := range append(slices.Clone(labels[0].Values), other) {
		if len(labels) == 1 {
			made[[2]string{first}] = vec.WithLabelValues(first)
			continue
		}
		for _, second := range append(slices.Clone(labels[1].Values), other) {
			made[[2]string{first, second}] = vec.WithLabelValues(first, second)
		}
	}
	return made
}

// of returns the counter of a value, or that of other values.
func (c counters) of(value string) prometheus.Counter {
	if known := c[[2]string{value}]; known != nil {
		return known
	}
	return c[[2]string{other}]
}

// of2 is of for two labels.
func (c counters) of2(first, second string) prometheus.Counter {
	if known := c[[2]string{first, second}]; known != nil {
		return known
	}
	if known := c[[2]string{first, other}]; known != nil {
		return known
	}
	return c[[2]string{other, other}]
}

// timesBy makes a family of histograms for the known values of its label and for other ones.
func (f *families) timesBy(name, help string, buckets []float64, label Label) map[string]prometheus.Observer {
	vec := f.histogramVec(name, help, buckets, label)
	made := map[string]prometheus.Observer{}
	for _, value := range append(slices.Clone(label.Values), other) {
		made[value] = vec.WithLabelValues(value)
	}
	return made
}
