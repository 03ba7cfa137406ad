package storetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// Run is the conformance suite: what every method promises, on the stores that open
// gives. Each case gets a migrated, empty store of its own.
func Run(t *testing.T, open func(testing.TB) *store.Store) {
	t.Helper()
	groups := map[string][]testCase{
		"accounts":      accountCases(),
		"channels":      channelCases(),
		"bots":          botCases(),
		"secrets":       secretCases(),
		"conversations": conversationCases(),
		"listing":       listingCases(),
		"known":         knownCases(),
		"unclosed":      unclosedCases(),
		"transcripts":   transcriptCases(),
		"ledger":        ledgerCases(),
		"statuses":      statusCases(),
		"contacts":      contactCases(),
		"links":         linkCases(),
		"overflow":      overflowCases(),
		"database":      databaseCases(),
	}
	for group, cases := range groups {
		for _, c := range cases {
			t.Run(group+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, open(t))
			})
		}
	}
}

type testCase struct {
	name string
	run  func(*testing.T, *store.Store)
}

// at is the time of the suite, in whole seconds from an arbitrary start. It has
// milliseconds, so that losing them is seen.
func at(seconds int) time.Time {
	return time.UnixMilli(1_760_000_000_123 + int64(seconds)*1000).UTC()
}

// awkward is text that comes through as it is; dirty, text that is cleaned.
const (
	awkward = "ñandú 🦩 'quoted' \"twice\" \\ % _ ; -- \u202e\u0301\n\t"
	dirty   = "a\x00b\xffc"
	cleaned = "a\uFFFDb\uFFFDc"
)

// together calls work n times at once and gives back the errors, by number.
func together(n int, work func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			errs[i] = work(i)
		})
	}
	close(start)
	group.Wait()
	return errs
}

func requireNoErrors(t *testing.T, errs []error) {
	t.Helper()
	for i, err := range errs {
		require.NoError(t, err, "worker %d", i)
	}
}

// megabyte is a JSON string of a little over 1 MB.
func megabyte() []byte {
	return []byte(`"` + strings.Repeat("áé<>&", 150_000) + `"`)
}

// numbered gives prefix1 to prefixN.
func numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%d", prefix, i+1)
	}
	return names
}

// messageIDs gives ids with timestamps that grow from first.
func messageIDs(names []string, first int64) []store.MessageID {
	ids := make([]store.MessageID, len(names))
	for i, name := range names {
		ids[i] = store.MessageID{Hash: store.HashMessageID(name), Timestamp: first + int64(i)}
	}
	return ids
}
