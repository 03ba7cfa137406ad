package activities

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func entries(ids ...string) []store.Entry {
	var all []store.Entry
	for _, id := range ids {
		all = append(all, store.Entry{At: opened(), Direction: store.In, ID: id, Timestamp: 5, Body: json.RawMessage(`{"a":1}`)})
	}
	return all
}

func TestWritePageAgainChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := PageInput{Conversation: ours, Number: 3, Entries: entries("m1", "m2")}
	for range 2 {
		require.NoError(t, r.run(r.WritePage, in, nil))
		pages, err := r.db.Pages(t.Context(), ours)
		require.NoError(t, err)
		require.Equal(t, []store.Page{{Conversation: ours, Number: 3, Entries: in.Entries}}, pages)
	}
	in.Number = 0
	require.ErrorContains(t, r.run(r.WritePage, in, nil), "write page 0 of the transcript")
}

func TestArchiveAgainChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.reply(r.input(text("m1", 0, "hola")))
	in := ArchiveInput{
		Address: address(), WaID: contact, UserID: "u1", Bot: r.bot, OpenedAt: opened(), ClosedAt: at(time.Hour), Outcome: "resolved",
		Messages: 4, Replies: 5, Unanswered: 1, Page: 2, Entries: entries("m1", "m2"),
		MessageIDs: store.MessageIDs{{Hash: store.HashMessageID("m3"), Timestamp: 9}},
	}
	for range 2 {
		require.NoError(t, r.run(r.Archive, in, nil))
		row, err := r.db.Conversation(t.Context(), ours)
		require.NoError(t, err)
		require.Equal(t, store.Conversation{
			ID: ours, WorkflowID: "conversation:1", Channel: channel, WaID: contact, UserID: "u1", Bot: r.bot,
			OpenedAt: opened(), ClosedAt: at(time.Hour), Outcome: "resolved", Messages: 4, Replies: 5, Unanswered: 1,
		}, row)
		pages, err := r.db.Pages(t.Context(), ours)
		require.NoError(t, err)
		require.Equal(t, []store.Page{{Conversation: ours, Number: 2, Entries: in.Entries}}, pages)
	}

	next := r.input(text("m3", 0, "hola"), text("m2", 0, "hola"), text("m4", 0, "hola"))
	next.Conversation = "cnv_next"
	require.Equal(t, []int{0, 1}, r.reply(next).Repeats, "ids of the row and of its pages are known from then on")
}

func TestArchiveWithoutEntriesWritesNoPage(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := ArchiveInput{Address: address(), WaID: contact, Bot: r.bot, OpenedAt: opened(), ClosedAt: opened(), Outcome: "resolved", Page: 1}
	require.NoError(t, r.run(r.Archive, in, nil))
	pages, err := r.db.Pages(t.Context(), ours)
	require.NoError(t, err)
	require.Empty(t, pages)

	in.WaID = ""
	require.ErrorContains(t, r.run(r.Archive, in, nil), "archive the conversation")
}

func TestABotIsLoadedOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first, err := r.compiled(t.Context(), r.bot)
	require.NoError(t, err)
	again, err := r.compiled(t.Context(), r.bot)
	require.NoError(t, err)
	require.Same(t, first, again)

	broken := store.Bot{Hash: "broken", Name: "x", Source: []byte("bot: v0"), CreatedAt: opened()}
	require.NoError(t, r.db.PutBot(t.Context(), broken))
	_, err = r.compiled(t.Context(), "broken")
	require.Error(t, err)
	require.NotErrorIs(t, err, store.ErrNotFound)
}
