package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestLeases(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"the first of each conversation is handed out, the oldest conversation first", leasedInOrder},
		{"a notice is handed out last", noticeLeasedLast},
		{"what was not acknowledged is handed out again", leasedAgain},
		{"what is about to be given up is not handed out, nor what comes behind it", overdueNotLeased},
		{"many that ask together never get the same", leasedTogether},
		{"a worker that posts and an ISV that pulls exclude each other", claimedOrLeased},
		{"an acknowledgement counts once, and only after a lease", acknowledgedOnce},
		{"conversations that are stuck do not hide the others", stuckDoNotHide},
		{"a dead letter is not acknowledged", deadNotAcknowledged},
		{"an acknowledgement beside attempts of a worker has a number of its own", acknowledgedBesideAttempts},
	})
}

// queued is a delivery of channel 1 that waits.
func queued(id, conversation string, sequence, madeAt int) store.Delivery {
	return store.Delivery{
		ID: id, Channel: "1", Conversation: conversation, WorkflowID: "wf", Contact: "569", Sequence: sequence,
		Kind: "reply", Body: json.RawMessage(`{}`), MadeAt: at(madeAt), State: store.DeliveryWaiting, UpdatedAt: at(madeAt),
	}
}

func parkAll(t *testing.T, s *store.Store, rows ...store.Delivery) {
	t.Helper()
	require.NoError(t, s.Park(t.Context(), rows))
}

// leaseAt asks for the next one for a minute. It returns "" if there is none.
func leaseAt(t *testing.T, s *store.Store, seconds int) string {
	t.Helper()
	got, err := s.LeaseNext(t.Context(), store.LeaseQuery{Channel: "1", At: at(seconds), Until: at(seconds + 60)})
	if errors.Is(err, store.ErrNotFound) {
		return ""
	}
	require.NoError(t, err)
	requireDelivery(t, s, got)
	return got.ID
}

func acknowledge(t *testing.T, s *store.Store, id string, seconds int) store.Delivery {
	t.Helper()
	got, err := s.Acknowledge(t.Context(), id, "pulled", "", at(seconds))
	require.NoError(t, err)
	requireDelivery(t, s, got)
	return got
}

func leasedInOrder(t *testing.T, s *store.Store) {
	elsewhere := queued("z", "cnv_9", 1, 0)
	elsewhere.Channel = "2"
	parkAll(t, s, queued("b2", "cnv_b", 2, 2), queued("b1", "cnv_b", 1, 2), queued("a7", "cnv_a", 7, 3), queued("a8", "cnv_a", 8, 1), elsewhere)
	require.Equal(t, "b1", leaseAt(t, s, 10), "a8 is older, and has to wait for a7")
	require.Equal(t, "a7", leaseAt(t, s, 10))
	require.Empty(t, leaseAt(t, s, 11), "the others wait behind these")
	acknowledge(t, s, "a7", 12)
	require.Equal(t, "a8", leaseAt(t, s, 12))
	require.NoError(t, s.MarkDead(t.Context(), "b1", "expired", at(13)))
	require.Equal(t, "b2", leaseAt(t, s, 13))
}

func noticeLeasedLast(t *testing.T, s *store.Store) {
	notice := queued("n", "cnv_a", 1, 1)
	notice.Kind = "notice"
	parkAll(t, s, notice, queued("a2", "cnv_a", 2, 2))
	require.Equal(t, "a2", leaseAt(t, s, 10))
	require.Empty(t, leaseAt(t, s, 10))
	acknowledge(t, s, "a2", 11)
	require.Equal(t, "n", leaseAt(t, s, 11))
}

func leasedAgain(t *testing.T, s *store.Store) {
	parkAll(t, s, queued("a1", "cnv_a", 1, 1))
	require.Equal(t, "a1", leaseAt(t, s, 10))
	require.Empty(t, leaseAt(t, s, 69))
	require.Equal(t, "a1", leaseAt(t, s, 70))
	row, err := s.Delivery(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, 2, row.Attempts)
	require.Equal(t, 2, row.Leases)
	require.Equal(t, at(130), row.LeasedUntil)
}

func overdueNotLeased(t *testing.T, s *store.Store) {
	notice := queued("n", "cnv_n", 1, 5)
	notice.Kind = "notice"
	parkAll(t, s, queued("a1", "cnv_a", 1, 5), queued("a2", "cnv_a", 2, 6), notice)
	q := store.LeaseQuery{Channel: "1", At: at(10), Until: at(20), ReplyMadeAfter: at(5), NoticeMadeAfter: at(5)}
	_, err := s.LeaseNext(t.Context(), q)
	require.ErrorIs(t, err, store.ErrNotFound)
	q.NoticeMadeAfter = at(4)
	got, err := s.LeaseNext(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, "n", got.ID)
	q.ReplyMadeAfter = at(4)
	got, err = s.LeaseNext(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, "a1", got.ID)
}

func leasedTogether(t *testing.T, s *store.Store) {
	const pullers, each = 6, 20
	var rows []store.Delivery
	for i, id := range numbered("d", pullers*each) {
		rows = append(rows, queued(id, "cnv_"+id, 1, i))
	}
	parkAll(t, s, rows...)
	var mu sync.Mutex
	times := map[string]int{}
	requireNoErrors(t, together(pullers, func(int) error {
		for range each {
			got, err := s.LeaseNext(t.Context(), store.LeaseQuery{Channel: "1", At: at(900), Until: at(960)})
			if err != nil {
				return err
			}
			mu.Lock()
			times[got.ID]++
			mu.Unlock()
		}
		return nil
	}))
	require.Len(t, times, pullers*each)
	require.Empty(t, leaseAt(t, s, 900))
}

func claimedOrLeased(t *testing.T, s *store.Store) {
	parkAll(t, s, queued("a1", "cnv_a", 1, 1))
	claimed, err := s.ClaimDelivery(t.Context(), "a1", at(30), at(10))
	require.NoError(t, err)
	require.Zero(t, claimed.Attempts)
	require.Empty(t, leaseAt(t, s, 20), "it is being posted")
	require.NoError(t, s.ReleaseDelivery(t.Context(), "a1", at(29)), "that is not this claim")
	require.Empty(t, leaseAt(t, s, 20))
	failed := store.Outcome{State: store.DeliveryWaiting, NextTry: at(40), At: at(21), Claimed: at(29)}
	row, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "a1"}, failed)
	require.NoError(t, err)
	require.Equal(t, at(30), row.LeasedUntil, "another's claim goes on")
	failed.Claimed = at(30)
	row, err = s.RecordAttempt(t.Context(), store.Attempt{Delivery: "a1"}, failed)
	require.NoError(t, err)
	require.Zero(t, row.LeasedUntil)

	require.Equal(t, "a1", leaseAt(t, s, 22))
	_, err = s.ClaimDelivery(t.Context(), "a1", at(99), at(81))
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, s.ReleaseDelivery(t.Context(), "a1", at(82)))
	_, err = s.ClaimDelivery(t.Context(), "a1", at(99), at(81))
	require.NoError(t, err)
	acknowledge(t, s, "a1", 82)
	_, err = s.ClaimDelivery(t.Context(), "a1", at(300), at(200))
	require.ErrorIs(t, err, store.ErrNotFound, "it does not wait")
}

func acknowledgedOnce(t *testing.T, s *store.Store) {
	parkAll(t, s, queued("a1", "cnv_a", 1, 1))
	require.Equal(t, store.DeliveryWaiting, acknowledge(t, s, "a1", 5).State, "it was not handed out")
	require.Equal(t, "a1", leaseAt(t, s, 10))
	got, err := s.Acknowledge(t.Context(), "a1", "pulled", "wamid.1", at(80))
	require.NoError(t, err, "the lease is over, and nobody else has it")
	want := queued("a1", "cnv_a", 1, 1)
	want.State, want.Attempts, want.Leases, want.WAMID, want.UpdatedAt = store.DeliveryDelivered, 1, 1, "wamid.1", at(80)
	require.Equal(t, want, got)
	require.Equal(t, want, acknowledge(t, s, "a1", 90), "again: nothing changes")
	attempts, err := s.Attempts(t.Context(), "a1")
	require.NoError(t, err)
	require.Len(t, attempts, 1)
	attempts[0].Answer = nil
	require.Equal(t, store.Attempt{Delivery: "a1", Number: 1, At: at(80), Class: "pulled"}, attempts[0])
	_, err = s.Acknowledge(t.Context(), "a2", "pulled", "", at(90))
	require.ErrorIs(t, err, store.ErrNotFound)
}

func deadNotAcknowledged(t *testing.T, s *store.Store) {
	parkAll(t, s, queued("a1", "cnv_a", 1, 1))
	require.Equal(t, "a1", leaseAt(t, s, 10))
	require.NoError(t, s.MarkDead(t.Context(), "a1", "expired", at(11)))
	require.Equal(t, store.DeliveryDead, acknowledge(t, s, "a1", 12).State)
}

func acknowledgedBesideAttempts(t *testing.T, s *store.Store) {
	parkAll(t, s, queued("a1", "cnv_a", 1, 1))
	require.Equal(t, "a1", leaseAt(t, s, 10))
	_, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "a1", Class: "timeout"}, store.Outcome{State: store.DeliveryWaiting, At: at(90)})
	require.NoError(t, err)
	require.Equal(t, 3, acknowledge(t, s, "a1", 91).Attempts)
	attempts, err := s.Attempts(t.Context(), "a1")
	require.NoError(t, err)
	require.Len(t, attempts, 2)
	require.Equal(t, 2, attempts[0].Number)
	require.Equal(t, 3, attempts[1].Number)
}

// The ISV fails on the first message of some conversations again and again, behind which others wait.
func stuckDoNotHide(t *testing.T, s *store.Store) {
	var rows []store.Delivery
	for c := range 11 {
		for n := range 20 {
			rows = append(rows, queued(fmt.Sprintf("%d-%d", c, n), fmt.Sprintf("cnv_%02d", c), n+1, c+1))
		}
	}
	parkAll(t, s, rows...)
	parkAll(t, s, queued("fresh", "cnv_z", 1, 50))
	for c := range 11 {
		require.Equal(t, fmt.Sprintf("%d-0", c), leaseAt(t, s, 60))
	}
	require.Equal(t, "fresh", leaseAt(t, s, 61))
}
