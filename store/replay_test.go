package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestReplays(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"only dead letters of the channel are marked, as asked for", markedAsAsked},
		{"what another replay has is left to it, until it is abandoned", markedOnce},
		{"two that are asked for together share nothing", markedTogether},
		{"the list is conversation by conversation, each in order", replayedInOrder},
		{"what is counted, and the oldest that waits", deliveriesCounted},
		{"a try that fails is no news", failedTryNotAnnounced},
		{"what is settled is dropped with its attempts", settledDropped},
	})
}

// deadLetter is a delivery of channel 1 that was given up.
func deadLetter(id, conversation string, sequence, madeAt int) store.Delivery {
	d := queued(id, conversation, sequence, madeAt)
	d.State = store.DeliveryDead
	return d
}

func mark(t *testing.T, s *store.Store, q store.ReplayQuery) int64 {
	t.Helper()
	if q.Channel == "" {
		q.Channel = "1"
	}
	if q.Limit == 0 {
		q.Limit = 100
	}
	if q.At.IsZero() {
		q.At = at(1000)
	}
	n, err := s.MarkReplay(t.Context(), q)
	require.NoError(t, err)
	return n
}

func toReplay(t *testing.T, s *store.Store, id string, limit int) []string {
	t.Helper()
	rows, err := s.NextToReplay(t.Context(), id, limit)
	require.NoError(t, err)
	ids := []string{}
	for _, row := range rows {
		requireDelivery(t, s, row)
		ids = append(ids, row.ID)
	}
	return ids
}

func markedAsAsked(t *testing.T, s *store.Store) {
	elsewhere, other := deadLetter("z", "cnv_z", 1, 1), deadLetter("b1", "cnv_b", 1, 5)
	elsewhere.Channel, other.Contact = "2", "570"
	parkAll(t, s, deadLetter("a1", "cnv_a", 1, 1), deadLetter("a2", "cnv_a", 2, 9), other, elsewhere, queued("w", "cnv_w", 1, 1))
	for id, c := range map[string]struct {
		q    store.ReplayQuery
		want []string
	}{
		"all":                                    {store.ReplayQuery{}, []string{"a1", "a2", "b1"}},
		"conversation":                           {store.ReplayQuery{Conversation: "cnv_b"}, []string{"b1"}},
		"contact":                                {store.ReplayQuery{Contact: "569"}, []string{"a1", "a2"}},
		"times":                                  {store.ReplayQuery{From: at(5), To: at(9)}, []string{"b1"}},
		"one":                                    {store.ReplayQuery{Delivery: "a2"}, []string{"a2"}},
		"one that waits, one of another channel": {store.ReplayQuery{Delivery: "w"}, []string{}},
		"one of another channel":                 {store.ReplayQuery{Delivery: "z"}, []string{}},
		"the oldest":                             {store.ReplayQuery{Limit: 2}, []string{"a1", "b1"}},
	} {
		c.q.ID = id
		require.Equal(t, int64(len(c.want)), mark(t, s, c.q), id)
		require.Equal(t, c.want, toReplay(t, s, id, 10), id)
		ended, err := s.EndReplay(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, int64(len(c.want)), ended)
	}
}

func markedOnce(t *testing.T, s *store.Store) {
	parkAll(t, s, deadLetter("a1", "cnv_a", 1, 1), deadLetter("a2", "cnv_a", 2, 2))
	require.Equal(t, int64(1), mark(t, s, store.ReplayQuery{ID: "one", Delivery: "a1", At: at(100)}))
	require.Equal(t, int64(1), mark(t, s, store.ReplayQuery{ID: "two", At: at(110), Abandoned: at(50)}))
	require.Equal(t, []string{"a2"}, toReplay(t, s, "two", 10))
	require.Equal(t, int64(1), mark(t, s, store.ReplayQuery{ID: "three", At: at(170), Abandoned: at(105)}))
	require.Equal(t, []string{"a1"}, toReplay(t, s, "three", 10))
	require.Empty(t, toReplay(t, s, "one", 10))
	require.NoError(t, s.LeaveDead(t.Context(), "a1", "two"), "it is not on that list")
	require.Equal(t, []string{"a1"}, toReplay(t, s, "three", 10))
	require.NoError(t, s.LeaveDead(t.Context(), "a1", "three"))
	require.Empty(t, toReplay(t, s, "three", 10))
	row, err := s.Delivery(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, deadLetter("a1", "cnv_a", 1, 1), row)
}

func markedTogether(t *testing.T, s *store.Store) {
	var rows []store.Delivery
	for i, id := range numbered("d", 60) {
		rows = append(rows, deadLetter(id, "cnv_"+id, 1, i))
	}
	parkAll(t, s, rows...)
	counts := make([]int64, 4)
	requireNoErrors(t, together(4, func(i int) (err error) {
		counts[i], err = s.MarkReplay(t.Context(), store.ReplayQuery{ID: string(rune('a' + i)), Channel: "1", At: at(1000), Limit: 100})
		return err
	}))
	for i, n := range counts {
		require.Len(t, toReplay(t, s, string(rune('a'+i)), 100), int(n))
	}
}

func replayedInOrder(t *testing.T, s *store.Store) {
	notice := deadLetter("an", "cnv_a", 9, 2)
	notice.Kind = "notice"
	parkAll(t, s, deadLetter("b1", "cnv_b", 1, 2), notice, deadLetter("a2", "cnv_a", 2, 1), deadLetter("a1", "cnv_a", 1, 3))
	require.Equal(t, int64(4), mark(t, s, store.ReplayQuery{ID: "r"}))
	require.Equal(t, []string{"a1", "a2", "an", "b1"}, toReplay(t, s, "r", 10))
	_, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "a1"}, store.Outcome{State: store.DeliveryDelivered, At: at(1001)})
	require.NoError(t, err)
	require.Equal(t, []string{"a2", "an"}, toReplay(t, s, "r", 2), "what was taken is off the list")
}

func deliveriesCounted(t *testing.T, s *store.Store) {
	oldest, err := s.OldestWaiting(t.Context(), "1")
	require.NoError(t, err)
	require.Zero(t, oldest)
	elsewhere := queued("z", "cnv_z", 1, 1)
	elsewhere.Channel = "2"
	parkAll(t, s, queued("a", "cnv_a", 1, 7), queued("b", "cnv_b", 1, 5), deadLetter("c", "cnv_c", 1, 1), elsewhere)
	oldest, err = s.OldestWaiting(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, at(5), oldest)
	for _, c := range []struct {
		state      store.DeliveryState
		most, want int
	}{{store.DeliveryWaiting, 10, 2}, {store.DeliveryWaiting, 1, 1}, {store.DeliveryDead, 10, 1}, {store.DeliveryDelivered, 10, 0}} {
		n, err := s.CountDeliveries(t.Context(), "1", c.state, c.most)
		require.NoError(t, err)
		require.Equal(t, c.want, n)
	}
}

// An attempt with a dead letter leaves it dead, and tells the ISV's back office nothing that it does not know.
func failedTryNotAnnounced(t *testing.T, s *store.Store) {
	withEvents(t, s)
	parkAll(t, s, deadLetter("a1", "cnv_a", 1, 1))
	row, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "a1", Class: "status", Status: 500},
		store.Outcome{State: store.DeliveryWaiting, NextTry: at(99), LastError: "HTTP 500", At: at(5)})
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, row.State)
	require.Zero(t, row.NextTry)
	require.Equal(t, "HTTP 500", row.LastError)
	require.Empty(t, waitingEvents(t, s))
}

func settledDropped(t *testing.T, s *store.Store) {
	taken, marked := queued("b", "cnv_b", 1, 2), deadLetter("d", "cnv_d", 1, 1)
	taken.State = store.DeliveryDelivered
	parkAll(t, s, deadLetter("a", "cnv_a", 1, 1), taken, queued("c", "cnv_c", 1, 1), marked, deadLetter("e", "cnv_e", 1, 50))
	require.Equal(t, int64(1), mark(t, s, store.ReplayQuery{ID: "r", Delivery: "d", At: at(60)}))
	_, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "a"}, store.Outcome{State: store.DeliveryDead, At: at(3)})
	require.NoError(t, err)
	drop := func(before, limit int) int64 {
		n, err := s.DropSettled(t.Context(), at(before), limit)
		require.NoError(t, err)
		return n
	}
	require.Equal(t, int64(1), drop(40, 1))
	require.Equal(t, int64(1), drop(40, 10))
	require.Zero(t, drop(40, 10))
	for id, gone := range map[string]bool{"a": true, "b": true, "c": false, "d": false, "e": false} {
		_, err := s.Delivery(t.Context(), id)
		require.Equal(t, gone, err != nil, id)
	}
	attempts, err := s.Attempts(t.Context(), "a")
	require.NoError(t, err)
	require.Empty(t, attempts)
	require.Equal(t, int64(2), drop(int(24*time.Hour/time.Second), 10), "abandoned marks keep nothing for ever")
}
