package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

// databases opens a migrated, empty store on each database that the service runs on.
func databases() map[string]func(testing.TB) *store.Store {
	return map[string]func(testing.TB) *store.Store{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres}
}

// testCase is one promise of the store. It holds on every database.
type testCase struct {
	name string
	run  func(*testing.T, *store.Store)
}

// onEachDatabase runs each case on each database, with a store of its own.
func onEachDatabase(t *testing.T, cases []testCase) {
	t.Helper()
	for name, open := range databases() {
		for _, c := range cases {
			t.Run(name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, open(t))
			})
		}
	}
}

// at is a time of the tests, in whole seconds from an arbitrary start. It has milliseconds, so
// that a test sees when they are lost.
func at(seconds int) time.Time {
	return time.UnixMilli(1_760_000_000_123 + int64(seconds)*1000).UTC()
}

// awkward is text that is stored unchanged. dirty is text that is cleaned, to cleaned.
const (
	awkward = "ñandú 🦩 'quoted' \"twice\" \\ % _ ; -- \u202e\u0301\n\t"
	dirty   = "a\x00b\xffc"
	cleaned = "a\uFFFDb\uFFFDc"
)

// together calls work n times at once and returns the errors, by number.
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

// numbered lists prefix1 to prefixN.
func numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%d", prefix, i+1)
	}
	return names
}

// messageIDs lists ids whose timestamps grow from first.
func messageIDs(names []string, first int64) []store.MessageID {
	ids := make([]store.MessageID, len(names))
	for i, name := range names {
		ids[i] = store.MessageID{Hash: store.HashMessageID(name), Timestamp: first + int64(i)}
	}
	return ids
}
