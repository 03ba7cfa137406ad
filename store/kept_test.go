package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestKeptVariables(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"what was kept last is there", keptLast},
		{"they are of a channel, a contact and a bot", keptByWhom},
		{"a turn that is repeated finds what was there before it", keptBeforeTheOpening},
		{"under either identity, and either form of a number", keptByIdentity},
		{"they go along with a number, and the next owner has none", keptAlongWithANumber},
		{"they go along with a user id", keptAlongWithAUserID},
		{"they are gone with the channel", keptWithoutChannel},
		{"workers write at once", keptAtOnce},
	})
}

// kept is what the bot "shop" keeps of the contact 56911112222 on channel 1, by a turn of a conversation.
func kept(conversation, vars string, second int) store.KeptVars {
	return store.KeptVars{Channel: "1", WaID: "56911112222", Bot: "shop", Vars: []byte(vars), Conversation: conversation, At: at(second)}
}

func keep(t *testing.T, s *store.Store, k store.KeptVars) {
	t.Helper()
	require.NoError(t, s.KeepVars(t.Context(), k))
	require.NoError(t, s.KeepVars(t.Context(), k), "repeating it changes nothing")
}

// keptFor is what a conversation with the contact finds when it opens.
func keptFor(t *testing.T, s *store.Store, conversation string) string {
	t.Helper()
	return keptOf(t, s, "56911112222", "", conversation)
}

func keptOf(t *testing.T, s *store.Store, waID, userID, conversation string) string {
	t.Helper()
	vars, err := s.VarsKept(t.Context(), "1", waID, userID, "shop", conversation)
	require.NoError(t, err)
	return string(vars)
}

func keptLast(t *testing.T, s *store.Store) {
	require.Empty(t, keptFor(t, s, "c1"))
	keep(t, s, kept("c1", `{"name":"Ana 🦩"}`, 1))
	require.Equal(t, `{"name":"Ana 🦩"}`, keptFor(t, s, "c2"))
	keep(t, s, kept("c2", `{"name":"Eva"}`, 2))
	require.Equal(t, `{"name":"Eva"}`, keptFor(t, s, "c3"))
	keep(t, s, kept("c3", "", 3))
	require.Empty(t, keptFor(t, s, "c4"))
}

func keptByWhom(t *testing.T, s *store.Store) {
	keep(t, s, kept("c1", `{"a":1}`, 1))
	for _, other := range []struct{ channel, waID, userID, bot string }{
		{"2", "56911112222", "", "shop"},
		{"1", "56911113333", "", "shop"},
		{"1", "", "56911113333", "shop"},
		{"1", "56911112222", "", "clinic"},
		{"1", "", "", "shop"},
	} {
		vars, err := s.VarsKept(t.Context(), other.channel, other.waID, other.userID, other.bot, "c2")
		require.NoError(t, err)
		require.Empty(t, vars)
	}
	nobody := kept("c1", `{"a":1}`, 1)
	nobody.WaID = ""
	keep(t, s, nobody)
}

func keptBeforeTheOpening(t *testing.T, s *store.Store) {
	opens := func(conversation, vars string, second int) store.KeptVars {
		k := kept(conversation, vars, second)
		k.Opening = true
		return k
	}
	keep(t, s, opens("c1", `{"n":1}`, 1))
	require.Empty(t, keptFor(t, s, "c1"), "there was nothing before")
	require.Equal(t, `{"n":1}`, keptFor(t, s, "c2"))
	keep(t, s, opens("c2", `{"n":2}`, 2))
	require.Equal(t, `{"n":1}`, keptFor(t, s, "c2"))
	keep(t, s, opens("c2", `{"n":3}`, 2))
	require.Equal(t, `{"n":1}`, keptFor(t, s, "c2"), "however often")
	keep(t, s, opens("c2", "", 2))
	require.Equal(t, `{"n":1}`, keptFor(t, s, "c2"))
	require.Empty(t, keptFor(t, s, "c3"))
	keep(t, s, opens("c2", `{"n":4}`, 2))
	keep(t, s, kept("c2", `{"n":5}`, 3))
	require.Equal(t, `{"n":5}`, keptFor(t, s, "c3"))
	keep(t, s, opens("c3", `{"n":6}`, 4))
	require.Equal(t, `{"n":5}`, keptFor(t, s, "c3"))
}

func keptByIdentity(t *testing.T, s *store.Store) {
	k := kept("c1", `{"n":1}`, 1)
	k.WaID, k.UserID = "5215512345678", "MX.1"
	keep(t, s, k)
	for _, who := range [][2]string{{"5215512345678", ""}, {"525512345678", ""}, {"", "MX.1"}, {"5215512345678", "MX.1"}, {"5215599999999", "MX.1"}} {
		require.Equal(t, `{"n":1}`, keptOf(t, s, who[0], who[1], "c2"), who)
	}
	k.UserID, k.Vars, k.At = "", []byte(`{"n":2}`), at(2)
	keep(t, s, k)
	require.Equal(t, `{"n":2}`, keptOf(t, s, "525512345678", "MX.1", "c2"), "what was written last")
	k.UserID, k.Vars = "MX.1", nil
	keep(t, s, k)
	require.Empty(t, keptOf(t, s, "525512345678", "MX.1", "c2"))
	require.Empty(t, keptOf(t, s, "", "MX.1", "c2"))
}

func keptAlongWithANumber(t *testing.T, s *store.Store) {
	keep(t, s, kept("c1", `{"name":"Ana"}`, 1))
	moveNumber(t, s, "56911112222", "56933334444", 2)
	moveNumber(t, s, "56911112222", "56933334444", 2)
	require.Equal(t, `{"name":"Ana"}`, keptOf(t, s, "56933334444", "", "c2"))
	require.Empty(t, keptFor(t, s, "c2"))

	keep(t, s, kept("c3", `{"name":"Leo"}`, 3))
	moveNumber(t, s, "56911112222", "56933334444", 2)
	require.Equal(t, `{"name":"Leo"}`, keptFor(t, s, "c4"), "a report that comes again does not concern the next owner")
	require.Equal(t, `{"name":"Ana"}`, keptOf(t, s, "56933334444", "", "c4"))

	other := kept("c5", `{"name":"Eva"}`, 5)
	other.WaID = "56955556666"
	keep(t, s, other)
	moveNumber(t, s, "56911112222", "56955556666", 6)
	require.Equal(t, `{"name":"Eva"}`, keptOf(t, s, "56955556666", "", "c6"), "what is known there stays")
	require.Empty(t, keptFor(t, s, "c6"))
}

func keptAlongWithAUserID(t *testing.T, s *store.Store) {
	k := kept("c1", `{"name":"Ana"}`, 1)
	k.WaID, k.UserID = "", "CL.1"
	keep(t, s, k)
	linkUserID(t, s, "", "CL.1", "CL.2", 2)
	require.Equal(t, `{"name":"Ana"}`, keptOf(t, s, "", "CL.2", "c2"))
	require.Empty(t, keptOf(t, s, "", "CL.1", "c2"))
	linkUserID(t, s, "56911112222", "", "CL.2", 3)
	require.Equal(t, `{"name":"Ana"}`, keptOf(t, s, "56911112222", "CL.2", "c2"))
}

func keptWithoutChannel(t *testing.T, s *store.Store) {
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "isv", CreatedAt: at(0)}))
	add := func() {
		require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", PhoneNumberID: "1", Account: "isv", CreatedAt: at(0), UpdatedAt: at(0)}))
	}
	add()
	keep(t, s, kept("c1", `{"n":1}`, 1))
	require.NoError(t, s.RemoveChannel(t.Context(), "1"))
	add()
	require.Empty(t, keptFor(t, s, "c2"))
}

func keptAtOnce(t *testing.T, s *store.Store) {
	requireNoErrors(t, together(8, func(i int) error {
		k := kept("c1", `{"n":1}`, i)
		k.UserID, k.Opening = "CL.1", i%2 == 0
		return s.KeepVars(t.Context(), k)
	}))
	require.Equal(t, `{"n":1}`, keptOf(t, s, "", "CL.1", "c2"))
}
