package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func linkCases() []testCase {
	return []testCase{
		{"a person's identities are found by any of them", linksByAny},
		{"a later link replaces an earlier one", linkReplaced},
		{"links of many persons at once", linksOfMany},
		{"an identity that cannot be stored as it is is found again", linkCleaned},
		{"conversations of one workflow are one person's", sameWorkflow},
		{"what the loop guard remembers is that of the latest conversation", lastGuardKept},
		{"a conversation's contact is learned", contactSet},
	}
}

func link(identity, contact, waID string, second int) store.ContactLink {
	return store.ContactLink{Channel: "1", Identity: identity, Contact: contact, WaID: waID, At: at(second)}
}

func linkContacts(t *testing.T, s *store.Store, links ...store.ContactLink) {
	t.Helper()
	require.NoError(t, s.LinkContacts(t.Context(), links))
}

func linksOf(t *testing.T, s *store.Store, channel string, identities ...string) []store.ContactLink {
	t.Helper()
	links, err := s.ContactLinks(t.Context(), channel, identities)
	require.NoError(t, err)
	return links
}

func linksByAny(t *testing.T, s *store.Store) {
	all := []store.ContactLink{link("CL.2", "569", "", 3), link("569", "569", "+569", 2), link("CL.1", "569", "", 1)}
	linkContacts(t, s, all...)
	linkContacts(t, s, link("CL.9", "570", "", 1), link("570", "570", "570", 1))
	for _, identity := range []string{"569", "CL.1", "CL.2"} {
		require.Equal(t, all, linksOf(t, s, "1", identity), identity)
	}
	require.Empty(t, linksOf(t, s, "1", "nobody"))
	require.Empty(t, linksOf(t, s, "2", "569"))
	require.Empty(t, linksOf(t, s, "1"))
}

func linkReplaced(t *testing.T, s *store.Store) {
	linkContacts(t, s, link("569", "CL.1", "569", 1), link("CL.1", "CL.1", "", 1))
	linkContacts(t, s, link("569", "570", "", 2), link("569", "569", "", 3)) // twice in one call: the last counts
	require.Equal(t, []store.ContactLink{link("569", "569", "569", 3)}, linksOf(t, s, "1", "569"))
	require.Equal(t, []store.ContactLink{link("CL.1", "CL.1", "", 1)}, linksOf(t, s, "1", "CL.1"))
}

func linksOfMany(t *testing.T, s *store.Store) {
	var links []store.ContactLink
	var identities []string
	for i := range 2500 {
		links = append(links, link(fmt.Sprint("CL.", i), fmt.Sprint(i), "", i))
		identities = append(identities, fmt.Sprint("CL.", i))
	}
	linkContacts(t, s, links...)
	require.Len(t, linksOf(t, s, "1", identities...), len(links))
}

func linkCleaned(t *testing.T, s *store.Store) {
	linkContacts(t, s, link("a\x00\xff", "b\x00", "c\xff", 1))
	found := linksOf(t, s, "1", "a\x00\xff")
	require.Len(t, found, 1)
	require.Equal(t, "b\uFFFD", found[0].Contact)
}

// sameWorkflow are conversations that one person held under identities of which the last one
// says nothing of the first.
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
