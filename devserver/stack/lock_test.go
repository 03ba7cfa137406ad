//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package stack

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADirectoryHasOneHolderAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, err := lockNew(dir)
	require.NoError(t, err)
	inUse := dir + " is in use by another `make run`%s; stop it, or set CHATTIGO_DATA_DIR"

	_, err = lockExisting(dir)
	require.EqualError(t, err, fmt.Sprintf(inUse, ""), "before it is signed")
	require.NoError(t, first.sign())
	for _, lock := range []func(string) (*dirLock, error){lockExisting, lockNew} {
		_, err = lock(dir)
		require.EqualError(t, err, fmt.Sprintf(inUse, fmt.Sprintf(" (process %d)", os.Getpid())))
	}

	require.NoError(t, first.release())
	second, err := lockExisting(dir)
	require.NoError(t, err)
	require.NoError(t, second.release())
}

func TestSigningLeavesNothingOfALongerNumber(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "lock"), []byte("99999999999999\n"), 0o600))
	lock, err := lockExisting(dir)
	require.NoError(t, err)

	require.NoError(t, lock.sign())

	signed, err := os.ReadFile(filepath.Join(dir, "lock"))
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintln(os.Getpid()), string(signed))
	require.NoError(t, lock.release())
}

func TestWhereNobodyStartedNothingIsHeldAndNothingIsMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")

	lock, err := lockExisting(dir)

	require.NoError(t, err)
	require.Nil(t, lock)
	require.NoError(t, lock.release())
	require.NoDirExists(t, dir)
}

func TestARefusedStartLeavesTheDirectoryOfTheOtherAsItIs(t *testing.T) {
	dir := t.TempDir()
	lock, err := lockNew(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, lock.release()) }()
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
