package bench

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// queueReadsRate is in messages a second: more than the server's default reads a second, of which a message
// in an open conversation takes one.
const queueReadsRate = 40

// BenchmarkQueueReads measures the latency of messages on the embedded server, with its default of 20
// reads a second of each queue and with the limit that package cluster sets: run it with
// -benchtime 1x, once is ten seconds of load.
func BenchmarkQueueReads(b *testing.B) {
	for _, way := range []struct {
		name  string
		reads int
	}{{"default", 20}, {"raised", 0}} {
		b.Run(way.name, func(b *testing.B) {
			start := func(ctx context.Context) (Place, Stop, error) { return embedded(ctx, way.reads) }
			require.NoError(b, at(b.Context(), start, func(s *site) error {
				contacts := s.load.newContacts(steadyContacts)
				if err := s.load.greet(b.Context(), s.ours, contacts); err != nil {
					return err
				}
				for b.Loop() {
					latencies, err := s.load.steady(b.Context(), s.ours, contacts, queueReadsRate, 10*time.Second)
					if err != nil {
						return err
					}
					b.ReportMetric(quantile(latencies, 0.5), "p50-ms")
					b.ReportMetric(quantile(latencies, 0.99), "p99-ms")
				}
				return nil
			}))
		})
	}
}
