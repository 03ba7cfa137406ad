package storetest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func conversationCases() []testCase {
	return []testCase{
		{"a row is opened once", conversationOpenedOnce},
		{"a row is closed as it shall be, again and again", conversationClosed},
		{"closing inserts the row that is missing", conversationClosedUnopened},
		{"a closing that fails leaves nothing behind", conversationClosingIsWhole},
		{"a contact without any identity is refused", conversationWithoutContact},
	}
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

func transcriptCases() []testCase {
	return []testCase{
		{"pages come back in order, entry by entry", pagesRoundTrip},
		{"a page is written over its earlier state", pageOverwritten},
		{"a page of more than a megabyte", pageLarge},
		{"pages are numbered from 1", pageNumber},
		{"a body that is not JSON is refused", pageBadBody},
		{"one page comes with the number of the last", pageAlone},
	}
}

func pagesRoundTrip(t *testing.T, s *store.Store) {
	want := []store.Page{
		{Conversation: "cnv_1", Number: 1, Entries: []store.Entry{
			{
				At: at(1), Direction: store.In, ID: "m1", Type: "text", Timestamp: 1_760_000_000,
				Body: json.RawMessage(`{"text":"\u0000 <b>&` + "ñ🦩" + `"}`),
			},
			{At: at(2), Direction: store.Out, ID: "msg_1", Sequence: 1, InReplyTo: "m1", Delivery: "ledger"},
		}},
		{Conversation: "cnv_1", Number: 2, Entries: []store.Entry{{Direction: store.Note, Note: awkward}}},
		{Conversation: "cnv_1", Number: 10, Entries: []store.Entry{}},
	}
	for _, i := range []int{2, 0, 1} {
		require.NoError(t, s.PutPage(t.Context(), want[i]))
	}
	require.NoError(t, s.PutPage(t.Context(), store.Page{Conversation: "cnv_2", Number: 1}))
	got, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func pageOverwritten(t *testing.T, s *store.Store) {
	page := func(ids ...string) store.Page {
		p := store.Page{Conversation: "cnv_1", Number: 1}
		for i, id := range ids {
			p.Entries = append(p.Entries, store.Entry{At: at(i), Direction: store.In, ID: id})
		}
		return p
	}
	require.NoError(t, s.PutPage(t.Context(), page("m1")))
	requireNoErrors(t, together(4, func(int) error { return s.PutPage(t.Context(), page("m2", "m3")) }))
	got, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Equal(t, []store.Page{page("m2", "m3")}, got)
	known, err := s.KnownMessages(t.Context(), store.KnownQuery{
		Channel: "1", WaID: "569", Conversation: "cnv_1", BelowPage: 2, IDs: []string{"m1", "m2", "m3"},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"m2", "m3"}, known, "the ids are written over too")
}

func pageLarge(t *testing.T, s *store.Store) {
	want := store.Page{Conversation: "cnv_1", Number: 1, Entries: []store.Entry{
		{At: at(1), Direction: store.In, ID: "m1", Body: megabyte()},
	}}
	require.NoError(t, s.PutPage(t.Context(), want))
	got, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Equal(t, []store.Page{want}, got)
}

func pageNumber(t *testing.T, s *store.Store) {
	require.Error(t, s.PutPage(t.Context(), store.Page{Conversation: "cnv_1"}))
}

func pageBadBody(t *testing.T, s *store.Store) {
	bad := store.Page{Conversation: "cnv_1", Number: 1, Entries: []store.Entry{{Body: json.RawMessage(`{`)}}}
	require.Error(t, s.PutPage(t.Context(), bad))
}

func pageAlone(t *testing.T, s *store.Store) {
	for _, number := range []int{1, 2, 4} {
		putInbound(t, s, "cnv_1", number, numbered("m", number)...)
	}
	pages, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	for _, want := range append(pages, store.Page{Conversation: "cnv_1", Number: 3}, store.Page{Conversation: "cnv_1", Number: 1_000_000}) {
		got, last, err := s.Page(t.Context(), "cnv_1", want.Number)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, 4, last)
	}
	got, last, err := s.Page(t.Context(), "cnv_2", 1)
	require.NoError(t, err)
	require.Equal(t, store.Page{Conversation: "cnv_2", Number: 1}, got)
	require.Zero(t, last)
}
