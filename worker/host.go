package worker

import (
	"errors"
	"sync"
	"time"

	"github.com/prometheus/procfs"
	"go.temporal.io/sdk/worker"
)

// hostSample is how long a measurement of the processors is used again: the workers of a process send
// their heartbeats one right after the other.
const hostSample = time.Second

// host measures for the heartbeats of workers how much of this machine's processors and memory is in
// use, by whatever process. Temporal's UI and `temporal worker describe` show it.
type host struct {
	files procfs.FS
	now   func() time.Time

	mu sync.Mutex
	// at is when busy and total were read: the seconds of all processors since the start of the machine.
	at          time.Time
	busy, total float64
	// cpu is the share that was in use between the last two measurements.
	cpu float64
}

// newHost returns nil where the kernel has no such files: heartbeats are sent without the figures.
func newHost(dir string, now func() time.Time) worker.SysInfoProvider {
	files, err := procfs.NewFS(dir)
	if err != nil {
		return nil
	}
	h := &host{files: files, now: now}
	if h.busy, h.total, err = h.processors(); err != nil {
		return nil
	}
	h.at = now()
	return h
}

// CpuUsage is the share of the processors' time in use since the call before, from 0 to 1.
func (h *host) CpuUsage(*worker.SysInfoContext) (float64, error) { //nolint:revive // the SDK's name
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.now().Sub(h.at) < hostSample {
		return h.cpu, nil
	}
	busy, total, err := h.processors()
	if err != nil {
		return 0, err
	}
	if passed := total - h.total; passed > 0 {
		h.cpu = min(max((busy-h.busy)/passed, 0), 1)
	}
	h.at, h.busy, h.total = h.now(), busy, total
	return h.cpu, nil
}

// processors returns the seconds in which processors worked, and all seconds.
func (h *host) processors() (busy, total float64, err error) {
	stat, err := h.files.Stat()
	if err != nil {
		return 0, 0, err
	}
	all := stat.CPUTotal // the time of guests is in that of users
	busy = all.User + all.Nice + all.System + all.IRQ + all.SoftIRQ + all.Steal
	return busy, busy + all.Idle + all.Iowait, nil
}

// MemoryUsage is the share of the memory in use that could not be given to another process, from 0 to 1.
func (h *host) MemoryUsage(*worker.SysInfoContext) (float64, error) {
	memory, err := h.files.Meminfo()
	if err != nil {
		return 0, err
	}
	if memory.MemTotal == nil || memory.MemAvailable == nil || *memory.MemTotal == 0 {
		return 0, errors.New("the kernel does not say how much memory is available")
	}
	return 1 - float64(*memory.MemAvailable)/float64(*memory.MemTotal), nil
}
