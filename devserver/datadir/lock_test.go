//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package datadir

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADirectoryHasOneHolderAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, err := lockNew(dir, "make run")
	require.NoError(t, err)
	inUse := dir + " is in use by another `make run`%s; stop it, or set CHATTIGO_DATA_DIR"

	_, err = lockExisting(dir, "make run")
	require.EqualError(t, err, fmt.Sprintf(inUse, ""), "before it is signed")
	require.NoError(t, first.sign())
	for _, lock := range []func(dir, command string) (*Lock, error){lockExisting, lockNew} {
		_, err = lock(dir, "make run")
		require.EqualError(t, err, fmt.Sprintf(inUse, fmt.Sprintf(" (process %d)", os.Getpid())))
	}

	require.NoError(t, first.Release())
	second, err := lockExisting(dir, "make run")
	require.NoError(t, err)
	require.NoError(t, second.Release())
}

func TestSigningLeavesNothingOfALongerNumber(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "lock"), []byte("99999999999999\n"), 0o600))
	lock, err := lockExisting(dir, "make run")
	require.NoError(t, err)

	require.NoError(t, lock.sign())

	signed, err := os.ReadFile(filepath.Join(dir, "lock"))
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintln(os.Getpid()), string(signed))
	require.NoError(t, lock.Release())
}

func TestWhereNobodyStartedNothingIsHeldAndNothingIsMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")

	lock, err := lockExisting(dir, "make run")

	require.NoError(t, err)
	require.Nil(t, lock)
	require.NoError(t, lock.Release())
	require.NoDirExists(t, dir)
}
