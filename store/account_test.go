package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"what is added is found", accountRoundTrip},
		{"a name is taken once, also by many at once", accountTakenOnce},
		{"unknown names are not found", accountUnknown},
		{"a new password, disabling and another role each end all tokens", accountGenerations},
		{"text from outside is cleaned and found again", accountDirty},
		{"an empty name is refused", accountWithoutName},
	})
}

func accountRoundTrip(t *testing.T, s *store.Store) {
	want := []store.Account{
		{Name: "Zeta", PasswordHash: "$argon2id$z", CreatedAt: at(1)},
		{Name: "alfa", PasswordHash: "$argon2id$a", Generation: 7, Operator: true, Disabled: true, CreatedAt: at(2)},
		{Name: "ñ " + awkward},
	}
	for _, account := range []store.Account{want[2], want[0], want[1]} {
		require.NoError(t, s.AddAccount(t.Context(), account))
	}
	for _, account := range want {
		got, err := s.Account(t.Context(), account.Name)
		require.NoError(t, err)
		require.Equal(t, account, got)
	}
	all, err := s.Accounts(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, all, "in the order of bytes, whatever the server's locale")
}

func accountTakenOnce(t *testing.T, s *store.Store) {
	errs := together(8, func(int) error {
		return s.AddAccount(t.Context(), store.Account{Name: "demo", CreatedAt: at(0)})
	})
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
			continue
		}
		require.ErrorIs(t, err, store.ErrExists)
	}
	require.Equal(t, 1, added)
}

func accountUnknown(t *testing.T, s *store.Store) {
	_, err := s.Account(t.Context(), "nobody")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.ErrorIs(t, s.SetPassword(t.Context(), "nobody", "hash"), store.ErrNotFound)
	require.ErrorIs(t, s.DisableAccount(t.Context(), "nobody"), store.ErrNotFound)
	require.ErrorIs(t, s.EnableAccount(t.Context(), "nobody"), store.ErrNotFound)
	require.ErrorIs(t, s.SetOperator(t.Context(), "nobody", true), store.ErrNotFound)
	all, err := s.Accounts(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
}

func accountGenerations(t *testing.T, s *store.Store) {
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "demo", PasswordHash: "old", Generation: 1}))
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "other", PasswordHash: "old"}))
	requireNoErrors(t, together(5, func(int) error { return s.SetPassword(t.Context(), "demo", "new") }))
	require.NoError(t, s.DisableAccount(t.Context(), "demo"))

	got, err := s.Account(t.Context(), "demo")
	require.NoError(t, err)
	require.Equal(t, store.Account{Name: "demo", PasswordHash: "new", Generation: 7, Disabled: true}, got)

	require.NoError(t, s.EnableAccount(t.Context(), "demo"))
	require.NoError(t, s.SetOperator(t.Context(), "demo", true))
	got, err = s.Account(t.Context(), "demo")
	require.NoError(t, err)
	require.Equal(t, store.Account{Name: "demo", PasswordHash: "new", Generation: 8, Operator: true}, got)
	other, err := s.Account(t.Context(), "other")
	require.NoError(t, err)
	require.Equal(t, store.Account{Name: "other", PasswordHash: "old"}, other)
}

func accountDirty(t *testing.T, s *store.Store) {
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: dirty}))
	got, err := s.Account(t.Context(), dirty)
	require.NoError(t, err)
	require.Equal(t, cleaned, got.Name)
}

func accountWithoutName(t *testing.T, s *store.Store) {
	require.Error(t, s.AddAccount(t.Context(), store.Account{}))
}

func addAccounts(t *testing.T, s *store.Store, names ...string) {
	t.Helper()
	for _, name := range names {
		require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: name}))
	}
}
