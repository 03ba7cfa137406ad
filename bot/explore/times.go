package explore

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
)

// How far startTimes looks for a time that is open or closed, and in which steps.
const (
	lookAhead = 7 * 24 * time.Hour
	lookEvery = 30 * time.Minute
)

// startTimes are the times at which the conversations of a walk begin: one when most is open, and one
// when most is closed. A bot without opening hours needs one only, the first.
func startTimes(b *definition.Bot, now time.Time) []time.Time {
	now = now.Truncate(time.Second)
	most, least := now, now
	for at := now; at.Before(now.Add(lookAhead)); at = at.Add(lookEvery) {
		if n := countOpen(b, at); n > countOpen(b, most) {
			most = at
		} else if n < countOpen(b, least) {
			least = at
		}
	}
	if most.Equal(least) {
		return []time.Time{most}
	}
	return []time.Time{most, least}
}

func countOpen(b *definition.Bot, at time.Time) (n int) {
	for _, schedule := range b.Hours {
		if schedule.Open(at) {
			n++
		}
	}
	return n
}

// openAt are the names of the opening hours that are open at a time.
func openAt(b *definition.Bot, at time.Time) string {
	var open []string
	for _, name := range slices.Sorted(maps.Keys(b.Hours)) {
		if b.Hours[name].Open(at) {
			open = append(open, name)
		}
	}
	return strings.Join(open, " ")
}
