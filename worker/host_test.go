package worker

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/procfs"
	"github.com/stretchr/testify/require"
)

func TestHeartbeatsSayHowBusyTheMachineIs(t *testing.T) {
	dir, now := t.TempDir(), time.Unix(100, 0)
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	require.Nil(t, newHost(filepath.Join(dir, "none"), time.Now), "no such files")
	require.Nil(t, newHost(dir, time.Now), "no file of the processors")

	write("stat", "cpu 100 0 100 800 0 0 0 0 0 0\n")
	write("meminfo", "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 250 kB\n")
	h := newHost(dir, func() time.Time { return now })
	require.NotNil(t, h)
	memory, err := h.MemoryUsage(nil)
	require.NoError(t, err)
	require.InDelta(t, 0.75, memory, 0.001)

	usage := func() float64 {
		cpu, err := h.CpuUsage(nil)
		require.NoError(t, err)
		return cpu
	}
	write("stat", "cpu 150 0 130 810 10 0 0 0 0 0\n")
	require.Zero(t, usage(), "too soon after the start")
	now = now.Add(time.Minute)
	require.InDelta(t, 0.8, usage(), 0.001, "80 of 100 ticks")
	write("stat", "cpu 9999 0 130 810 10 0 0 0 0 0\n")
	require.InDelta(t, 0.8, usage(), 0.001, "another worker, at the same moment")

	write("meminfo", "MemFree: 100 kB\n")
	_, err = h.MemoryUsage(nil)
	require.ErrorContains(t, err, "how much memory is available")
}

func TestThisMachineIsMeasured(t *testing.T) {
	h := newHost(procfs.DefaultMountPoint, time.Now)
	if h == nil {
		t.Skip("no " + procfs.DefaultMountPoint + " here: heartbeats have no figures")
	}
	memory, err := h.MemoryUsage(nil)
	require.NoError(t, err)
	require.Greater(t, memory, 0.0)
	require.Less(t, memory, 1.0)
}
