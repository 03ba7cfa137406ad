package store_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestDatabase(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"it answers", pings},
		{"an ended context ends every call", contextEnds},
	})
}

func pings(t *testing.T, s *store.Store) {
	require.NoError(t, s.Ping(t.Context()))
	require.Contains(t, []string{"PostgreSQL", "SQLite"}, s.Kind())
}

func contextEnds(t *testing.T, s *store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Ping(ctx), context.Canceled)
	require.ErrorIs(t, s.AddAccount(ctx, store.Account{Name: "demo"}), context.Canceled)
	require.ErrorIs(t, s.Park(ctx, []store.Delivery{parked("d1")}), context.Canceled)
	_, err := s.Accounts(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Delivery(t.Context(), "d1")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestOpenErrorDoesNotContainThePassword(t *testing.T) {
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
