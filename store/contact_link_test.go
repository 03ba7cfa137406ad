package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestContactLinks(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"a person's identities are found by any of them", linksByAny},
		{"a later link replaces an earlier one", linkReplaced},
		{"a link without a number keeps the one of an earlier link in the same call", linkKeepsNumber},
		{"links of many persons at once", linksOfMany},
		{"an identity that cannot be stored as it is is found again", linkCleaned},
	})
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

func linkKeepsNumber(t *testing.T, s *store.Store) {
	linkContacts(t, s, link("569", "569", "+569", 1), link("569", "CL.1", "", 2))
	require.Equal(t, []store.ContactLink{link("569", "CL.1", "+569", 2)}, linksOf(t, s, "1", "569"))
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
