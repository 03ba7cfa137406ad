package store

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// SQLite's own settings cost two thirds of the throughput, and lose nothing less when a
// process is killed.
func TestSQLiteRunsWithItsFastSafeSettings(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "settings.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "1", "foreign_keys": "1"} {
		var got string
		require.NoError(t, s.write.GetContext(t.Context(), &got, "PRAGMA "+pragma))
		require.Equal(t, want, got, pragma)
	}
}
