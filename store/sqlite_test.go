package store

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// SQLite's defaults have a third of the throughput, and are no safer when a process is killed.
func TestSQLiteUsesWALAndForeignKeys(t *testing.T) {
	t.Parallel()
	s := migratedSQLite(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "1", "foreign_keys": "1"} {
		var got string
		require.NoError(t, s.write.GetContext(t.Context(), &got, "PRAGMA "+pragma))
		require.Equal(t, want, got, pragma)
	}
}

func TestSQLiteFileIsPrivateAndItsFolderIsCreated(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.db", "odd ?#%20 ñ.db"} {
		path := filepath.Join(t.TempDir(), "a", "b", name)
		for range 2 {
			s, err := Open(t.Context(), "sqlite:"+path)
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

// migratedSQLite opens a new SQLite file. Tests inside the package cannot use storetest, which
// imports it.
func migratedSQLite(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "chattigo.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	return s
}
