package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func knownCases() []testCase {
	return []testCase{
		{"recent ids are those of the contact's other conversations", recentOfContact},
		{"recent ids are limited, newest first", recentLimited},
		{"a row keeps its newest ids only", recentKept},
		{"known messages stand in rows and pages of others", knownInOthers},
		{"known messages stand in own pages below the number", knownInOwnPages},
		{"nothing is known of nobody", knownNobody},
	}
}

func closeWith(t *testing.T, s *store.Store, c store.Conversation, second int, ids []store.MessageID) {
	t.Helper()
	require.NoError(t, s.CloseConversation(t.Context(), store.Closing{Conversation: closed(c, second), MessageIDs: ids}))
}

func putInbound(t *testing.T, s *store.Store, conversation string, number int, ids ...string) {
	t.Helper()
	page := store.Page{Conversation: conversation, Number: number}
	for _, id := range ids {
		page.Entries = append(page.Entries,
			store.Entry{Direction: store.In, ID: id, Timestamp: 500},
			store.Entry{Direction: store.Out, ID: "out-" + id},
			store.Entry{Direction: store.In})
	}
	require.NoError(t, s.PutPage(t.Context(), page))
}

// family is the contact (569, user) of channel 1 with earlier conversations, and others.
func family(t *testing.T, s *store.Store) {
	t.Helper()
	day := 24 * 60 * 60
	closeWith(t, s, opened("forgotten", "569", "", -20*day), -19*day, messageIDs([]string{"forgotten"}, 1))
	closeWith(t, s, opened("long", "569", "", -9*day), -7*day, messageIDs([]string{"long"}, 10))
	closeWith(t, s, opened("phone", "569", "", -2*day), -day, messageIDs([]string{"phone"}, 20))
	closeWith(t, s, opened("user", "", "user", -day), -100, messageIDs([]string{"user", "phone"}, 30))
	// Terminated: the row is open, only its page knows.
	require.NoError(t, s.OpenConversation(t.Context(), opened("open", "569", "user", -50)))
	putInbound(t, s, "open", 1, "paged")
	closeWith(t, s, opened("stranger", "570", "nobody", -50), -40, messageIDs([]string{"stranger"}, 50))
	elsewhere := opened("elsewhere", "569", "user", -50)
	elsewhere.Channel = "2"
	closeWith(t, s, elsewhere, -40, messageIDs([]string{"elsewhere"}, 60))
	closeWith(t, s, opened("own", "569", "user", -10), -5, messageIDs([]string{"own"}, 70))
	putInbound(t, s, "own", 1, "own page 1")
	putInbound(t, s, "own", 2, "own page 2")
}

func eightDaysAgo() time.Time {
	return at(0).Add(-8 * 24 * time.Hour)
}

func recentOfContact(t *testing.T, s *store.Store) {
	family(t, s)
	hash := store.HashMessageID
	byPhone := []store.MessageID{
		{Hash: hash("paged"), Timestamp: 500}, {Hash: hash("phone"), Timestamp: 20}, {Hash: hash("long"), Timestamp: 10},
	}
	both := []store.MessageID{
		{Hash: hash("paged"), Timestamp: 500},
		{Hash: hash("phone"), Timestamp: 31},
		{Hash: hash("user"), Timestamp: 30},
		{Hash: hash("long"), Timestamp: 10},
	}
	for _, c := range []struct {
		name, waID, userID string
		want               []store.MessageID
	}{
		{"by phone", "569", "", byPhone},
		{"by user id", "", "user", both[:3]},
		{"by both", "569", "user", both},
		{"unknown", "571", "somebody", []store.MessageID{}},
		{"nobody", "", "", []store.MessageID{}},
	} {
		ids, more, err := s.RecentMessageIDs(t.Context(), store.RecentQuery{
			Channel: "1", WaID: c.waID, UserID: c.userID, Except: "own", Since: eightDaysAgo(), Limit: 100,
		})
		require.NoError(t, err, c.name)
		require.False(t, more, c.name)
		require.Equal(t, c.want, ids, c.name)
	}
}

func recentLimited(t *testing.T, s *store.Store) {
	names := numbered("m", 3000)
	for i := range 3 {
		closeWith(t, s, opened(names[i], "569", "", i), i, messageIDs(names[i*1000:(i+1)*1000], int64(i*1000)))
	}
	for _, c := range []struct {
		limit, want int
		more        bool
	}{
		{3000, 3000, false}, {2999, 2999, true}, {10, 10, true}, {0, 0, true}, {-1, 0, true},
	} {
		ids, more, err := s.RecentMessageIDs(t.Context(), store.RecentQuery{Channel: "1", WaID: "569", Since: at(-1), Limit: c.limit})
		require.NoError(t, err)
		require.Equal(t, c.more, more, "limit %d", c.limit)
		require.Len(t, ids, c.want)
		for i, id := range ids {
			require.Equal(t, store.MessageID{Hash: store.HashMessageID(names[2999-i]), Timestamp: int64(2999 - i)}, id)
		}
	}
}

func recentKept(t *testing.T, s *store.Store) {
	names := numbered("m", store.KeptMessageIDs+500)
	closeWith(t, s, opened("cnv_1", "569", "", 1), 2, messageIDs(names, 1))
	ids, more, err := s.RecentMessageIDs(t.Context(), store.RecentQuery{Channel: "1", WaID: "569", Since: at(0), Limit: 10_000})
	require.NoError(t, err)
	require.False(t, more)
	require.Len(t, ids, store.KeptMessageIDs)
	require.Equal(t, store.HashMessageID(names[len(names)-1]), ids[0].Hash)
	require.Equal(t, store.HashMessageID(names[500]), ids[len(ids)-1].Hash)
}

func knownInOthers(t *testing.T, s *store.Store) {
	family(t, s)
	asked := []string{"own", "stranger", "paged", "new", "out-paged", "user", "forgotten", "phone", "elsewhere", "long", ""}
	for _, c := range []struct {
		name, waID, userID string
		want               []string
	}{
		{"by phone", "569", "", []string{"paged", "phone", "long"}},
		{"by user id", "", "user", []string{"paged", "user", "phone"}},
		{"by both", "569", "user", []string{"paged", "user", "phone", "long"}},
		{"unknown", "571", "somebody", nil},
	} {
		known, err := s.KnownMessages(t.Context(), store.KnownQuery{
			Channel: "1", WaID: c.waID, UserID: c.userID, Conversation: "own", Since: eightDaysAgo(), IDs: asked,
		})
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, known, c.name)
	}
}

func knownInOwnPages(t *testing.T, s *store.Store) {
	family(t, s)
	for below, want := range map[int][]string{
		0: nil, 1: nil, 2: {"own page 1"}, 3: {"own page 1", "own page 2"},
	} {
		known, err := s.KnownMessages(t.Context(), store.KnownQuery{
			Channel: "1", WaID: "569", Conversation: "own", BelowPage: below, Since: at(1000),
			IDs: []string{"own", "own page 1", "own page 2", "paged"},
		})
		require.NoError(t, err)
		require.Equal(t, want, known, "below page %d", below)
	}
}

func knownNobody(t *testing.T, s *store.Store) {
	family(t, s)
	known, err := s.KnownMessages(t.Context(), store.KnownQuery{Channel: "1", Since: eightDaysAgo(), IDs: []string{"phone", "user"}})
	require.NoError(t, err)
	require.Empty(t, known)
	known, err = s.KnownMessages(t.Context(), store.KnownQuery{Channel: "1", WaID: "569", Since: eightDaysAgo()})
	require.NoError(t, err)
	require.Empty(t, known, "nothing was asked")
}
