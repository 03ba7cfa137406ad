package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestVersions(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"versions are numbered by bot and account", versionsAreNumbered},
		{"the same definition is the same version", sameDefinitionIsSameVersion},
		{"two accounts with one definition do not meet", accountsShareADefinition},
		{"versions put at once are numbered one after the other", versionsPutAtOnce},
		{"versions are listed in pieces, the newest first", versionsInPieces},
		{"an account has at most 100 bots", atMostHundredBots},
		{"open conversations are counted by definition, on the account's channels", openIsCounted},
	})
}

func TestTests(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"tests are replaced, and their revision grows", testsAreReplaced},
	})
}

// withAccounts adds accounts with a channel each: isv has 1, other has 2.
func withAccounts(t *testing.T, s *store.Store) {
	t.Helper()
	for i, account := range []string{"isv", "other"} {
		require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: account, CreatedAt: at(0)}))
		require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: fmt.Sprint(i + 1), Account: account, CreatedAt: at(0), UpdatedAt: at(0)}))
	}
}

func version(account, name, hash string) store.BotVersion {
	return store.BotVersion{
		Account: account, Name: name, Hash: hash, ContentType: "application/yaml",
		CreatedAt: at(1), CreatedBy: account, Source: []byte("text of " + account),
	}
}

// put stores a version and returns its number.
func put(t *testing.T, s *store.Store, v store.BotVersion) int {
	t.Helper()
	stored, _, err := s.PutVersion(t.Context(), v)
	require.NoError(t, err)
	return stored.Number
}

func versionsAreNumbered(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	require.Equal(t, 1, put(t, s, version("isv", "a", "a1")))
	require.Equal(t, 2, put(t, s, version("isv", "a", "a2")))
	require.Equal(t, 1, put(t, s, version("isv", "b", "b1")))
	require.Equal(t, 1, put(t, s, version("other", "a", "x1")))

	newest, err := s.Version(t.Context(), "isv", "a", 0)
	require.NoError(t, err)
	want := version("isv", "a", "a2")
	want.Number = 2
	require.Equal(t, want, newest)
	first, err := s.Version(t.Context(), "isv", "a", 1)
	require.NoError(t, err)
	require.Equal(t, "a1", first.Hash)
	for _, unknown := range []struct {
		account, name string
		number        int
	}{{"isv", "a", 3}, {"isv", "A", 1}, {"isv", "c", 0}, {"other", "b", 0}, {"nobody", "a", 0}} {
		_, err := s.Version(t.Context(), unknown.account, unknown.name, unknown.number)
		require.ErrorIs(t, err, store.ErrNotFound, unknown)
	}
	_, _, err = s.PutVersion(t.Context(), version("nobody", "a", "a1"))
	require.ErrorIs(t, err, store.ErrNotFound)

	bots, err := s.OwnedBots(t.Context(), store.OwnedBotQuery{Limit: 2})
	require.NoError(t, err)
	require.Equal(t, []store.OwnedBot{
		{Account: "isv", Name: "a", Newest: 2, Hash: "a2", CreatedAt: at(1), CreatedBy: "isv"},
		{Account: "isv", Name: "b", Newest: 1, Hash: "b1", CreatedAt: at(1), CreatedBy: "isv"},
	}, bots)
	bots, err = s.OwnedBots(t.Context(), store.OwnedBotQuery{AfterAccount: "isv", AfterName: "b", Limit: 2})
	require.NoError(t, err)
	require.Len(t, bots, 1)
	require.Equal(t, "other", bots[0].Account)
	bots, err = s.OwnedBots(t.Context(), store.OwnedBotQuery{Account: "other", Limit: 2})
	require.NoError(t, err)
	require.Len(t, bots, 1)
	one, err := s.OwnedBot(t.Context(), "other", "a")
	require.NoError(t, err)
	require.Equal(t, bots[0], one)
	_, err = s.OwnedBot(t.Context(), "other", "b")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func sameDefinitionIsSameVersion(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "a1"))
	put(t, s, version("isv", "a", "a2"))
	again := version("isv", "a", "a1")
	again.CreatedAt, again.Source = at(9), []byte("# the same but for this comment")
	stored, created, err := s.PutVersion(t.Context(), again)
	require.NoError(t, err)
	require.False(t, created)
	require.Equal(t, 1, stored.Number)
	require.Equal(t, at(1), stored.CreatedAt)
	newest, err := s.Version(t.Context(), "isv", "a", 0)
	require.NoError(t, err)
	require.Equal(t, "a2", newest.Hash)
}

func accountsShareADefinition(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "same"))
	stored, created, err := s.PutVersion(t.Context(), version("other", "a", "same"))
	require.NoError(t, err)
	require.True(t, created)
	require.Equal(t, 1, stored.Number)
	for _, account := range []string{"isv", "other"} {
		v, err := s.Version(t.Context(), account, "a", 1)
		require.NoError(t, err)
		require.Equal(t, "text of "+account, string(v.Source))
	}
	_, err = s.Bot(t.Context(), "same")
	require.NoError(t, err)
}

func versionsPutAtOnce(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	const n = 8
	numbers := make([]int, n)
	requireNoErrors(t, together(n, func(i int) error {
		stored, _, err := s.PutVersion(t.Context(), version("isv", "a", fmt.Sprint(i/2))) // each twice
		numbers[i] = stored.Number
		return err
	}))
	seen := map[int]int{}
	for i, number := range numbers {
		seen[number]++
		require.Equal(t, numbers[i/2*2], number)
	}
	require.Equal(t, map[int]int{1: 2, 2: 2, 3: 2, 4: 2}, seen)
}

func versionsInPieces(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	for i := range 5 {
		put(t, s, version("isv", "a", fmt.Sprint(i+1)))
	}
	var all []int
	for before := 0; ; {
		piece, err := s.Versions(t.Context(), "isv", "a", before, 2)
		require.NoError(t, err)
		if len(piece) == 0 {
			break
		}
		for _, v := range piece {
			require.Empty(t, v.Source)
			all = append(all, v.Number)
		}
		before = all[len(all)-1]
	}
	require.Equal(t, []int{5, 4, 3, 2, 1}, all)
}

func atMostHundredBots(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	for i := range store.MaxBots {
		put(t, s, version("isv", fmt.Sprintf("bot-%d", i), fmt.Sprint(i)))
	}
	_, _, err := s.PutVersion(t.Context(), version("isv", "one-more", "more"))
	require.ErrorIs(t, err, store.ErrTooManyBots)
	require.Equal(t, 2, put(t, s, version("isv", "bot-7", "more")))
	require.Equal(t, 1, put(t, s, version("other", "one-more", "more")))
}

func openIsCounted(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	open := func(id, channel, bot string, closed bool) {
		c := store.Conversation{ID: id, WorkflowID: id, Channel: channel, WaID: "5", Bot: bot, OpenedAt: at(1)}
		if closed {
			c.ClosedAt = at(2)
		}
		require.NoError(t, s.OpenConversation(t.Context(), c))
	}
	open("a", "1", "same", false)
	open("b", "1", "same", false)
	open("c", "1", "same", true)
	open("d", "1", "older", false)
	open("e", "2", "same", false)
	counts, err := s.OpenByBot(t.Context(), "isv")
	require.NoError(t, err)
	require.Equal(t, map[string]int{"same": 2, "older": 1}, counts)
}

func testsAreReplaced(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "a1"))
	none, err := s.Tests(t.Context(), "isv", "a")
	require.NoError(t, err)
	require.Equal(t, store.BotTests{}, none)
	want := store.BotTests{Cases: 3, ContentType: "application/yaml", By: "isv", At: at(4), Source: megabyte()}
	require.NoError(t, s.PutTests(t.Context(), "isv", "a", want))
	require.NoError(t, s.PutTests(t.Context(), "isv", "a", want))
	got, err := s.Tests(t.Context(), "isv", "a")
	require.NoError(t, err)
	want.Revision = 2
	require.Equal(t, want, got)
	bot, err := s.OwnedBot(t.Context(), "isv", "a")
	require.NoError(t, err)
	require.Equal(t, 3, bot.Cases)

	require.ErrorIs(t, s.PutTests(t.Context(), "other", "a", want), store.ErrNotFound)
	_, err = s.Tests(t.Context(), "other", "a")
	require.ErrorIs(t, err, store.ErrNotFound)
}
