package store_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestSecrets(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"what is put comes back, and again after it was replaced", secretRoundTrip},
		{"a channel sees its own only", secretOfAnother},
		{"a key that is not there is said to be missing", secretWithoutKey},
		{"older keys open, and a reseal makes them needless", secretRotation},
		{"a reseal does the rest when one row cannot be opened", secretResealBroken},
		{"bad names and values are refused", secretBad},
		{"a channel has at most fifty, also when many are put at once", secretLimit},
	})
}

func sealKey(b byte) []byte { return bytes.Repeat([]byte{b}, store.SealKeyBytes) }

// vault opens the vault with keys, on a store with the channels 1 and 2.
func vault(t *testing.T, s *store.Store, keys ...[]byte) *store.Vault {
	t.Helper()
	v, err := s.Vault(keys...)
	require.NoError(t, err)
	return v
}

func addTwoChannels(t *testing.T, s *store.Store) {
	t.Helper()
	addAccounts(t, s, "demo")
	for _, id := range []string{"1", "2"} {
		require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: id, Account: "demo"}))
	}
}

func secretRoundTrip(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	require.NoError(t, v.Put(t.Context(), "1", "zeta", "ñandú 🦩 \"x\" \\", at(1)))
	require.NoError(t, v.Put(t.Context(), "1", "agenda", "first", at(1)))
	require.NoError(t, v.Put(t.Context(), "1", "agenda", "second", at(2)))
	for name, want := range map[string]string{"zeta": "ñandú 🦩 \"x\" \\", "agenda": "second"} {
		got, err := v.Secret(t.Context(), "1", name)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	list, err := v.List(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, []store.Secret{{Name: "agenda", UpdatedAt: at(2)}, {Name: "zeta", UpdatedAt: at(1)}}, list)

	require.NoError(t, v.Remove(t.Context(), "1", "agenda"))
	_, err = v.Secret(t.Context(), "1", "agenda")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.ErrorIs(t, v.Remove(t.Context(), "1", "agenda"), store.ErrNotFound)
}

func secretOfAnother(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	require.NoError(t, v.Put(t.Context(), "1", "agenda", "first", at(1)))
	_, err := v.Secret(t.Context(), "2", "agenda")
	require.ErrorIs(t, err, store.ErrNotFound)
	list, err := v.List(t.Context(), "2")
	require.NoError(t, err)
	require.Empty(t, list)
	require.ErrorIs(t, v.Remove(t.Context(), "2", "agenda"), store.ErrNotFound)
	require.ErrorIs(t, v.Put(t.Context(), "3", "agenda", "x", at(1)), store.ErrNotFound, "there is no such channel")
}

func secretWithoutKey(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	require.NoError(t, vault(t, s, sealKey(1)).Put(t.Context(), "1", "agenda", "first", at(1)))
	for _, v := range []*store.Vault{vault(t, s), vault(t, s, sealKey(2))} {
		_, err := v.Secret(t.Context(), "1", "agenda")
		require.ErrorIs(t, err, store.ErrNoKey)
		lacking, err := v.LackingKeys(t.Context())
		require.NoError(t, err)
		require.Len(t, lacking, 1)
		list, err := v.List(t.Context(), "1")
		require.NoError(t, err)
		require.Len(t, list, 1)
	}
	require.ErrorIs(t, vault(t, s).Put(t.Context(), "1", "agenda", "x", at(2)), store.ErrNoKey)
	_, err := vault(t, s).Reseal(t.Context())
	require.ErrorIs(t, err, store.ErrNoKey)
	lacking, err := vault(t, s, sealKey(1)).LackingKeys(t.Context())
	require.NoError(t, err)
	require.Empty(t, lacking)
	require.NoError(t, vault(t, s).Remove(t.Context(), "1", "agenda"), "to forget takes no key")

	_, err = s.Vault([]byte("short"))
	require.Error(t, err)
	require.NotContains(t, err.Error(), "short\"")
}

func secretRotation(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	old := vault(t, s, sealKey(1))
	for i, name := range []string{"a", "b", "c"} {
		require.NoError(t, old.Put(t.Context(), "1", name, "value "+name, at(i)))
	}
	both := vault(t, s, sealKey(2), sealKey(1))
	require.NoError(t, both.Put(t.Context(), "1", "c", "newer", at(9)))
	resealed, err := both.Reseal(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, resealed)
	resealed, err = both.Reseal(t.Context())
	require.NoError(t, err)
	require.Zero(t, resealed)

	fresh := vault(t, s, sealKey(2))
	for name, want := range map[string]string{"a": "value a", "b": "value b", "c": "newer"} {
		got, err := fresh.Secret(t.Context(), "1", name)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	list, err := fresh.List(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, at(0), list[0].UpdatedAt, "a reseal is no new value")
}

func secretResealBroken(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	require.NoError(t, vault(t, s, sealKey(1)).Put(t.Context(), "1", "a", "x", at(1)))
	require.NoError(t, vault(t, s, sealKey(3)).Put(t.Context(), "1", "b", "x", at(1)))
	resealed, err := vault(t, s, sealKey(2), sealKey(3)).Reseal(t.Context())
	require.ErrorIs(t, err, store.ErrNoKey)
	require.ErrorContains(t, err, "secret a of channel 1")
	require.Equal(t, 1, resealed)
}

func secretBad(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	for _, name := range []string{"", "A", "1a", "_a", "a-b", "a b", "ñ", "a\x00", strings.Repeat("a", 41)} {
		require.Error(t, v.Put(t.Context(), "1", name, "x", at(1)), "%q", name)
	}
	for _, value := range []string{"", " x", "x ", "x\ny", "x\r\nX-Evil: 1", "x\x00", "x\ty", "\u0085", "\xff", strings.Repeat("a", 4097)} {
		err := v.Put(t.Context(), "1", "a", value, at(1))
		require.Error(t, err, "%q", value)
		require.NotContains(t, err.Error(), "X-Evil")
	}
	require.NoError(t, v.Put(t.Context(), "1", strings.Repeat("a", 40), strings.Repeat("a", 4096), at(1)))
	require.NoError(t, v.Put(t.Context(), "1", "a_1", "x", at(1)))
}

func secretLimit(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	for i := range 46 {
		require.NoError(t, v.Put(t.Context(), "1", fmt.Sprintf("a%d", i), "x", at(1)))
	}
	refused := 0
	for _, err := range together(8, func(i int) error { return v.Put(t.Context(), "1", fmt.Sprintf("b%d", i), "x", at(1)) }) {
		if err != nil {
			require.ErrorIs(t, err, store.ErrTooMany)
			refused++
		}
	}
	require.Equal(t, 4, refused)
	require.NoError(t, v.Put(t.Context(), "1", "a0", "replaced", at(2)))
	require.NoError(t, v.Put(t.Context(), "2", "a", "x", at(1)), "each channel for itself")
}
