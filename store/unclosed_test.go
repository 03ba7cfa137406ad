package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestUnclosedConversations(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"who answers is kept until the end", unclosedHandedOff},
		{"a contact's open rows are found by either identity", unclosedOfContact},
		{"open rows come in pages, the oldest first", unclosedPages},
		{"a row is superseded by a later one of its workflow", unclosedSuperseded},
		{"a row is ended once, with its last page", unclosedEnded},
	})
}

func unclosedHandedOff(t *testing.T, s *store.Store) {
	row := opened("cnv_1", "569", "", 1)
	require.NoError(t, s.OpenConversation(t.Context(), row))
	row.HandedOffAt = at(2)
	for range 2 {
		require.NoError(t, s.SetHandedOff(t.Context(), "cnv_1", at(2)))
		requireConversation(t, s, row)
	}
	row.HandedOffAt = time.Time{}
	require.NoError(t, s.SetHandedOff(t.Context(), "cnv_1", time.Time{}))
	requireConversation(t, s, row)
	require.NoError(t, s.SetHandedOff(t.Context(), "cnv_1", at(3)))
	require.NoError(t, s.CloseConversation(t.Context(), store.Closing{Conversation: closed(row, 4)}))
	requireConversation(t, s, closed(row, 4))
	require.ErrorIs(t, s.SetHandedOff(t.Context(), "cnv_2", at(2)), store.ErrNotFound)
}

func unclosedOfContact(t *testing.T, s *store.Store) {
	for _, row := range []store.Conversation{
		opened("cnv_old", "569", "", 1),
		opened("cnv_both", "569", "user", 2),
		opened("cnv_user", "", "user", 3),
		opened("cnv_other", "570", "", 4),
		opened("cnv_nobody", "571", "", 5),
		opened("cnv_asks", "569", "user", 6),
	} {
		require.NoError(t, s.OpenConversation(t.Context(), row))
	}
	foreign := opened("cnv_foreign", "569", "user", 1)
	foreign.Channel = "2"
	require.NoError(t, s.OpenConversation(t.Context(), foreign))
	done := closed(opened("cnv_done", "569", "user", 2), 3)
	require.NoError(t, s.CloseConversation(t.Context(), store.Closing{Conversation: done}))

	q := store.UnclosedQuery{Channel: "1", WaID: "569", UserID: "user", Except: "cnv_asks", Limit: 9}
	found, err := s.UnclosedConversations(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, []string{"cnv_user", "cnv_both", "cnv_old"}, found)
	q.Limit = 1
	found, err = s.UnclosedConversations(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, []string{"cnv_user"}, found)
	found, err = s.UnclosedConversations(t.Context(), store.UnclosedQuery{Channel: "1", WaID: "570", Limit: 9})
	require.NoError(t, err)
	require.Equal(t, []string{"cnv_other"}, found, "a missing identity matches nobody")
}

func unclosedPages(t *testing.T, s *store.Store) {
	for i, id := range []string{"cnv_e", "cnv_d", "cnv_c", "cnv_b", "cnv_a"} {
		require.NoError(t, s.OpenConversation(t.Context(), opened(id, "569", "", i/2)))
	}
	done := closed(opened("cnv_done", "569", "", 0), 3)
	require.NoError(t, s.CloseConversation(t.Context(), store.Closing{Conversation: done}))
	var found []string
	q := store.OpenQuery{Before: at(2), Limit: 3}
	for {
		rows, err := s.OpenConversations(t.Context(), q)
		require.NoError(t, err)
		for _, row := range rows {
			found = append(found, row.ID)
		}
		if len(rows) < q.Limit {
			break
		}
		q.After = rows[len(rows)-1]
	}
	require.Equal(t, []string{"cnv_d", "cnv_e", "cnv_b", "cnv_c"}, found, "by time, then by id; the last is too new")
}

func unclosedSuperseded(t *testing.T, s *store.Store) {
	of := func(id, workflowID string, second int) store.Conversation {
		row := opened(id, "569", "", second)
		row.WorkflowID = workflowID
		return row
	}
	for _, row := range []store.Conversation{of("cnv_1", "a", 1), of("cnv_2", "a", 2), of("cnv_3", "b", 1), of("cnv_4", "c", 8)} {
		require.NoError(t, s.OpenConversation(t.Context(), row))
	}
	for _, row := range []store.Conversation{of("cnv_5", "a", 0), of("cnv_6", "b", 0), of("cnv_7", "c", 9)} {
		require.NoError(t, s.CloseConversation(t.Context(), store.Closing{Conversation: closed(row, 9)}))
	}
	found, err := s.SupersededConversations(t.Context(), at(8), 9)
	require.NoError(t, err)
	require.Equal(t, []string{"cnv_1"}, found)
	found, err = s.SupersededConversations(t.Context(), at(9), 9)
	require.NoError(t, err)
	require.Equal(t, []string{"cnv_1", "cnv_4"}, found)
}

func unclosedEnded(t *testing.T, s *store.Store) {
	row := opened("cnv_1", "569", "", 1)
	require.NoError(t, s.OpenConversation(t.Context(), row))
	require.NoError(t, s.SetHandedOff(t.Context(), "cnv_1", at(2)))
	row.ClosedAt, row.Outcome, row.Messages, row.Replies, row.Unanswered = at(5), "terminated", 3, 2, 1
	row.Refused = map[string]int{"menu": 2}
	page := store.Page{Conversation: "cnv_1", Number: 2, Entries: []store.Entry{{At: at(1), Direction: store.In, ID: "m1"}}}
	closing := store.Closing{Conversation: row, Page: &page}
	ended, err := s.EndConversation(t.Context(), closing)
	require.NoError(t, err)
	require.True(t, ended)
	requireConversation(t, s, row)

	again := row
	again.Outcome, again.Messages = "other", 0
	ended, err = s.EndConversation(t.Context(), store.Closing{Conversation: again, Page: &store.Page{Conversation: "cnv_1", Number: 2}})
	require.NoError(t, err)
	require.False(t, ended)
	requireConversation(t, s, row)
	pages, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Equal(t, []store.Page{page}, pages)
	ended, err = s.EndConversation(t.Context(), store.Closing{Conversation: opened("cnv_2", "569", "", 1)})
	require.NoError(t, err)
	require.False(t, ended)
}
