package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestKnownMessages(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"recent ids are those of the contact's other conversations", recentOfContact},
		{"recent ids are limited, newest first", recentLimited},
		{"a row keeps its newest ids only", recentKept},
		{"known messages stand in rows and pages of others", knownInOthers},
		{"known messages stand in own pages below the number", knownInOwnPages},
		{"nothing is known of nobody", knownNobody},
		{"conversations of one workflow are one person's", sameWorkflow},
		{"a contact is new of whom nothing is stored", newContacts},
	})
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

// family stores earlier conversations of the contact (569, user) of channel 1, and of others.
func family(t *testing.T, s *store.Store) {
	t.Helper()
	day := 24 * 60 * 60
	closeWith(t, s, opened("forgotten", "569", "", -20*day), -19*day, messageIDs([]string{"forgotten"}, 1))
	closeWith(t, s, opened("long", "569", "", -9*day), -7*day, messageIDs([]string{"long"}, 10))
	closeWith(t, s, opened("phone", "569", "", -2*day), -day, messageIDs([]string{"phone"}, 20))
	closeWith(t, s, opened("user", "", "user", -day), -100, messageIDs([]string{"user", "phone"}, 30))
	// Terminated: the row is open, and only the page has its message ids.
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

// newContacts asks for those of whom each query of a first message finds something, and for others.
func newContacts(t *testing.T, s *store.Store) {
	family(t, s)
	require.NoError(t, s.OpenConversation(t.Context(), store.Conversation{ID: "run", WorkflowID: "w", Channel: "1", WaID: "600", OpenedAt: at(1)}))
	require.NoError(t, s.MoveNumbers(t.Context(), []store.NumberChange{{Channel: "1", WaID: "569", NewWaID: "580", At: at(1)}}))
	require.NoError(t, s.SetPreferences(t.Context(), []store.Preference{
		{Channel: "1", WaID: "610", OptedOut: true, At: at(1)}, {Channel: "1", UserID: "quiet", OptedOut: true, At: at(1)},
	}))
	for _, c := range []struct {
		name, waID, userID, workflowID, except string
		want                                   bool
	}{
		{"with a conversation, by phone", "570", "", "", "own", false},
		{"with a conversation, by user id", "", "nobody", "", "own", false},
		{"with an old conversation", "569", "", "", "own", false},
		{"with an open conversation", "600", "", "", "own", false},
		{"with a run of the same workflow", "601", "", "w", "own", false},
		{"with a new number", "580", "", "", "own", false},
		{"who opted out, by phone", "610", "", "", "own", false},
		{"who opted out, by user id", "", "quiet", "", "own", false},
		{"with a conversation beside the one that asks", "569", "user", "", "own", false},
		{"with the conversation that asks alone", "600", "", "w", "run", true},
		{"nobody heard of", "571", "somebody", "w2", "own", true},
		{"without an identity", "", "", "", "own", true},
	} {
		isNew, err := s.IsNewContact(t.Context(), store.RecentQuery{
			Channel: "1", WaID: c.waID, UserID: c.userID, WorkflowID: c.workflowID, Except: c.except,
		})
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, isNew, c.name)
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

// sameWorkflow finds conversations of a person by their workflow id only: they were held under
// identities that are not linked.
func sameWorkflow(t *testing.T, s *store.Store) {
	first, second, stranger := opened("cnv_1", "569", "", 1), opened("cnv_2", "570", "CL.1", 2), opened("cnv_3", "571", "", 3)
	first.WorkflowID, second.WorkflowID, stranger.WorkflowID = "w", "w", "other"
	closeWith(t, s, first, 2, messageIDs([]string{"a"}, 1))
	closeWith(t, s, stranger, 4, messageIDs([]string{"s"}, 3))
	require.NoError(t, s.OpenConversation(t.Context(), second))
	recent, _, err := s.RecentMessageIDs(t.Context(), store.RecentQuery{
		Channel: "1", WaID: "570", UserID: "CL.1", WorkflowID: "w", Except: "cnv_2", Limit: 10,
	})
	require.NoError(t, err)
	require.Equal(t, messageIDs([]string{"a"}, 1), recent)
	known, err := s.KnownMessages(t.Context(), store.KnownQuery{
		Channel: "1", WaID: "570", WorkflowID: "w", Conversation: "cnv_2", IDs: []string{"a", "s"},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, known)
	open, err := s.UnclosedConversations(t.Context(), store.UnclosedQuery{Channel: "1", WaID: "572", WorkflowID: "w", Except: "cnv_9", Limit: 5})
	require.NoError(t, err)
	require.Equal(t, []string{"cnv_2"}, open)
}

// BenchmarkRecentMessageIDs reads a contact's 20 conversations of 100 messages among
// 5,000 conversations of others.
func BenchmarkRecentMessageIDs(b *testing.B) {
	for name, open := range databases() {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			fillForBenchmark(b, s)
			query := store.RecentQuery{Channel: "1", WaID: "569", UserID: "user", Since: time.UnixMilli(1), Limit: 2000}
			for b.Loop() {
				ids, more, err := s.RecentMessageIDs(b.Context(), query)
				require.NoError(b, err)
				require.Len(b, ids, 2000)
				require.False(b, more)
			}
		})
	}
}

// BenchmarkNewContact makes the reads of a new contact's first message: the one that there is, and those that it
// replaces.
func BenchmarkNewContact(b *testing.B) {
	for name, open := range databases() {
		s := open(b)
		fillForBenchmark(b, s)
		query := store.RecentQuery{Channel: "1", WaID: "-1", UserID: "newcomer", WorkflowID: "w", Except: "own", Since: time.UnixMilli(1), Limit: 2000}
		b.Run(name+"/IsNewContact", func(b *testing.B) {
			for b.Loop() {
				isNew, err := s.IsNewContact(b.Context(), query)
				require.NoError(b, err)
				require.True(b, isNew)
			}
		})
		b.Run(name+"/three reads", func(b *testing.B) {
			for b.Loop() {
				ids, _, err := s.RecentMessageIDs(b.Context(), query)
				require.NoError(b, err)
				require.Empty(b, ids)
				_, err = s.Contact(b.Context(), query.Channel, query.WaID, query.UserID)
				require.ErrorIs(b, err, store.ErrNotFound)
				open, err := s.UnclosedConversations(b.Context(), store.UnclosedQuery{
					Channel: query.Channel, WaID: query.WaID, UserID: query.UserID, WorkflowID: query.WorkflowID, Except: query.Except, Limit: 5,
				})
				require.NoError(b, err)
				require.Empty(b, open)
			}
		})
	}
}

func fillForBenchmark(b *testing.B, s *store.Store) {
	b.Helper()
	for i := range 5000 {
		row := store.Conversation{ID: fmt.Sprintf("other_%d", i), Channel: "1", WaID: fmt.Sprint(i), OpenedAt: time.UnixMilli(int64(i))}
		require.NoError(b, s.OpenConversation(b.Context(), row))
	}
	for i := range 20 {
		row := store.Conversation{ID: fmt.Sprintf("cnv_%d", i), Channel: "1", WaID: "569", OpenedAt: time.UnixMilli(int64(1000 + i))}
		page := store.Page{Conversation: row.ID, Number: 1}
		var ids []store.MessageID
		for j := range 100 {
			entry := store.Entry{Direction: store.In, ID: fmt.Sprintf("wamid_%d_%d", i, j), Timestamp: int64(i*100 + j)}
			page.Entries = append(page.Entries, entry)
			ids = append(ids, store.MessageID{Hash: store.HashMessageID(entry.ID), Timestamp: entry.Timestamp})
		}
		require.NoError(b, s.CloseConversation(b.Context(), store.Closing{Conversation: row, MessageIDs: ids, Page: &page}))
	}
}
