//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package stack

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/datadir"
)

func TestARefusedStartLeavesTheDirectoryOfTheOtherAsItIs(t *testing.T) {
	dir := t.TempDir()
	lock, err := datadir.Reserve(dir, "make run", func() error { return nil })
	require.NoError(t, err)
	defer func() { require.NoError(t, lock.Release()) }()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "temporal.log"), []byte("warning\n"), 0o600))
	cfg, err := FreeConfig(dir)
	require.NoError(t, err)

	_, err = Start(t.Context(), Options{Config: cfg, TemporalLog: true, Logger: slog.New(slog.DiscardHandler)})

	require.ErrorContains(t, err, "is in use by another `make run`")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "the lock and the log, no keys and no database")
	kept, err := os.ReadFile(filepath.Join(dir, "temporal.log"))
	require.NoError(t, err)
	require.Equal(t, "warning\n", string(kept))
}
