package store_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

func TestPreparedStatements(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"a statement is prepared once, however often and from wherever it is used", preparedOnce},
		{"statements whose length depends on their values are not kept", variedAreNotKept},
		{"what a transaction runs is prepared for the next one", preparedInTransactions},
		{"a new column of a table changes nothing for statements that are prepared", survivesMigration},
	})
}

func preparedOnce(t *testing.T, s *store.Store) {
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "isv"}))
	_, err := s.Account(t.Context(), "isv")
	require.NoError(t, err)
	before, _ := s.Prepared()
	require.Positive(t, before)

	var calls errgroup.Group
	for range 50 {
		calls.Go(func() error {
			_, err := s.Account(t.Context(), "isv")
			return err
		})
	}
	require.NoError(t, calls.Wait())
	after, _ := s.Prepared()
	require.Equal(t, before, after)
}

func variedAreNotKept(t *testing.T, s *store.Store) {
	_, err := s.ContactLinks(t.Context(), "1", []string{"0"})
	require.NoError(t, err)
	read, write := s.Prepared()
	for n := 2; n < 30; n++ {
		identities := numbered("user", n)
		var links []store.ContactLink
		for _, identity := range identities {
			links = append(links, store.ContactLink{Channel: "1", Identity: identity, Contact: identity, At: at(n)})
		}
		require.NoError(t, s.LinkContacts(t.Context(), links))
		found, err := s.ContactLinks(t.Context(), "1", identities)
		require.NoError(t, err)
		require.Len(t, found, n)
		_, err = s.Transcripts(t.Context(), identities, 1000)
		require.NoError(t, err)
		_, err = s.Conversations(t.Context(), store.ConversationQuery{Contact: identities[0], Limit: n})
		require.NoError(t, err)
	}
	nowRead, nowWrite := s.Prepared()
	require.Equal(t, [2]int{read, write}, [2]int{nowRead, nowWrite})
}

func preparedInTransactions(t *testing.T, s *store.Store) {
	_, before := s.Prepared()
	require.NoError(t, s.KeepOverflow(t.Context(), "first", 1, [][]byte{[]byte("1")}, at(0)))
	_, first := s.Prepared()
	require.Greater(t, first, before)
	for number := 2; number < 5; number++ {
		require.NoError(t, s.KeepOverflow(t.Context(), "first", number, [][]byte{[]byte("1")}, at(0)))
	}
	_, last := s.Prepared()
	require.Equal(t, first, last)
	messages, err := s.Overflow(t.Context(), "first", 1, 10, 1000)
	require.NoError(t, err)
	require.Len(t, messages, 4)
}

// While a release is rolled out, the old one runs on the tables of the new one.
func survivesMigration(t *testing.T, s *store.Store) {
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "isv"}))
	read := func() {
		account, err := s.Account(t.Context(), "isv")
		require.NoError(t, err)
		require.Equal(t, "isv", account.Name)
	}
	read()
	require.NoError(t, s.Exec(t.Context(), `ALTER TABLE accounts ADD COLUMN later TEXT NOT NULL DEFAULT ''`))
	read()
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "other"}))
}

func TestPreparedStatementsSurviveTheirConnections(t *testing.T) {
	t.Parallel()
	address := storetest.PostgresURL(t)
	s := openPrepared(t, address, "")
	require.NoError(t, s.Ping(t.Context()))
	other := openPrepared(t, address, "no")
	require.NoError(t, other.Exec(t.Context(),
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`))
	require.Eventually(t, func() bool { return s.Ping(t.Context()) == nil }, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, s.Ping(t.Context()))
}

func TestPreparedStatementsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	s := openPrepared(t, storetest.PostgresURL(t), "no")
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "isv"}))
	require.NoError(t, s.KeepOverflow(t.Context(), "o", 1, [][]byte{[]byte("1")}, at(0)))
	read, write := s.Prepared()
	require.Zero(t, read+write)
	kept, err := s.Count(t.Context(), `SELECT count(*) FROM pg_prepared_statements`)
	require.NoError(t, err)
	require.Zero(t, kept)

	_, err = store.Open(t.Context(), "postgres://user:secret@127.0.0.1:1/db?prepared_statements=maybe")
	require.ErrorContains(t, err, `prepared_statements in the PostgreSQL URL must be "yes" or "no"`)
}

// BenchmarkPrepared reads what every message reads: the account, and the person who wrote.
func BenchmarkPrepared(b *testing.B) {
	stores := map[string]*store.Store{"SQLite": storetest.SQLite(b)}
	address := storetest.PostgresURL(b)
	for _, prepared := range []string{"yes", "no"} {
		s := openPrepared(b, address, prepared)
		stores["PostgreSQL, prepared "+prepared] = s
	}
	for name, s := range stores {
		_ = s.AddAccount(b.Context(), store.Account{Name: "isv"}) // the second finds that of the first
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := s.Account(b.Context(), "isv")
				require.NoError(b, err)
				_, err = s.ContactLinks(b.Context(), "1", []string{"569"})
				require.NoError(b, err)
			}
		})
	}
}

// openPrepared opens a migrated database with the option of the URL; empty leaves it out.
func openPrepared(t testing.TB, address, prepared string) *store.Store {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	if prepared != "" {
		query := u.Query()
		query.Set("prepared_statements", prepared)
		u.RawQuery = query.Encode()
	}
	s, err := store.Open(t.Context(), u.String())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	return s
}
