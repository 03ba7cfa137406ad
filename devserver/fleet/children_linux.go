package fleet

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// children returns the ids of the processes that a process has started, without theirs: PostgreSQL's have
// none. They are in sessions of their own, so that no signal reaches all of them at once.
func children(parent int) []int {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	var found []int
	for _, stat := range stats {
		content, err := os.ReadFile(stat) //nolint:gosec // a name of the operating system
		if err != nil {
			continue // it has ended
		}
		// "12 (a name) S 7 …": after the name, which may have brackets, come the state and the parent.
		_, rest, _ := cutLast(string(content), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat))); err == nil {
			found = append(found, pid)
		}
	}
	return found
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}
