package bench

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// looksOf are looks at a process whose memory is as given, in MiB.
func looksOf(memory ...float64) (looks []usage) {
	for _, m := range memory {
		looks = append(looks, usage{m, 100})
	}
	return looks
}

func TestASoakFailsWhereAProcessGrowsOrAMessageIsLost(t *testing.T) {
	flat := looksOf(10, 40, 50, 52, 51, 50, 53, 54) // caches fill in the first quarter
	growing := looksOf(40, 40, 50, 50, 60, 60, 70, 70)
	tests := []struct {
		name  string
		looks []usage
		errs  []error
		want  string
	}{
		{"all is well", flat, nil, ""},
		{"memory grows", growing, nil, "the memory of worker-1 grows: 50.0 in the second quarter, 70.0 in the last"},
		{"a reply is lost", flat, []error{errors.New("no reply to 7")}, "1 errors; the first: no reply to 7"},
		{"too short", looksOf(1, 2), nil, "worker-1 was looked at 2 times"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := &soaking{plan: LongSoak(), latencies: []time.Duration{time.Millisecond}, errs: tt.errs, looks: map[string][]usage{"worker-1": tt.looks}}
			err := k.judge()
			if tt.want == "" {
				require.NoError(t, err)
				require.Contains(t, k.text(), "| worker-1 | 51.0 | 53.5 | 100 | 100 |")
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
	require.ErrorContains(t, (&soaking{plan: LongSoak()}).judge(), "nothing was answered")
}

func TestUsageIsReadFromMetrics(t *testing.T) {
	page := []byte("# TYPE go_goroutines gauge\ngo_goroutines 42\nprocess_resident_memory_bytes 5.24288e+07\n")
	memory, err := valueOf(memoryLine, page)
	require.NoError(t, err)
	require.InDelta(t, 50, memory/(1<<20), 0)
	_, err = valueOf(goroutinesLine, []byte("nothing"))
	require.Error(t, err)
}
