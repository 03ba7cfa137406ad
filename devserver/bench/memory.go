package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// memory is what each process takes with so many conversations open, in MiB.
type memory struct {
	open      int
	processes map[string]float64
}

// memory opens more and more conversations, and looks at the processes each time. The first step that is long enough
// begins with the measured first messages.
func (r *runner) memory(ctx context.Context, s *site, result *Result) (err error) {
	open := 0
	for _, count := range r.plan.Open {
		if count-open >= r.plan.First && result.first.contacts == 0 {
			if result.first, err = r.firstMessages(ctx, s, open); err != nil {
				return err
			}
			open += r.plan.First
		}
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

// used is the memory of each process, in MiB.
func (p Place) used() (map[string]float64, error) {
	processes := map[string]int{"all in one": os.Getpid()}
	if p.Processes != nil {
		processes = p.Processes()
	}
	used := map[string]float64{}
	for _, name := range slices.Sorted(maps.Keys(processes)) {
		resident, err := familyMemory(processes[name])
		if err != nil {
			return nil, fmt.Errorf("the memory of %s: %w", name, err)
		}
		used[name] = resident
	}
	return used, nil
}

var shareLine = regexp.MustCompile(`(?m)^Pss:\s+(\d+) kB$`)

// familyMemory is that of a process with its children: PostgreSQL has one for each connection. Memory
// that several processes share is counted once, each having its part.
func familyMemory(pid int) (mib float64, err error) {
	if mib, err = shareOfMemory(pid); err != nil {
		return 0, err
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)) // #nosec G304 -- a number
	if err != nil {
		return 0, err
	}
	for child := range strings.FieldsSeq(string(children)) {
		id, err := strconv.Atoi(child)
		if err != nil {
			return 0, err
		}
		share, err := shareOfMemory(id)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ESRCH) { // it may have ended
			return 0, err
		}
		mib += share
	}
	return mib, nil
}

func shareOfMemory(pid int) (mib float64, err error) {
	parts, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid)) // #nosec G304 -- a number
	if err != nil {
		return 0, err
	}
	found := shareLine.FindSubmatch(parts)
	if found == nil {
		return 0, fmt.Errorf("process %d has no memory", pid)
	}
	kib, err := strconv.Atoi(string(found[1]))
	return float64(kib) / 1024, err
}
