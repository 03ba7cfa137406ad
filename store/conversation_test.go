package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestConversations(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"a row is opened once", conversationOpenedOnce},
		{"a row is closed as it shall be, again and again", conversationClosed},
		{"closing inserts the row that is missing", conversationClosedUnopened},
		{"a closing that fails leaves nothing behind", conversationClosingIsWhole},
		{"a contact without any identity is refused", conversationWithoutContact},
		{"what the loop guard remembers is that of the latest conversation", lastGuardKept},
		{"a conversation's contact is learned", contactSet},
	})
}

// opened is a row of channel 1.
func opened(id, waID, userID string, second int) store.Conversation {
	return store.Conversation{
		ID: id, WorkflowID: "wf", Channel: "1", WaID: waID, UserID: userID, Bot: "b", OpenedAt: at(second),
	}
}

func closed(c store.Conversation, second int) store.Conversation {
	c.ClosedAt, c.Outcome = at(second), "done"
	return c
}

func requireConversation(t *testing.T, s *store.Store, want store.Conversation) {
	t.Helper()
	got, err := s.Conversation(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func conversationOpenedOnce(t *testing.T, s *store.Store) {
	first := opened("cnv_1", awkward, "", 1)
	require.NoError(t, s.OpenConversation(t.Context(), first))
	requireNoErrors(t, together(4, func(i int) error {
		return s.OpenConversation(t.Context(), opened("cnv_1", "other", "user", 2+i))
	}))
	requireConversation(t, s, first)
	_, err := s.Conversation(t.Context(), "cnv_2")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func conversationClosed(t *testing.T, s *store.Store) {
	row := opened("cnv_1", "569", "", 1)
	require.NoError(t, s.OpenConversation(t.Context(), row))
	row.UserID, row.ClosedAt, row.Outcome = "user", at(60), "done"
	row.Messages, row.Replies, row.Unanswered = 5, 4, 1
	row.Refused = map[string]int{"menu": 2, awkward: 1}
	page := store.Page{Conversation: "cnv_1", Number: 1, Entries: []store.Entry{{At: at(1), Direction: store.In, ID: "m1"}}}
	closing := store.Closing{Conversation: row, MessageIDs: messageIDs([]string{"m1"}, 100), Page: &page}
	requireNoErrors(t, together(3, func(int) error { return s.CloseConversation(t.Context(), closing) }))

	requireConversation(t, s, row)
	pages, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Equal(t, []store.Page{page}, pages)
	require.NoError(t, s.OpenConversation(t.Context(), opened("cnv_1", "569", "", 1)), "a late opening")
	requireConversation(t, s, row)
}

func conversationClosedUnopened(t *testing.T, s *store.Store) {
	row := closed(opened("cnv_1", "", "user", 1), 2)
	require.NoError(t, s.CloseConversation(t.Context(), store.Closing{Conversation: row}))
	requireConversation(t, s, row)
	pages, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Empty(t, pages)
}

func conversationClosingIsWhole(t *testing.T, s *store.Store) {
	row := opened("cnv_1", "569", "", 1)
	require.NoError(t, s.OpenConversation(t.Context(), row))
	bad := closed(row, 2)
	bad.Messages = -1
	page := store.Page{Conversation: "cnv_1", Number: 1}
	require.Error(t, s.CloseConversation(t.Context(), store.Closing{Conversation: bad, Page: &page}))
	requireConversation(t, s, row)
	pages, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Empty(t, pages)
}

func conversationWithoutContact(t *testing.T, s *store.Store) {
	require.Error(t, s.OpenConversation(t.Context(), opened("cnv_1", "", "", 1)))
}

func lastGuardKept(t *testing.T, s *store.Store) {
	none, err := s.LastGuard(t.Context(), "w", "cnv_2")
	require.NoError(t, err)
	require.Empty(t, none)
	for second, guard := range []string{`{"recent":1}`, `{"recent":2}`} {
		row := opened(fmt.Sprint("cnv_", second), "569", "", second+1)
		row.WorkflowID = "w"
		require.NoError(t, s.CloseConversation(t.Context(), store.Closing{Conversation: row, Guard: []byte(guard)}))
	}
	kept, err := s.LastGuard(t.Context(), "w", "cnv_2")
	require.NoError(t, err)
	require.JSONEq(t, `{"recent":2}`, string(kept))
	kept, err = s.LastGuard(t.Context(), "w", "cnv_1")
	require.NoError(t, err)
	require.JSONEq(t, `{"recent":1}`, string(kept))
}

func contactSet(t *testing.T, s *store.Store) {
	require.NoError(t, s.OpenConversation(t.Context(), opened("cnv_1", "", "CL.1", 1)))
	require.NoError(t, s.SetContact(t.Context(), "cnv_1", "569", "CL.1"))
	row, err := s.Conversation(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Equal(t, []string{"569", "CL.1"}, []string{row.WaID, row.UserID})
	require.ErrorIs(t, s.SetContact(t.Context(), "cnv_2", "569", ""), store.ErrNotFound)
}
