package bench

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
)

// memory is what each process takes with so many conversations open, in MiB.
type memory struct {
	open      int
	processes map[string]float64
}

// memory opens more and more conversations, and looks at the processes each time.
func (r *runner) memory(ctx context.Context, s *site, result *Result) error {
	open := 0
	for _, count := range r.plan.Open {
		r.say("%s: %d open conversations", s.place.Name, count)
		if _, _, err := r.newConversations(ctx, s, count-open); err != nil {
			return err
		}
		open = count
		used, err := s.place.used()
		if err != nil {
			return err
		}
		result.memory = append(result.memory, memory{count, used})
	}
	return nil
}

// used is the resident memory of each process, in MiB.
func (p Place) used() (map[string]float64, error) {
	processes := map[string]int{"all in one": os.Getpid()}
	if p.Processes != nil {
		processes = p.Processes()
	}
	used := map[string]float64{}
	for _, name := range slices.Sorted(maps.Keys(processes)) {
		resident, err := residentMemory(processes[name])
		if err != nil {
			return nil, fmt.Errorf("the memory of %s: %w", name, err)
		}
		used[name] = resident
	}
	return used, nil
}

var residentLine = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`)

func residentMemory(pid int) (mib float64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // #nosec G304 -- a number
	if err != nil {
		return 0, err
	}
	found := residentLine.FindSubmatch(status)
	if found == nil {
		return 0, fmt.Errorf("process %d has no resident memory", pid)
	}
	kib, err := strconv.Atoi(string(found[1]))
	return float64(kib) / 1024, err
}
