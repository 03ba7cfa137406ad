package script_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/script"
)

func TestFormatDurationUsesTheLargestUnit(t *testing.T) {
	for d, want := range map[time.Duration]string{90 * time.Second: "90s", 5 * time.Minute: "5m", 90 * time.Minute: "90m", 24 * time.Hour: "1d"} {
		require.Equal(t, want, script.FormatDuration(d))
	}
}
