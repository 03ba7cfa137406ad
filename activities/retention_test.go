package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// keeping is a room whose archive is kept for so long. A sweep deletes two batches of each kind at most.
func keeping(t *testing.T, kept time.Duration) *room {
	t.Helper()
	r := newRoom(t)
	r.retention = newRetention(kept)
	r.retention.conversations, r.retention.statuses = batches{size: 3, most: 6}, batches{size: 5, most: 10}
	return r
}

// ended archives a conversation that ended so long ago, with a transcript.
func (r *room) ended(id string, ago time.Duration) {
	r.t.Helper()
	closedAt := r.clock.now().Add(-ago)
	require.NoError(r.t, r.Archive(r.t.Context(), ArchiveInput{
		Address: Address{Conversation: id, WorkflowID: "w", Channel: channel, Contact: contact}, WaID: contact, Bot: r.bot,
		OpenedAt: closedAt.Add(-time.Hour), ClosedAt: closedAt, Outcome: "done", Page: 1, Entries: []store.Entry{entry(store.In, "m-"+id, 0)},
	}))
}

// left lists which of the conversations are left; those that are gone have no page either.
func (r *room) left(ids ...string) (left []string) {
	r.t.Helper()
	for _, id := range ids {
		_, err := r.db.Conversation(r.t.Context(), id)
		pages, pagesErr := r.db.Pages(r.t.Context(), id)
		require.NoError(r.t, pagesErr)
		require.Equal(r.t, err == nil, len(pages) > 0, id)
		if err == nil {
			left = append(left, id)
		}
	}
	return left
}

func (r *room) sweeps() FindResult {
	r.t.Helper()
	var found FindResult
	require.NoError(r.t, r.run(r.FindUnclosed, FindInput{}, &found))
	return found
}

func TestWhatIsOlderThanTheArchiveIsKeptGoesWithTheSweep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		kept time.Duration
		want []string
	}{
		{"90 days", 90 * day, []string{"cnv_91d", "cnv_200d"}},
		{"120 days", 120 * day, []string{"cnv_200d"}},
		{"8 days", 8 * day, []string{"cnv_9d", "cnv_90d", "cnv_91d", "cnv_200d"}},
		{"never less than message ids are known", time.Hour, []string{"cnv_9d", "cnv_90d", "cnv_91d", "cnv_200d"}},
		{"for ever", 0, []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := keeping(t, tt.kept)
			var all []string
			for _, days := range []int{1, 8, 9, 90, 91, 200} {
				id := "cnv_" + strconv.Itoa(days) + "d"
				r.ended(id, time.Duration(days)*day)
				all = append(all, id)
			}
			r.sweeps()
			left := r.left(all...)
			gone := slices.DeleteFunc(all, func(id string) bool { return slices.Contains(left, id) })
			require.Equal(t, tt.want, gone)
		})
	}
}

func TestASweepDeletesInBatchesAndStopsAtItsBound(t *testing.T) {
	t.Parallel()
	r := keeping(t, 90*day)
	old := r.clock.now().Add(-91 * day)
	var ids []string
	var statuses []store.MessageStatus
	var wamids []string
	for i := range 13 {
		ids = append(ids, fmt.Sprintf("cnv_%02d", i))
		r.ended(ids[i], 100*day-time.Duration(i)*time.Minute)
		require.NoError(t, r.db.PutPage(t.Context(), store.Page{Conversation: "cnv_without_row", Number: i + 1, Entries: []store.Entry{{At: old, Direction: store.Note}}}))
		wamids = append(wamids, fmt.Sprint("wamid.", i))
		statuses = append(statuses, store.MessageStatus{Channel: channel, WAMID: wamids[i], Status: "read", At: old})
	}
	require.NoError(t, r.db.SaveStatuses(t.Context(), statuses))
	counts := func() []int {
		pages, err := r.db.Pages(t.Context(), "cnv_without_row")
		require.NoError(t, err)
		kept, err := r.db.Statuses(t.Context(), channel, wamids)
		require.NoError(t, err)
		return []int{len(r.left(ids...)), len(pages), len(kept)}
	}
	for _, want := range [][]int{{7, 7, 3}, {1, 1, 0}, {0, 0, 0}, {0, 0, 0}} {
		r.logs.Reset()
		r.sweeps()
		require.Equal(t, want, counts())
	}
	require.NotContains(t, r.logs.String(), "older than the archive", "there was nothing to delete")
}

func TestTheLogSaysWhatWasDeleted(t *testing.T) {
	t.Parallel()
	r := keeping(t, 90*day)
	r.ended("cnv_1", 91*day)
	r.ended("cnv_2", 92*day)
	r.sweeps()
	require.Contains(t, r.logs.String(), `level=INFO msg="deleted what is older than the archive is kept" before=2025-12-10T13:00:00.000Z conversations=2 pages_without_conversation=0 statuses=0`)
	require.Equal(t, 1, strings.Count(r.logs.String(), "older than the archive"))
}

func TestNothingOpenIsDeleted(t *testing.T) {
	t.Parallel()
	r := keeping(t, 8*day)
	row := store.Conversation{ID: "cnv_open", WorkflowID: "w1", Channel: channel, WaID: contact, OpenedAt: at(-100 * day)}
	require.NoError(t, r.db.OpenConversation(t.Context(), row))
	require.NoError(t, r.db.PutPage(t.Context(), store.Page{Conversation: "cnv_open", Number: 1, Entries: []store.Entry{{At: at(-100 * day), Direction: store.Note}}}))
	r.ended("cnv_waits", 100*day)
	to := address()
	to.Conversation = "cnv_waits"
	require.NoError(t, r.db.Park(t.Context(), []store.Delivery{to.row(outgoing(1), replyKind)}))

	require.Equal(t, []string{"cnv_open"}, r.sweeps().Conversations, "it is to be recovered")
	require.Equal(t, []string{"cnv_open", "cnv_waits"}, r.left("cnv_open", "cnv_waits"))
}

// unclearable is a database that deletes no conversation.
type unclearable struct{ Store }

func (unclearable) DropConversations(context.Context, time.Time, int) (int64, error) {
	return 0, errors.New("canceling statement due to statement timeout")
}

// What was found to recover must not wait for the archive.
func TestASweepThatCannotDeleteStillFinds(t *testing.T) {
	t.Parallel()
	r := keeping(t, 90*day)
	require.NoError(t, r.db.OpenConversation(t.Context(), store.Conversation{ID: "cnv_open", WorkflowID: "w1", Channel: channel, WaID: contact, OpenedAt: at(-time.Hour)}))
	r.store = unclearable{r.db}
	require.Equal(t, []string{"cnv_open"}, r.sweeps().Conversations)
	require.Contains(t, r.logs.String(), `level=ERROR msg="cannot delete what is older than the archive is kept"`)
}

func TestASweepBeginsNoBatchWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	r := keeping(t, 90*day)
	for i := range 6 {
		r.ended(fmt.Sprint("cnv_", i), 100*day)
	}
	r.now = func() time.Time {
		r.clock.set(r.clock.now().Add(droppingTime / 2))
		return r.clock.now()
	}
	r.sweeps()
	require.Len(t, r.left("cnv_0", "cnv_1", "cnv_2", "cnv_3", "cnv_4", "cnv_5"), 3)
}
