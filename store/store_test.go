package store_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

func TestSQLiteConforms(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.SQLite)
}

func TestPostgresConforms(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Postgres)
}

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
				// Pools of their own: nothing but the database knows of the others.
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

func TestOpenRefusesWithoutTellingThePassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"",
		"sqlite:",
		"sqlite::memory:",
		"sqlite:/dev/null/chattigo.db",
		"mysql://user:secret@localhost/db",
		"postgres://user:secret%zz@localhost/db",
		"postgres://user:secret@local host:x/db",
		"postgres://user:secret@127.0.0.1:1/db?sslmode=disable",
		"postgres://user:secret@127.0.0.1:1/db?sslmode=perhaps",
	} {
		s, err := store.Open(t.Context(), url)
		require.Error(t, err, url)
		require.Nil(t, s)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestSQLiteFileIsPrivateAndItsFolderIsMade(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.db", "odd ?#%20 ñ.db"} {
		path := filepath.Join(t.TempDir(), "a", "b", name)
		for range 2 {
			s, err := store.Open(t.Context(), "sqlite:"+path)
			require.NoError(t, err)
			require.NoError(t, s.Migrate(t.Context()))
			for _, suffix := range []string{"", "-wal", "-shm"} {
				info, err := os.Stat(path + suffix)
				require.NoError(t, err)
				require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), suffix)
			}
			require.NoError(t, s.Close())
			require.NoError(t, os.Chmod(path, 0o644), "for the second round")
		}
	}
}
