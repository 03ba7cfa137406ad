package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestBots(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"a definition is stored once and never changes", botNeverChanges},
		{"a large source comes back byte for byte", botLarge},
	})
}

func botNeverChanges(t *testing.T, s *store.Store) {
	want := store.Bot{Hash: "h1", Account: "demo", Name: awkward, Source: []byte("bot: {}\x00\xff"), CreatedAt: at(1)}
	require.NoError(t, s.PutBot(t.Context(), want))
	requireNoErrors(t, together(4, func(int) error {
		return s.PutBot(t.Context(), store.Bot{Hash: "h1", Name: "other", CreatedAt: at(2)})
	}))
	got, err := s.Bot(t.Context(), "h1")
	require.NoError(t, err)
	require.Equal(t, want, got)

	starter := store.Bot{Hash: "h2"}
	require.NoError(t, s.PutBot(t.Context(), starter))
	got, err = s.Bot(t.Context(), "h2")
	require.NoError(t, err)
	require.Equal(t, starter, got)
	_, err = s.Bot(t.Context(), "h3")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func botLarge(t *testing.T, s *store.Store) {
	want := store.Bot{Hash: "h", Source: megabyte()}
	require.NoError(t, s.PutBot(t.Context(), want))
	got, err := s.Bot(t.Context(), "h")
	require.NoError(t, err)
	require.Equal(t, want, got)
}
