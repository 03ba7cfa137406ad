package fleet

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestKillingAProcessKillsThoseThatItStarted(t *testing.T) {
	t.Parallel()
	p, _, _ := launch(t, "sleep 600 & touch ready; wait")
	require.NoError(t, p.AwaitReady(t.Context()))
	started := children(p.PID())
	require.Len(t, started, 1)

	require.NoError(t, p.Kill())

	require.Eventually(t, func() bool {
		state, err := os.ReadFile("/proc/" + strconv.Itoa(started[0]) + "/stat")
		return err != nil || strings.Contains(string(state), ") Z ")
	}, soon, 10*time.Millisecond)
}
