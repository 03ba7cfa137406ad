package store_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

func TestProcessesMigrateAnEmptyDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	for name, newURL := range map[string]func(testing.TB) string{
		"SQLite": storetest.SQLiteURL, "PostgreSQL": storetest.PostgresURL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := newURL(t)
			const processes = 4
			errs := make([]error, processes)
			pending := make([]int, processes)
			var group sync.WaitGroup
			for i := range processes {
				// Each has its own connection pool, like a process.
				group.Go(func() { pending[i], errs[i] = migrateAlone(t, url) })
			}
			group.Wait()
			for i := range processes {
				require.NoError(t, errs[i])
				require.Zero(t, pending[i])
			}
		})
	}
}

func migrateAlone(t *testing.T, url string) (pending int, err error) {
	t.Helper()
	s, err := store.Open(t.Context(), url)
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.Close() }()
	if err := s.Migrate(t.Context()); err != nil {
		return 0, err
	}
	return s.Pending(t.Context())
}

func TestPendingCountsWithoutWriting(t *testing.T) {
	t.Parallel()
	for name, newURL := range map[string]func(testing.TB) string{
		"SQLite": storetest.SQLiteURL, "PostgreSQL": storetest.PostgresURL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(t.Context(), newURL(t))
			require.NoError(t, err)
			defer func() { require.NoError(t, s.Close()) }()
			files, err := filepath.Glob("migrations/*.sql")
			require.NoError(t, err)
			for range 2 {
				pending, err := s.Pending(t.Context())
				require.NoError(t, err)
				require.Equal(t, len(files), pending)
			}
			require.NoError(t, s.Migrate(t.Context()))
			pending, err := s.Pending(t.Context())
			require.NoError(t, err)
			require.Zero(t, pending)
		})
	}
}

func TestMigratingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{{"by many at once", migratesAgain}})
}

func migratesAgain(t *testing.T, s *store.Store) {
	addAccounts(t, s, "demo")
	requireNoErrors(t, together(3, func(int) error { return s.Migrate(t.Context()) }))
	pending, err := s.Pending(t.Context())
	require.NoError(t, err)
	require.Zero(t, pending)
	_, err = s.Account(t.Context(), "demo")
	require.NoError(t, err)
}
