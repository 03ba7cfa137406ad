package store

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
)

// A channel has many contacts: the queries for a contact's first message must not read the rows
// of others.
func TestContactsAreFoundByTheirIndexes(t *testing.T) {
	t.Parallel()
	s := migratedSQLite(t)
	query := otherMessageIDs + " UNION ALL " + ownMessageIDs
	args := append(otherArgs("1", "569", "user", "w", "own", time.UnixMilli(1)), "own", 2)
	former := []string{
		"SEARCH contacts USING INDEX sqlite_autoindex_contacts_1 (channel=? AND contact=?)",
		"SEARCH contacts USING INDEX contacts_user_id (channel=? AND user_id=?)",
	}
	require.ElementsMatch(t, slices.Concat(former, former, []string{
		"SEARCH conversations USING INDEX conversations_wa_id (channel=? AND wa_id=?)",
		"SEARCH conversations USING INDEX conversations_user_id (channel=? AND user_id=?)",
		"SEARCH conversations USING INDEX conversations_user_id (channel=? AND user_id=?)",
		"SEARCH conversations USING INDEX conversations_user_id (channel=? AND user_id=?)",
		"SEARCH conversations USING INDEX conversations_workflow (workflow_id=?)",
		"SEARCH conversations USING INDEX sqlite_autoindex_conversations_1 (id=?)",
		"SEARCH transcript_pages USING INDEX sqlite_autoindex_transcript_pages_1 (conversation=?)",
		"SEARCH transcript_pages USING INDEX sqlite_autoindex_transcript_pages_1 (conversation=? AND number<?)",
		"SCAN CONSTANT ROW",
		"SCAN others",
		"SCAN others",
	}), plan(t, s, query, args...))

	require.ElementsMatch(t, []string{
		"SEARCH conversations USING INDEX conversations_wa_id (channel=? AND wa_id=?)",
		"SEARCH conversations USING INDEX conversations_user_id (channel=? AND user_id=?)",
		"SEARCH conversations USING INDEX conversations_workflow (workflow_id=?)",
		"SCAN found",
	}, plan(t, s, unclosedConversations, "1", "569", "1", "user", "w", "own", 5))

	require.ElementsMatch(t, []string{
		"SEARCH contacts USING COVERING INDEX sqlite_autoindex_contacts_1 (channel=? AND contact=?)",
		"SEARCH contacts USING COVERING INDEX contacts_user_id (channel=? AND user_id=?)",
		"SEARCH conversations USING COVERING INDEX conversations_wa_id (channel=? AND wa_id=?)",
		"SEARCH conversations USING COVERING INDEX conversations_user_id (channel=? AND user_id=?)",
		"SEARCH conversations USING INDEX conversations_workflow (workflow_id=?)",
		"SCAN CONSTANT ROW",
	}, plan(t, s, newContact,
		"1", "569", "user", "1", "user", "1", "569", "own", "1", "user", "own", "w", "own"))

	require.ElementsMatch(t, []string{
		"SEARCH conversations USING INDEX conversations_workflow (workflow_id=?)",
	}, plan(t, s, lastGuard, "w", "own"))

	require.ElementsMatch(t, []string{
		"SEARCH c USING INDEX conversations_open (opened_at<?)",
		"SEARCH later EXISTS USING COVERING INDEX conversations_workflow (workflow_id=? AND opened_at>?)",
	}, plan(t, s, supersededConversations, 1, 5))

	require.ElementsMatch(t, []string{
		"SEARCH h USING INDEX channels_account (account=?)",
		"SEARCH c USING INDEX conversations_channel_open (channel=?)",
	}, plan(t, s, openByBot, "isv"))

	require.ElementsMatch(t, []string{
		"SEARCH events USING INDEX events_waiting (channel=?)",
	}, plan(t, s, nextEvent, "1"))

	query, args, err := sqlx.In(contactLinks, "1", "1", []string{"569", "user"})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{
		"SEARCH contact_links USING INDEX contact_links_contact (channel=? AND contact=?)",
		"SEARCH contact_links USING INDEX sqlite_autoindex_contact_links_1 (channel=? AND identity=?)",
	}, plan(t, s, query, args...))

	for query, index := range map[string]string{
		optOutsByNumber: "contacts_former_wa_id (channel=? AND former_wa_id=?)",
		optOutsByUserID: "contacts_former_user_id (channel=? AND former_user_id=?)",
	} {
		query, args, err = sqlx.In(query, "1", []string{"569", "570"})
		require.NoError(t, err)
		require.ElementsMatch(t, []string{
			"SEARCH o USING INDEX sqlite_autoindex_contacts_1 (channel=? AND contact=?)",
			"SEARCH n USING INDEX " + index,
		}, plan(t, s, query, args...))
	}
}

// A puller looks again and again, also while a hundred thousand messages wait: they are read in the order of
// the index, and not sorted.
func TestTheNextDeliveryIsFoundByItsIndexes(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"SEARCH deliveries USING INDEX deliveries_waiting_conversations (channel=?)",
		"SCAN waiting",
		"SCAN (subquery-4)",
		"SCAN d",
	}, plan(t, migratedSQLite(t), nextToLease, "1", leaseWindow, 1, 2, 3, leaseCandidates))
}

// The list of a replay, and what is old, are found among all that the ledger keeps.
func TestReplaysAndWhatIsSettledAreFoundByTheirIndexes(t *testing.T) {
	t.Parallel()
	s := migratedSQLite(t)
	const list = "SEARCH deliveries USING INDEX deliveries_replay (replay=?)"
	require.Contains(t, plan(t, s, nextToReplay, "rpl_1", 50), list)
	require.Equal(t, []string{list}, plan(t, s, endReplay, "rpl_1"))
	require.Contains(t, plan(t, s, dropSettled, 1, 1, 500), "SEARCH deliveries USING INDEX deliveries_settled (updated_at<?)")
}

// What is older than the archive is kept is found among all that is kept.
func TestWhatIsOlderThanTheArchiveIsFoundByItsIndexes(t *testing.T) {
	t.Parallel()
	s := migratedSQLite(t)
	require.ElementsMatch(t, []string{
		"SEARCH conversations USING COVERING INDEX sqlite_autoindex_conversations_1 (id=?)",
		"SEARCH c USING COVERING INDEX conversations_closed (closed_at>? AND closed_at<?)",
		"SEARCH d USING INDEX deliveries_conversation (conversation=?)",
	}, plan(t, s, dropConversations, 1, 100))
	require.Equal(t, []string{
		"SEARCH transcript_pages USING INDEX sqlite_autoindex_transcript_pages_1 (conversation=?)",
	}, plan(t, s, dropPages, "cnv_1"))
	require.ElementsMatch(t, []string{
		"SEARCH transcript_pages USING COVERING INDEX sqlite_autoindex_transcript_pages_1 (conversation=? AND number=?)",
		"SEARCH p USING INDEX transcript_pages_early (early_at>? AND early_at<?)",
		"SEARCH c USING COVERING INDEX sqlite_autoindex_conversations_1 (id=?)",
	}, plan(t, s, dropEarlyPages, 1, 100))
	require.ElementsMatch(t, []string{
		"SEARCH message_statuses USING COVERING INDEX sqlite_autoindex_message_statuses_1 (channel=? AND wamid=?)",
		"SEARCH message_statuses USING INDEX message_statuses_first (first_at<?)",
	}, plan(t, s, dropStatuses, 1, 1, 1000))
}

// A page of the list must neither read nor sort all conversations, whatever the filter.
func TestConversationsAreListedByTheirIndexes(t *testing.T) {
	t.Parallel()
	s := migratedSQLite(t)
	for i := range 3 {
		account := []string{"isv", "isv", "other"}[i]
		if i != 1 {
			require.NoError(t, s.AddAccount(t.Context(), Account{Name: account}))
		}
		require.NoError(t, s.AddChannel(t.Context(), Channel{WaID: strconv.Itoa(i), Account: account}))
	}
	const (
		channels  = "SEARCH c USING COVERING INDEX conversations_channel_opened (channel=?)"
		ofContact = "SEARCH c USING COVERING INDEX conversations_wa_id (channel=? AND wa_id=?)"
		ofUser    = "SEARCH c USING INDEX conversations_user_id (channel=? AND user_id=?)"
	)
	for _, tt := range []struct {
		name  string
		query ConversationQuery
		want  []string
	}{
		{"everything", ConversationQuery{}, []string{"SCAN c USING COVERING INDEX conversations_opened"}},
		{"all that are open", ConversationQuery{Status: ConversationOpen}, []string{"SCAN c USING COVERING INDEX conversations_open"}},
		{"all that wait", ConversationQuery{Status: ConversationWaiting}, []string{"SCAN c USING COVERING INDEX conversations_open"}},
		{"a channel", ConversationQuery{Channel: "1"}, []string{channels}},
		{"a channel's that are handed off", ConversationQuery{Channel: "1", Status: ConversationHandedOff}, []string{"SEARCH c USING INDEX conversations_channel_open (channel=?)"}},
		{
			"a later piece",
			ConversationQuery{Account: "isv", Channel: "1", From: time.UnixMilli(1), After: ConversationCursor{time.UnixMilli(9), "cnv_1"}},
			[]string{"SEARCH c USING COVERING INDEX conversations_channel_opened (channel=? AND opened_at>? AND (opened_at,id)<(?,?))"},
		},
		{"an account", ConversationQuery{Account: "isv"}, []string{channels, channels}},
		{"a contact", ConversationQuery{Contact: "569"}, []string{ofContact, ofUser}},
		{"a contact of an account", ConversationQuery{Account: "isv", Contact: "569"}, []string{ofContact, ofUser}},
		{"a contact of a channel", ConversationQuery{Channel: "1", Contact: "569"}, []string{ofContact, ofUser}},
	} {
		scopes, err := s.scopes(t.Context(), tt.query)
		require.NoError(t, err)
		query, args := tt.query.statement(scopes)
		steps := plan(t, s, query, args...)
		require.Contains(t, steps, "SEARCH d USING INDEX deliveries_conversation (conversation=?)", tt.name)
		steps = slices.DeleteFunc(steps, func(step string) bool { return !strings.Contains(step, " c USING ") })
		whole := "SEARCH c USING INDEX sqlite_autoindex_conversations_1 (id=?)"
		require.Equal(t, append([]string{whole}, tt.want...), steps, tt.name)
	}
}

// plan lists the searches and scans of a query, as SQLite plans it for an empty database.
func plan(t *testing.T, s *Store, query string, args ...any) []string {
	t.Helper()
	type planStep struct {
		ID, Parent, NotUsed int
		Detail              string
	}
	steps, err := list[planStep](t.Context(), s.reader(), "plan", "EXPLAIN QUERY PLAN "+query, args...)
	require.NoError(t, err)
	var plan []string
	for _, step := range steps {
		if strings.HasPrefix(step.Detail, "SEARCH") || strings.HasPrefix(step.Detail, "SCAN") {
			plan = append(plan, step.Detail)
		}
	}
	return plan
}

// A backlog may have a hundred megabytes: a part of it must be read without reading the rest.
func TestWaitingMessagesAreReadInParts(t *testing.T) {
	t.Parallel()
	s := migratedSQLite(t)
	require.NoError(t, s.KeepOverflow(t.Context(), "a", 0, [][]byte{[]byte("one"), []byte("two"), []byte("three")}, time.UnixMilli(1)))
	read := 0
	err := s.reader().eachBlob(t.Context(), "waiting messages", func([]byte) { read++ }, overflowFirst, "a", 0, 6, "a", 0, 3)
	require.NoError(t, err)
	require.Equal(t, 2, read)
}
