package expr

import (
	"fmt"
	"slices"
)

// suggest is the end of a message: the known name that is most like an unknown one, if there is one.
func suggest(name string, known []string) string {
	slices.Sort(known)
	best, near := "", 3
	if len(name) < 5 {
		near = 2
	}
	for _, k := range known {
		if d := distance(name, k); d < near {
			best, near = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance counts the letters to insert, remove, change or swap with the next to get from a to b
// (Damerau-Levenshtein). Names are short: it does not compare texts of more than 64 bytes.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			same := 1
			if a[i] == b[j] {
				same = 0
			}
			row[j+1] = min(last[j]+same, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
