package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestRetention(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"conversations that were closed before go with their transcripts, and nothing else does", oldConversationsDropped},
		{"the oldest conversations go first, so many at a time", oldConversationsInBatches},
		{"a conversation whose deliveries wait stays", waitingConversationStays},
		{"a conversation and its transcript go together or not at all", conversationDroppedWhole},
		{"pages go if no row ever came to them", earlyPagesDropped},
		{"statuses that no later one followed go", oldStatusesDropped},
		{"statuses of an earlier release go by their latest time", statusesOfEarlierReleases},
		{"what was there before the migration gets its age", agesOfWhatWasThere},
	})
}

// archived closes a conversation that has one page from before and one from its end.
func archived(t *testing.T, s *store.Store, id string, closedAt int) {
	t.Helper()
	row := opened(id, "569", "", closedAt-10)
	require.NoError(t, s.OpenConversation(t.Context(), row))
	putInbound(t, s, id, 1, "m1-"+id)
	require.NoError(t, s.CloseConversation(t.Context(), store.Closing{
		Conversation: closed(row, closedAt), Page: &store.Page{Conversation: id, Number: 2, Entries: []store.Entry{{At: at(closedAt), Direction: store.Note}}},
	}))
}

// requireKept checks how many pages there are of each conversation, -1 for one that has no row either.
func requireKept(t *testing.T, s *store.Store, want map[string]int) {
	t.Helper()
	for id, pages := range want {
		got, err := s.Pages(t.Context(), id)
		require.NoError(t, err)
		_, err = s.Conversation(t.Context(), id)
		if pages < 0 {
			require.ErrorIs(t, err, store.ErrNotFound, id)
			require.Empty(t, got, id)
			continue
		}
		require.NoError(t, err, id)
		require.Len(t, got, pages, id)
	}
}

func dropConversations(t *testing.T, s *store.Store, before, limit int) int64 {
	t.Helper()
	n, err := s.DropConversations(t.Context(), at(before), limit)
	require.NoError(t, err)
	return n
}

func oldConversationsDropped(t *testing.T, s *store.Store) {
	archived(t, s, "cnv_old", 99)
	archived(t, s, "cnv_young", 100)
	require.NoError(t, s.OpenConversation(t.Context(), opened("cnv_open", "569", "", -1_000_000)))
	putInbound(t, s, "cnv_open", 1, "m")
	taken := queued("a", "cnv_old", 1, 1)
	taken.State = store.DeliveryDelivered
	parkAll(t, s, taken)
	require.NoError(t, s.SetPreferences(t.Context(), []store.Preference{{Channel: "1", WaID: "569", OptedOut: true, At: at(1)}}))
	require.NoError(t, s.KeepVars(t.Context(), store.KeptVars{Channel: "1", WaID: "569", Bot: "b", Vars: []byte(`{"a":1}`), Conversation: "cnv_old", At: at(1)}))

	require.EqualValues(t, 1, dropConversations(t, s, 100, 10))
	require.Zero(t, dropConversations(t, s, 100, 10))
	requireKept(t, s, map[string]int{"cnv_old": -1, "cnv_young": 2, "cnv_open": 1})
	_, err := s.Delivery(t.Context(), "a")
	require.NoError(t, err, "the ledger has its own time")
	contact, err := s.Contact(t.Context(), "1", "569", "")
	require.NoError(t, err)
	require.True(t, contact.OptedOut)
	vars, err := s.VarsKept(t.Context(), "1", "569", "", "b", "cnv_new")
	require.NoError(t, err)
	require.JSONEq(t, `{"a":1}`, string(vars))

	require.EqualValues(t, 1, dropConversations(t, s, 1_000_000_000, 10))
	requireKept(t, s, map[string]int{"cnv_young": -1, "cnv_open": 1})
}

func oldConversationsInBatches(t *testing.T, s *store.Store) {
	for i := range 5 {
		archived(t, s, fmt.Sprint("cnv_", i), 50-i)
	}
	require.Zero(t, dropConversations(t, s, 100, 0))
	require.Zero(t, dropConversations(t, s, 100, -1))
	require.EqualValues(t, 2, dropConversations(t, s, 100, 2))
	requireKept(t, s, map[string]int{"cnv_4": -1, "cnv_3": -1, "cnv_2": 2, "cnv_1": 2, "cnv_0": 2})
	require.EqualValues(t, 2, dropConversations(t, s, 100, 2))
	require.EqualValues(t, 1, dropConversations(t, s, 100, 2))
	requireKept(t, s, map[string]int{"cnv_2": -1, "cnv_1": -1, "cnv_0": -1})
}

func waitingConversationStays(t *testing.T, s *store.Store) {
	archived(t, s, "cnv_waits", 1)
	archived(t, s, "cnv_told", 2)
	parkAll(t, s, queued("a", "cnv_waits", 1, 1), deadLetter("b", "cnv_waits", 2, 1), deadLetter("c", "cnv_told", 1, 1))
	require.EqualValues(t, 1, dropConversations(t, s, 100, 1), "it is in nobody's way")
	requireKept(t, s, map[string]int{"cnv_waits": 2, "cnv_told": -1})
	require.NoError(t, s.MarkDead(t.Context(), "a", "expired", at(3)))
	require.EqualValues(t, 1, dropConversations(t, s, 100, 1))
	requireKept(t, s, map[string]int{"cnv_waits": -1})
}

func conversationDroppedWhole(t *testing.T, s *store.Store) {
	archived(t, s, "cnv_1", 1)
	require.NoError(t, s.Exec(t.Context(), `ALTER TABLE transcript_pages RENAME TO hidden_pages`))
	_, err := s.DropConversations(t.Context(), at(100), 10)
	require.Error(t, err)
	require.NoError(t, s.Exec(t.Context(), `ALTER TABLE hidden_pages RENAME TO transcript_pages`))
	requireKept(t, s, map[string]int{"cnv_1": 2})
}

func earlyPagesDropped(t *testing.T, s *store.Store) {
	page := func(conversation string, number, second int) store.Page {
		return store.Page{Conversation: conversation, Number: number, Entries: []store.Entry{{At: at(second), Direction: store.Note}, {Direction: store.Note}}}
	}
	for _, p := range []store.Page{page("cnv_never", 1, 10), page("cnv_never", 2, 20), page("cnv_late", 1, 10), page("cnv_ended", 1, 10)} {
		require.NoError(t, s.PutPage(t.Context(), p))
	}
	require.NoError(t, s.OpenConversation(t.Context(), opened("cnv_late", "569", "", 11)))
	closing := page("cnv_ended", 1, 10)
	closeRow := store.Closing{Conversation: closed(opened("cnv_ended", "569", "", 11), 12), Page: &closing}
	require.NoError(t, s.CloseConversation(t.Context(), closeRow))
	drop := func(before, limit int) int64 {
		n, err := s.DropEarlyPages(t.Context(), at(before), limit)
		require.NoError(t, err)
		return n
	}
	require.Zero(t, drop(10, 10))
	require.EqualValues(t, 1, drop(20, 10))
	pages, err := s.Pages(t.Context(), "cnv_never")
	require.NoError(t, err)
	require.Len(t, pages, 1)
	require.NoError(t, s.PutPage(t.Context(), page("cnv_never", 3, 20)))
	require.EqualValues(t, 1, drop(21, 1))
	require.EqualValues(t, 1, drop(21, 1))
	require.Zero(t, drop(1_000_000, 10))
	requireKept(t, s, map[string]int{"cnv_never": -1, "cnv_late": 1, "cnv_ended": 1})
}

func oldStatusesDropped(t *testing.T, s *store.Store) {
	drop := func(before, limit int) int64 {
		n, err := s.DropStatuses(t.Context(), at(before), limit)
		require.NoError(t, err)
		return n
	}
	var all []store.MessageStatus
	for i := range 5 {
		all = append(all, status(fmt.Sprint("m", i), "sent", i))
	}
	require.NoError(t, s.SaveStatuses(t.Context(), all))
	require.NoError(t, s.SaveStatuses(t.Context(), []store.MessageStatus{status("m0", "read", 50)}))
	require.Zero(t, drop(4, 0))
	require.EqualValues(t, 2, drop(4, 2), "m1, m2")
	require.EqualValues(t, 1, drop(4, 2), "m3")
	for wamid, want := range map[string]string{"m0": "read", "m1": "", "m2": "", "m3": "", "m4": "sent"} {
		requireStatus(t, s, wamid, want)
	}
	require.EqualValues(t, 2, drop(51, 10))
}

// A release from before first_at may run on the new schema, while a deployment goes on or is taken back.
func statusesOfEarlierReleases(t *testing.T, s *store.Store) {
	require.NoError(t, s.Exec(t.Context(), `INSERT INTO message_statuses (channel, wamid, status, rank, at, error_code)
		VALUES ('1', 'm', 'sent', 1, ?, 0)`, at(10)))
	for i, want := range []int64{0, 1} {
		n, err := s.DropStatuses(t.Context(), at(10+i), 10)
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
}

func agesOfWhatWasThere(t *testing.T, s *store.Store) {
	putInbound(t, s, "cnv_never", 1, "m")
	putInbound(t, s, "cnv_1", 1, "m")
	require.NoError(t, s.OpenConversation(t.Context(), opened("cnv_1", "569", "", 7)))
	require.NoError(t, s.SaveStatuses(t.Context(), []store.MessageStatus{status("m", "sent", 5)}))
	require.NoError(t, s.Exec(t.Context(), `UPDATE transcript_pages SET early_at = 0`))
	require.NoError(t, s.Exec(t.Context(), `UPDATE message_statuses SET first_at = 0`))

	text, err := store.MigrationText("00020_retention.sql")
	require.NoError(t, err)
	for statement := range strings.SplitSeq(text, ";") {
		if strings.Contains(statement, "\nUPDATE ") {
			require.NoError(t, s.Exec(t.Context(), statement))
		}
	}
	for _, c := range []struct {
		column string
		at     int
	}{{"SELECT MIN(first_at) FROM message_statuses", 5}, {"SELECT MAX(early_at) FROM transcript_pages WHERE conversation = 'cnv_never'", 7}} {
		got, err := s.Count(t.Context(), c.column)
		require.NoError(t, err)
		require.EqualValues(t, at(c.at).UnixMilli(), got, c.column)
	}
	early, err := s.Count(t.Context(), `SELECT COUNT(*) FROM transcript_pages WHERE early_at > 0`)
	require.NoError(t, err)
	require.Equal(t, 1, early, "cnv_1 has a row")
}
