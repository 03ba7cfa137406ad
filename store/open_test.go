package store_test

import (
	"context"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
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
	for _, address := range []string{
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
		s, err := store.Open(t.Context(), address)
		require.Error(t, err, address)
		require.Nil(t, s)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestOpenTellsADatabaseThatCannotBeReachedFromOneThatRefuses(t *testing.T) {
	t.Parallel()
	for _, nobody := range []string{"postgres://u@127.0.0.1:1/db?sslmode=disable", "postgres://u@nowhere.invalid/db?sslmode=disable"} {
		_, err := store.Open(t.Context(), nobody)
		require.ErrorIs(t, err, store.ErrUnreachable)
		require.NotContains(t, err.Error(), "\n")
	}
	missing, err := url.Parse(storetest.PostgresURL(t))
	require.NoError(t, err)
	missing.Path += "_missing"
	for _, refused := range []string{missing.String(), "sqlite:/dev/null/chattigo.db", "mysql://localhost/db"} {
		_, err := store.Open(t.Context(), refused)
		require.Error(t, err)
		require.NotErrorIs(t, err, store.ErrUnreachable)
	}
}

// More callers than connections wait for each other, and no further connection is opened for them.
func TestConnectionsToPostgreSQLAreBounded(t *testing.T) {
	t.Parallel()
	const most, callers = 4, 40
	address, err := url.Parse(storetest.PostgresURL(t))
	require.NoError(t, err)
	query := address.Query()
	query.Set("application_name", "bounded")
	address.RawQuery = query.Encode()
	s, err := store.Open(t.Context(), address.String(), store.WithConnections(most))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()

	var calls errgroup.Group
	for range callers {
		calls.Go(func() error {
			_, err := s.Count(t.Context(), "SELECT 1 FROM pg_sleep(0.01)")
			return err
		})
	}
	require.NoError(t, calls.Wait())

	open, err := s.Count(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bounded'")
	require.NoError(t, err)
	require.Equal(t, most, open, "all of them, which stay open for the next calls")
}
