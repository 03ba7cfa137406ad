package transcript

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLongDurationLeavesOutZeroUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 30 * time.Second: "30s", 10 * time.Minute: "10m", time.Hour: "1h", 90 * time.Minute: "1h30m", 23*time.Hour + 50*time.Second: "23h0m50s",
	} {
		require.Equal(t, want, longDuration(d))
	}
}
