package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestContacts(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"the newest preference is kept, whatever the order", newestPreference},
		{"a person is found under either identity", contactByEitherIdentity},
		{"nothing is known of nobody", contactOfNobody},
		{"a channel knows its own contacts only", contactsPerChannel},
		{"the newest user id is kept, and the one before", newestUserID},
		{"an opt-out goes along with a user id", optOutFollowsUserID},
		{"an opt-out goes along with a number", optOutFollowsNumber},
		{"a late opt-out reaches the new number", lateOptOutFollowsNumber},
		{"the next owner of a number decides for themselves", nextOwnerDecides},
		{"the latest call is kept", latestCall},
		{"messages before a change of number or user id are known", knownAcrossChanges},
	})
}

func optOut(waID, userID string, stop bool, second int) store.Preference {
	return store.Preference{Channel: "1", WaID: waID, UserID: userID, OptedOut: stop, At: at(second)}
}

func setPreferences(t *testing.T, s *store.Store, preferences ...store.Preference) {
	t.Helper()
	require.NoError(t, s.SetPreferences(t.Context(), preferences))
}

func moveNumber(t *testing.T, s *store.Store, from, to string, second int) {
	t.Helper()
	require.NoError(t, s.MoveNumbers(t.Context(), []store.NumberChange{{Channel: "1", WaID: from, NewWaID: to, At: at(second)}}))
}

func linkUserID(t *testing.T, s *store.Store, waID, previous, userID string, second int) {
	t.Helper()
	require.NoError(t, s.LinkUserIDs(t.Context(), []store.IdentityChange{
		{Channel: "1", WaID: waID, PreviousUserID: previous, UserID: userID, At: at(second)},
	}))
}

func contactOf(t *testing.T, s *store.Store, waID, userID string) store.Contact {
	t.Helper()
	c, err := s.Contact(t.Context(), "1", waID, userID)
	require.NoError(t, err)
	return c
}

func newestPreference(t *testing.T, s *store.Store) {
	require.NoError(t, s.SetPreferences(t.Context(), nil))
	for _, c := range []struct {
		stop   bool
		second int
		want   bool
		at     int
	}{
		{true, 10, true, 10},
		{false, 5, true, 10},
		{false, 10, true, 10}, // the same second: who might want none gets none
		{false, 11, false, 11},
		{true, 11, true, 11},
		{true, 11, true, 11},
	} {
		setPreferences(t, s, optOut("569", "", c.stop, c.second))
		require.Equal(t, store.Contact{
			Channel: "1", WaID: "569", OptedOut: c.want, OptedOutAt: at(c.at), UpdatedAt: at(c.at),
		}, contactOf(t, s, "569", ""))
	}
}

func contactByEitherIdentity(t *testing.T, s *store.Store) {
	setPreferences(t, s, optOut("", "user", true, 1))
	require.True(t, contactOf(t, s, "569", "user").OptedOut, "the number was not known then")
	setPreferences(t, s, optOut("569", "user", false, 2))
	for _, ids := range [][2]string{{"569", ""}, {"", "user"}, {"569", "user"}} {
		require.Equal(t, store.Contact{
			Channel: "1", WaID: "569", UserID: "user", UserIDAt: at(2), OptedOutAt: at(2), UpdatedAt: at(2),
		}, contactOf(t, s, ids[0], ids[1]))
	}
}

func contactOfNobody(t *testing.T, s *store.Store) {
	setPreferences(t, s, optOut("", "", true, 1), optOut("569", "", true, 1))
	require.NoError(t, s.LinkUserIDs(t.Context(), []store.IdentityChange{{Channel: "1", WaID: "570", At: at(1)}}))
	moveNumber(t, s, "", "571", 1)
	moveNumber(t, s, "572", "", 1)
	for _, ids := range [][2]string{{"", ""}, {"570", ""}, {"571", ""}, {"572", ""}, {"", "569 "}} {
		_, err := s.Contact(t.Context(), "1", ids[0], ids[1])
		require.ErrorIs(t, err, store.ErrNotFound)
	}
}

func contactsPerChannel(t *testing.T, s *store.Store) {
	setPreferences(t, s, optOut(awkward, "", true, 1))
	_, err := s.Contact(t.Context(), "2", awkward, "")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, s.MoveNumbers(t.Context(), []store.NumberChange{{Channel: "2", WaID: awkward, NewWaID: "new", At: at(2)}}))
	c, err := s.Contact(t.Context(), "2", "new", "")
	require.NoError(t, err)
	require.False(t, c.OptedOut)
}

func newestUserID(t *testing.T, s *store.Store) {
	linkUserID(t, s, "569", "b", "c", 20)
	linkUserID(t, s, "569", "a", "b", 10)
	linkUserID(t, s, "569", "b", "c", 20)
	setPreferences(t, s, optOut("569", "a", true, 5))
	require.Equal(t, store.Contact{
		Channel: "1", WaID: "569", UserID: "c", UserIDAt: at(20), FormerUserID: "b", FormerUserIDAt: at(20),
		OptedOut: true, OptedOutAt: at(5), UpdatedAt: at(20),
	}, contactOf(t, s, "569", ""))
	linkUserID(t, s, "569", "c", "c", 30)
	require.Equal(t, "b", contactOf(t, s, "569", "").FormerUserID, "nothing changed")
}

func optOutFollowsUserID(t *testing.T, s *store.Store) {
	setPreferences(t, s, optOut("", "a", true, 1))
	linkUserID(t, s, "", "a", "b", 10)
	require.Equal(t, store.Contact{
		Channel: "1", UserID: "b", UserIDAt: at(10), FormerUserID: "a", FormerUserIDAt: at(10),
		OptedOut: true, OptedOutAt: at(1), UpdatedAt: at(10),
	}, contactOf(t, s, "", "b"))
}

func optOutFollowsNumber(t *testing.T, s *store.Store) {
	setPreferences(t, s, optOut("old", "user", true, 1))
	for range 2 {
		require.NoError(t, s.MoveNumbers(t.Context(), []store.NumberChange{
			{Channel: "1", WaID: "new", NewWaID: "newest", At: at(20)},
			{Channel: "1", WaID: "old", NewWaID: "new", At: at(10)},
			{Channel: "1", WaID: "old", NewWaID: "old", At: at(30)},
		}))
	}
	moveNumber(t, s, "older", "new", 5)
	require.Equal(t, store.Contact{
		Channel: "1", WaID: "new", FormerWaID: "old", FormerWaIDAt: at(10), OptedOut: true, OptedOutAt: at(1), UpdatedAt: at(10),
	}, contactOf(t, s, "new", ""))
	require.Equal(t, store.Contact{
		Channel: "1", WaID: "newest", FormerWaID: "new", FormerWaIDAt: at(20), OptedOut: true, OptedOutAt: at(1), UpdatedAt: at(20),
	}, contactOf(t, s, "newest", ""))
	require.Empty(t, contactOf(t, s, "old", "").FormerWaID)
}

func lateOptOutFollowsNumber(t *testing.T, s *store.Store) {
	moveNumber(t, s, "old", "new", 10)
	require.False(t, contactOf(t, s, "new", "").OptedOut)
	setPreferences(t, s, optOut("old", "", true, 9))
	require.True(t, contactOf(t, s, "new", "").OptedOut)
	setPreferences(t, s, optOut("new", "", false, 12))
	setPreferences(t, s, optOut("old", "", true, 9))
	require.False(t, contactOf(t, s, "new", "").OptedOut, "what is newer stays")
}

func nextOwnerDecides(t *testing.T, s *store.Store) {
	moveNumber(t, s, "old", "new", 10)
	setPreferences(t, s, optOut("old", "", true, 11))
	require.True(t, contactOf(t, s, "old", "").OptedOut)
	require.False(t, contactOf(t, s, "new", "").OptedOut)
}

func latestCall(t *testing.T, s *store.Store) {
	for _, second := range []int{5, 7, 6} {
		require.NoError(t, s.RecordVoiceCalls(t.Context(), []store.VoiceCall{
			{Channel: "1", WaID: "569", UserID: "user", At: at(second)}, {Channel: "1", WaID: "569", At: at(second - 3)}, {Channel: "1", At: at(9)},
		}))
	}
	require.Equal(t, store.Contact{
		Channel: "1", WaID: "569", UserID: "user", UserIDAt: at(7), VoiceCallAt: at(7), UpdatedAt: at(7),
	}, contactOf(t, s, "", "user"))
}

func knownAcrossChanges(t *testing.T, s *store.Store) {
	closeWith(t, s, opened("by number", "old", "", 1), 2, messageIDs([]string{"n"}, 1))
	closeWith(t, s, opened("by user id", "", "a", 1), 2, messageIDs([]string{"u"}, 2))
	closeWith(t, s, opened("stranger", "570", "z", 1), 2, messageIDs([]string{"s"}, 3))
	moveNumber(t, s, "old", "new", 10)
	linkUserID(t, s, "", "a", "b", 10)
	linkUserID(t, s, "new", "a", "c", 10)
	for _, c := range []struct {
		waID, userID string
		want         []string
	}{
		{"new", "", []string{"n", "u"}},
		{"", "b", []string{"u"}},
		{"", "c", []string{"n", "u"}},
		{"new", "b", []string{"n", "u"}},
		{"new", "unheard-of", []string{"n", "u"}},
		{"571", "", nil},
		{"", "", nil},
	} {
		known, err := s.KnownMessages(t.Context(), store.KnownQuery{
			Channel: "1", WaID: c.waID, UserID: c.userID, Since: at(0), IDs: []string{"n", "s", "u"},
		})
		require.NoError(t, err)
		require.Equal(t, c.want, known, "%q %q", c.waID, c.userID)
		recent, _, err := s.RecentMessageIDs(t.Context(), store.RecentQuery{
			Channel: "1", WaID: c.waID, UserID: c.userID, Since: at(0), Limit: 10,
		})
		require.NoError(t, err)
		require.Len(t, recent, len(c.want))
	}
}
