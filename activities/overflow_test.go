package activities

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func waits(r *room, owner string, count int) {
	r.t.Helper()
	in := OverflowInput{Owner: owner}
	for n := range count {
		in.Messages = append(in.Messages, json.RawMessage(fmt.Sprintf(`{"at":"2026-03-10T13:00:00Z","id":"m%d","type":"text","timestamp":7,"message":{"n":%d}}`, n, n)))
	}
	require.NoError(r.t, r.KeepOverflow(r.t.Context(), in))
}

func TestMessagesThatWaitAreGivenInOrderAndDroppedOnceTheyWereTaken(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	waits(r, ours, 3)
	var result OverflowResult
	require.NoError(t, r.run(r.FetchOverflow, OverflowRange{Owner: ours, From: 1, Count: 2}, &result))
	require.Len(t, result.Messages, 2)
	require.Contains(t, string(result.Messages[0]), `"id":"m1"`)
	left, err := r.db.Overflow(t.Context(), ours, 0, 3, 1<<20)
	require.NoError(t, err)
	require.Len(t, left, 2, "what came before was answered")

	r.clock.set(at(overflowKept + time.Second))
	require.NoError(t, r.run(r.FindUnclosed, FindInput{}, nil))
	left, err = r.db.Overflow(t.Context(), ours, 0, 3, 1<<20)
	require.NoError(t, err)
	require.Empty(t, left, "no conversation is as old")
}

func TestWhatWaitedInTheDatabaseStandsInTheTranscriptOfATerminatedConversation(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	waits(r, "cnv_before", 2)
	r.runs.remains = Remains{Page: 1, Told: true, Overflow: &OverflowRange{Owner: "cnv_before", Count: 5}}
	r.recovers()
	page, _, err := r.db.Page(t.Context(), abandoned, 1)
	require.NoError(t, err)
	require.Len(t, page.Entries, 2)
	require.Equal(t, store.In, page.Entries[0].Direction)
	require.Equal(t, "m0", page.Entries[0].ID)
	require.Equal(t, noteTerminated, page.Entries[0].Note)
	row, err := r.db.Conversation(t.Context(), abandoned)
	require.NoError(t, err)
	require.Equal(t, 5, row.Unanswered, "what is not there any more is counted")
}
