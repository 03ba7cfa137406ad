package store

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// withSecrets is a store with two secrets of each of two channels.
func withSecrets(t *testing.T) (*Store, *Vault) {
	t.Helper()
	s := migratedSQLite(t)
	require.NoError(t, s.AddAccount(t.Context(), Account{Name: "demo"}))
	v, err := s.Vault(bytes.Repeat([]byte{1}, SealKeyBytes))
	require.NoError(t, err)
	for _, id := range []string{"1", "2"} {
		require.NoError(t, s.AddChannel(t.Context(), Channel{WaID: id, Account: "demo"}))
		for _, name := range []string{"agenda", "other"} {
			require.NoError(t, v.Put(t.Context(), id, name, "the key of "+id, time.UnixMilli(1)))
		}
	}
	return s, v
}

func sealedOf(t *testing.T, s *Store, channel, name string) (sealed []byte) {
	t.Helper()
	require.NoError(t, s.read.QueryRowContext(t.Context(),
		`SELECT sealed FROM channel_secrets WHERE channel = ? AND name = ?`, channel, name).Scan(&sealed))
	return sealed
}

func replaceSealed(t *testing.T, s *Store, channel, name string, sealed []byte) {
	t.Helper()
	_, err := s.write.ExecContext(t.Context(),
		`UPDATE channel_secrets SET sealed = ? WHERE channel = ? AND name = ?`, sealed, channel, name)
	require.NoError(t, err)
}

func TestSecretCannotBeDecryptedInAnotherRow(t *testing.T) {
	t.Parallel()
	s, v := withSecrets(t)
	stolen := sealedOf(t, s, "1", "agenda")
	for _, place := range []struct{ channel, name string }{{"1", "other"}, {"2", "agenda"}} {
		replaceSealed(t, s, place.channel, place.name, stolen)
		_, err := v.Secret(t.Context(), place.channel, place.name)
		require.ErrorIs(t, err, ErrBroken)
		require.NotContains(t, err.Error(), "the key of")
	}
	value, err := v.Secret(t.Context(), "1", "agenda")
	require.NoError(t, err)
	require.Equal(t, "the key of 1", value)
}

func TestDamagedSecretIsNotDecrypted(t *testing.T) {
	t.Parallel()
	s, v := withSecrets(t)
	whole := sealedOf(t, s, "1", "agenda")
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-1] ^= 1
	for _, damaged := range [][]byte{{}, whole[:5], whole[:len(whole)-1], append(bytes.Clone(whole), 0), flipped} {
		replaceSealed(t, s, "1", "agenda", damaged)
		_, err := v.Secret(t.Context(), "1", "agenda")
		require.ErrorIs(t, err, ErrBroken)
	}
}

func TestDatabaseDoesNotRevealSecrets(t *testing.T) {
	t.Parallel()
	s, v := withSecrets(t)
	first := sealedOf(t, s, "1", "agenda")
	require.NotContains(t, string(first), "key")
	require.NoError(t, v.Put(t.Context(), "1", "agenda", "the key of 1", time.UnixMilli(2)))
	require.NotEqual(t, first, sealedOf(t, s, "1", "agenda"), "the same value is sealed anew each time")
}
