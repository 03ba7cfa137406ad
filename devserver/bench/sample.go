package bench

import (
	"fmt"
	"slices"
	"time"
)

// sample is one figure of every round, in the order of the rounds.
type sample []float64

func (s sample) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// spread is the median with the least and the most of all rounds: "205 (198–230)".
func (s sample) spread(unit string) string {
	if len(s) == 0 {
		return "—"
	}
	return fmt.Sprintf("%s%s (%s–%s)", figure(s.median()), unit, figure(slices.Min(s)), figure(slices.Max(s)))
}

// figure prints three significant digits.
func figure(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

// ratio compares two samples round by round, so that what slows a whole round down counts for neither.
func ratio(a, b sample) sample {
	var all sample
	for i := range min(len(a), len(b)) {
		if b[i] > 0 {
			all = append(all, a[i]/b[i])
		}
	}
	return all
}

// quantile is the latency, in milliseconds, that a share of the sorted ones does not exceed.
func quantile(latencies []time.Duration, share float64) float64 {
	sorted := slices.Sorted(slices.Values(latencies))
	if len(sorted) == 0 {
		return 0
	}
	at := min(int(share*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[at].Microseconds()) / 1000
}
