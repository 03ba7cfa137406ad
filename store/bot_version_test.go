package store_test

import (
	"fmt"
	"strings"
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
		{"a text is held once, and each account's own where it is another", textsAreHeldOnce},
		{"the texts of an account have a bound in bytes", textsHaveABound},
		{"the texts of older releases are counted, and held once", olderTextsAreCounted},
		{"of many texts put at once as many are taken as fit", textsPutAtOnce},
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

func textsAreHeldOnce(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "same"))
	put(t, s, version("other", "a", "same"))
	alike := version("other", "b", "alike")
	put(t, s, alike)
	alike.Account, alike.Name = "isv", "b"
	put(t, s, alike)
	held, err := s.Count(t.Context(), `SELECT SUM(length(source)) FROM bot_versions`)
	require.NoError(t, err)
	require.Equal(t, len("text of other"), held, "that of other's a, which is not isv's")
	for _, want := range []struct{ account, name, text string }{
		{"isv", "a", "text of isv"}, {"other", "a", "text of other"}, {"isv", "b", "text of other"}, {"other", "b", "text of other"},
	} {
		v, err := s.Version(t.Context(), want.account, want.name, 0)
		require.NoError(t, err)
		require.Equal(t, want.text, string(v.Source))
	}
}

// fill counts bytes of an account that are not there, until so many are left.
func fill(t *testing.T, s *store.Store, account string, left int) {
	t.Helper()
	require.NoError(t, s.Exec(t.Context(), `UPDATE accounts SET bot_bytes = ? WHERE name = ?`, store.MaxBotBytes-left, account))
}

func bytesLeft(t *testing.T, s *store.Store, account string) int {
	t.Helper()
	bytes, err := s.Count(t.Context(), `SELECT bot_bytes FROM accounts WHERE name = ?`, account)
	require.NoError(t, err)
	return store.MaxBotBytes - bytes
}

func textsHaveABound(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	sized := func(hash string, bytes int) store.BotVersion {
		v := version("isv", "a", hash)
		v.Source = make([]byte, bytes)
		return v
	}
	tests := func(bytes int) error {
		return s.PutTests(t.Context(), "isv", "a", store.BotTests{Source: make([]byte, bytes)})
	}
	put(t, s, sized("a1", 100))
	require.Equal(t, store.MaxBotBytes-100, bytesLeft(t, s, "isv"))
	fill(t, s, "isv", 50)

	_, _, err := s.PutVersion(t.Context(), sized("a2", 51))
	require.ErrorIs(t, err, store.ErrTooManyBytes)
	_, _, err = s.PutVersion(t.Context(), func() store.BotVersion { v := sized("b1", 51); v.Name = "b"; return v }())
	require.ErrorIs(t, err, store.ErrTooManyBytes)
	_, err = s.OwnedBot(t.Context(), "isv", "b")
	require.ErrorIs(t, err, store.ErrNotFound, "nothing of it is left")
	_, err = s.Bot(t.Context(), "a2")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.Equal(t, 2, put(t, s, sized("a3", 20)))
	require.Equal(t, 1, put(t, s, sized("a1", 100)), "it is there already")
	require.Equal(t, 30, bytesLeft(t, s, "isv"))

	require.ErrorIs(t, tests(31), store.ErrTooManyBytes)
	require.NoError(t, tests(30))
	require.Equal(t, 0, bytesLeft(t, s, "isv"))
	require.ErrorIs(t, tests(31), store.ErrTooManyBytes)
	fill(t, s, "isv", -40) // as of an account from before there was a bound
	require.NoError(t, tests(20))
	require.Equal(t, -30, bytesLeft(t, s, "isv"))
	kept, err := s.Tests(t.Context(), "isv", "a")
	require.NoError(t, err)
	require.Len(t, kept.Source, 20)
	require.ErrorIs(t, s.PutTests(t.Context(), "isv", "c", store.BotTests{}), store.ErrNotFound)
	put(t, s, version("other", "a", "x"))
}

func textsPutAtOnce(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	first := version("isv", "a", "first")
	put(t, s, first)
	fill(t, s, "isv", 4*len(first.Source))
	errs := together(8, func(i int) error {
		if i%4 == 3 {
			return s.PutTests(t.Context(), "isv", "a", store.BotTests{Source: first.Source})
		}
		_, _, err := s.PutVersion(t.Context(), version("isv", fmt.Sprint("b", i%3), fmt.Sprint(i)))
		return err
	})
	taken := 0
	for _, err := range errs {
		if err != nil {
			require.ErrorIs(t, err, store.ErrTooManyBytes)
		} else {
			taken++
		}
	}
	require.GreaterOrEqual(t, taken, 4)
	require.LessOrEqual(t, taken, 5, "the tests twice, which take their place once")
	require.Zero(t, bytesLeft(t, s, "isv"))
}

func olderTextsAreCounted(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "same"))
	put(t, s, version("isv", "a", "own"))
	put(t, s, version("other", "a", "same"))
	require.NoError(t, s.PutTests(t.Context(), "isv", "a", store.BotTests{Source: []byte("ñandú")}))
	require.NoError(t, s.Exec(t.Context(), `UPDATE accounts SET bot_bytes = 0`))
	require.NoError(t, s.Exec(t.Context(), `UPDATE bot_versions SET source = (SELECT b.source FROM bots b WHERE b.hash = bot_versions.hash) WHERE account = 'isv'`))

	text, err := store.MigrationText("00014_bot_bytes.sql")
	require.NoError(t, err)
	statements := strings.Split(text, ";")
	require.Len(t, statements, 4) // with what stands behind the last
	for _, statement := range statements[1:3] {
		require.NoError(t, s.Exec(t.Context(), statement))
	}
	require.Equal(t, store.MaxBotBytes-len("text of isv"+"text of isv"+"ñandú"), bytesLeft(t, s, "isv"))
	require.Equal(t, store.MaxBotBytes-len("text of other"), bytesLeft(t, s, "other"))
	held, err := s.Count(t.Context(), `SELECT SUM(length(source)) FROM bot_versions`)
	require.NoError(t, err)
	require.Equal(t, len("text of other"), held)
}
