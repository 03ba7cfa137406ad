package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestConversationList(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"conversations are found by what is asked for", conversationsFound},
		{"the pages of the list follow each other", conversationsPaged},
		{"an account of very many channels", conversationsOfManyChannels},
		{"a conversation says whether it waits for the webhook", conversationWaits},
	})
}

// listed fills two accounts: isv has the channels 1 and 2, other has 3.
func listed(t *testing.T, s *store.Store) {
	t.Helper()
	for i, account := range []string{"isv", "isv", "other"} {
		if i != 1 {
			require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: account, CreatedAt: at(0)}))
		}
		channel := store.Channel{WaID: fmt.Sprint(i + 1), Account: account, CreatedAt: at(0), UpdatedAt: at(0)}
		require.NoError(t, s.AddChannel(t.Context(), channel))
	}
	put := func(channel string, c store.Conversation) {
		c.Channel = channel
		require.NoError(t, s.CloseConversation(t.Context(), store.Closing{Conversation: c}))
	}
	put("1", closed(opened("a", "569", "user", 10), 15))
	put("1", opened("b", "569", "", 20))
	handed := opened("c", "", "user", 30)
	handed.HandedOffAt = at(31)
	put("1", handed)
	put("2", opened("d", "570", "569", 40))
	put("3", opened("e", "569", "", 50))
	put("3", opened("f", "571", "", 60))
	ended := closed(opened("g", "572", "", 70), 75)
	put("3", ended)
	odd := closed(opened("h", awkward, awkward, 80), 81)
	put("2", odd)

	for id, c := range map[string]string{"w1": "b", "w2": "f", "w3": "g"} {
		d := parked(id)
		d.Conversation = c
		require.NoError(t, s.Park(t.Context(), []store.Delivery{d}))
	}
	dead := parked("w4")
	dead.Conversation, dead.State = "d", store.DeliveryDead
	require.NoError(t, s.Park(t.Context(), []store.Delivery{dead}))
}

func ids(conversations []store.Conversation) string {
	var all strings.Builder
	for _, c := range conversations {
		all.WriteString(c.ID)
	}
	return all.String()
}

func conversationsFound(t *testing.T, s *store.Store) {
	listed(t, s)
	for want, queries := range map[string][]store.ConversationQuery{
		"hgfedcba": {{}, {From: at(10), To: at(81)}},
		"hdcba":    {{Account: "isv"}},
		"gfe":      {{Account: "other"}, {Channel: "3"}, {Channel: "3", Account: "other"}},
		"": {
			{Account: "nobody"},
			{Channel: "4"},
			{Channel: "3", Account: "isv"},
			{Contact: "nobody"},
			{Account: "other", Contact: "user"},
			{Account: "isv", Channel: "3", Contact: "569"},
			{From: at(81)},
			{To: at(10)},
			{Account: "other", Status: store.ConversationHandedOff},
			{Status: store.ConversationWaiting, Contact: "572"},
		},
		"edba":  {{Contact: "569"}},
		"ca":    {{Contact: "user"}, {Contact: "user", Channel: "1"}},
		"dba":   {{Contact: "569", Account: "isv"}},
		"ba":    {{Contact: "569", Channel: "1"}, {Contact: "569", Channel: "1", Account: "isv"}},
		"h":     {{Contact: awkward}},
		"fedcb": {{Status: store.ConversationOpen}},
		"hga":   {{Status: store.ConversationClosed}},
		"c":     {{Status: store.ConversationHandedOff}, {Status: store.ConversationHandedOff, Account: "isv"}},
		"fb":    {{Status: store.ConversationWaiting}},
		"b":     {{Status: store.ConversationWaiting, Account: "isv"}, {Status: store.ConversationWaiting, Contact: "569"}},
		"cb":    {{From: at(20), To: at(40)}, {Channel: "1", From: at(20)}},
		"fe":    {{Account: "other", To: at(70)}, {Account: "other", Status: store.ConversationOpen}},
	} {
		for _, q := range queries {
			q.Limit = 100
			found, err := s.Conversations(t.Context(), q)
			require.NoError(t, err)
			require.Equal(t, want, ids(found), "%+v", q)
		}
	}
}

// conversationsPaged opens several in the same millisecond: only the id tells them apart.
func conversationsPaged(t *testing.T, s *store.Store) {
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "isv", CreatedAt: at(0)}))
	for _, channel := range []string{"1", "2"} {
		require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: channel, Account: "isv", CreatedAt: at(0), UpdatedAt: at(0)}))
	}
	for i := range 20 {
		c := opened(fmt.Sprintf("cnv_%02d", i), "569", "", i/6)
		c.Channel = fmt.Sprint(i%2 + 1)
		require.NoError(t, s.OpenConversation(t.Context(), c))
	}
	for _, base := range []store.ConversationQuery{{}, {Account: "isv"}, {Contact: "569"}, {Account: "isv", Status: store.ConversationOpen}} {
		all, err := s.Conversations(t.Context(), withLimit(base, 100))
		require.NoError(t, err)
		require.Len(t, all, 20)
		for _, limit := range []int{1, 3, 7, 20} {
			require.Equal(t, all, walk(t, s, withLimit(base, limit)), "%+v by %d", base, limit)
		}
	}
	for _, limit := range []int{0, -1} {
		none, err := s.Conversations(t.Context(), store.ConversationQuery{Limit: limit})
		require.NoError(t, err)
		require.Empty(t, none)
	}
	for _, forged := range []store.ConversationCursor{
		{OpenedAt: time.UnixMilli(-1 << 62), ID: dirty}, {OpenedAt: at(0).Add(-time.Hour), ID: awkward},
	} {
		none, err := s.Conversations(t.Context(), store.ConversationQuery{After: forged, Limit: 10})
		require.NoError(t, err)
		require.Empty(t, none)
	}
}

func withLimit(q store.ConversationQuery, limit int) store.ConversationQuery {
	q.Limit = limit
	return q
}

// walk reads the whole list, page by page.
func walk(t *testing.T, s *store.Store, q store.ConversationQuery) []store.Conversation {
	t.Helper()
	var all []store.Conversation
	for {
		page, err := s.Conversations(t.Context(), q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page), q.Limit)
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		last := page[len(page)-1]
		q.After = store.ConversationCursor{OpenedAt: last.OpenedAt, ID: last.ID}
	}
}

// conversationsOfManyChannels covers the most channels that are searched in branches of their own,
// and one more.
func conversationsOfManyChannels(t *testing.T, s *store.Store) {
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "isv", CreatedAt: at(0)}))
	for i := range 401 {
		channel := fmt.Sprint(i)
		require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: channel, Account: "isv", CreatedAt: at(0), UpdatedAt: at(0)}))
		c := opened("cnv_"+channel, "569", "", i)
		c.Channel = channel
		require.NoError(t, s.OpenConversation(t.Context(), c))
		if i < 399 {
			continue
		}
		found, err := s.Conversations(t.Context(), store.ConversationQuery{Account: "isv", Status: store.ConversationOpen, Limit: 2})
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("cnv_%dcnv_%d", i, i-1), ids(found))
	}
}

func conversationWaits(t *testing.T, s *store.Store) {
	listed(t, s)
	found, err := s.Conversations(t.Context(), store.ConversationQuery{Limit: 100})
	require.NoError(t, err)
	for _, c := range found {
		require.Equal(t, c.ID == "b" || c.ID == "f", c.Waiting, c.ID)
		requireConversation(t, s, c)
	}
	require.NoError(t, s.MarkDead(t.Context(), "w1", "expired", at(100)))
	b, err := s.Conversation(t.Context(), "b")
	require.NoError(t, err)
	require.False(t, b.Waiting)
}
