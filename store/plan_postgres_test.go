package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

// crowd fills the tables that a message reads, as a channel of 20,000 contacts has them of whom none has a user id:
// where a column has one value, PostgreSQL may read the whole table rather than its index.
var crowd = []string{
	`INSERT INTO conversations (id, workflow_id, channel, wa_id, user_id, bot, opened_at, closed_at, outcome, messages, replies, unanswered, message_ids)
		SELECT 'cnv_'||i, 'w'||i, '1', i::text, '', 'b', i, CASE WHEN i % 100 = 0 THEN 0 ELSE i + 1 END, '', 1, 1, 0, '' FROM generate_series(1, 20000) AS i`,
	`INSERT INTO transcript_pages (conversation, number, message_ids, entries)
		SELECT 'cnv_'||i, 1, '', '' FROM generate_series(1, 20000) AS i`,
	`INSERT INTO contacts (channel, contact, wa_id, user_id, user_id_at, former_wa_id, former_wa_id_at, former_user_id, former_user_id_at, opted_out, opted_out_at, called_at, updated_at)
		SELECT '1', i::text, i::text, '', 0, '', 0, '', 0, true, 1, 0, 1 FROM generate_series(1, 20000) AS i`,
	`INSERT INTO contact_links (channel, identity, contact, wa_id, at)
		SELECT '1', i::text, i::text, i::text, 1 FROM generate_series(1, 20000) AS i`,
	`INSERT INTO contact_vars (channel, identity, bot, vars, conversation, before, updated_at)
		SELECT '1', i::text, 'shop', '', 'cnv_'||i, '', 1 FROM generate_series(1, 20000) AS i`,
	`ANALYZE`,
}

// A statement that is kept prepared may get, from its sixth use on, a plan for any values: that must not read a table
// or an index that grows with the contacts either.
func TestTheReadsOfAMessageReadFewRowsOfPostgreSQL(t *testing.T) {
	t.Parallel()
	address := storetest.PostgresURL(t)
	looking := openPrepared(t, address, "yes")
	for _, statement := range crowd {
		require.NoError(t, looking.Exec(t.Context(), statement))
	}
	for name, who := range map[string]store.RecentQuery{
		"new":                {WaID: "-1", WorkflowID: "w"},
		"new with a user id": {WaID: "-1", UserID: "CL.1", WorkflowID: "w"},
		"new by user id":     {UserID: "CL.1", WorkflowID: "w"},
		"known":              {WaID: "70", WorkflowID: "w70"},
		"known, user id new": {WaID: "70", UserID: "CL.1", WorkflowID: "w70"},
	} {
		who.Channel, who.Except, who.Since, who.Limit = "1", "own", time.UnixMilli(1), 2000
		before := rowsRead(t, looking)
		reading, err := store.Open(t.Context(), address)
		require.NoError(t, err)
		for range 12 {
			readOfAMessage(t, reading, who)
		}
		require.NoError(t, reading.Close(), "whose connections report what they read at their end")
		require.Less(t, rowsRead(t, looking)-before, 1000, name)
	}
}

// readOfAMessage makes the reads of a message that opens a conversation, and of one that is looked up.
func readOfAMessage(t *testing.T, s *store.Store, who store.RecentQuery) {
	t.Helper()
	ctx := t.Context()
	_, err := s.ContactLinks(ctx, "1", []string{who.WaID + who.UserID})
	require.NoError(t, err)
	_, err = s.ContactLinks(ctx, "1", []string{who.WaID, who.UserID})
	require.NoError(t, err)
	_, err = s.IsNewContact(ctx, who)
	require.NoError(t, err)
	_, _, err = s.RecentMessageIDs(ctx, who)
	require.NoError(t, err)
	_, err = s.Contact(ctx, "1", who.WaID, who.UserID)
	if err != nil {
		require.ErrorIs(t, err, store.ErrNotFound)
	}
	_, err = s.UnclosedConversations(ctx, store.UnclosedQuery{
		Channel: "1", WaID: who.WaID, UserID: who.UserID, WorkflowID: who.WorkflowID, Except: "own", Limit: 5,
	})
	require.NoError(t, err)
	_, err = s.LastGuard(ctx, who.WorkflowID, "own")
	require.NoError(t, err)
	_, err = s.VarsKept(ctx, "1", who.WaID, who.UserID, "shop", "own")
	require.NoError(t, err)
	_, err = s.KnownMessages(ctx, store.KnownQuery{
		Channel: "1", WaID: who.WaID, UserID: who.UserID, WorkflowID: who.WorkflowID,
		Conversation: "own", BelowPage: 3, Since: time.UnixMilli(1), IDs: []string{"wamid.1"},
	})
	require.NoError(t, err)
}

// rowsRead counts what was read so far of the tables that have many rows, and of their indexes.
func rowsRead(t *testing.T, s *store.Store) int {
	t.Helper()
	n, err := s.Count(t.Context(), `SELECT coalesce(sum(t.seq_tup_read + (
			SELECT sum(i.idx_tup_read) FROM pg_stat_user_indexes AS i WHERE i.relid = t.relid)), 0)::int
		FROM pg_stat_user_tables AS t WHERE t.n_live_tup > 1000`)
	require.NoError(t, err)
	return n
}
