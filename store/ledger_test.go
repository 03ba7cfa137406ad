package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestLedger(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"what is parked is found", parkRoundTrip},
		{"a delivery is parked once", parkOnce},
		{"two writers park the same deliveries", parkTogether},
		{"parking is all or nothing", parkIsWhole},
		{"attempts are counted, numbered and kept", attemptsKept},
		{"attempts that come together are all counted", attemptsTogether},
		{"of many attempts the first and the latest are kept", attemptsBounded},
		{"another failure does not make a dead letter younger", deadLetterAges},
		{"a state moves only forward", statesMoveForward},
		{"an attempt needs its delivery", attemptUnknown},
		{"a waiting delivery becomes a dead letter", markedDead},
		{"the waiting replies of a conversation, and what is overdue, become dead letters", manyMarkedDead},
		{"the notice of a conversation is the one that waits, else the latest", noticeOfAConversation},
		{"waiting deliveries are listed, next try first", waitingListed},
		{"how far a conversation's deliveries came", progressOfConversation},
	})
}

func parked(id string) store.Delivery {
	return store.Delivery{
		ID: id, Channel: "1", Conversation: "cnv_1", WorkflowID: "wf", Contact: "569", Sequence: 3, InReplyTo: "m1",
		Kind: "reply", Body: json.RawMessage(`{"text":"hola"}`), MadeAt: at(1), State: store.DeliveryWaiting,
		Attempts: 1, NextTry: at(10), LastError: "timeout", WAMID: "wamid.1", UpdatedAt: at(2),
	}
}

func requireDelivery(t *testing.T, s *store.Store, want store.Delivery) {
	t.Helper()
	got, err := s.Delivery(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func parkRoundTrip(t *testing.T, s *store.Store) {
	large := parked("large")
	large.Body = megabyte()
	odd := parked(awkward)
	odd.Body, odd.InReplyTo = json.RawMessage(`{"a": "\u0000 <ñ🦩>" }`), awkward
	empty := store.Delivery{ID: "empty", Kind: "notice"}
	require.NoError(t, s.Park(t.Context(), nil))
	require.NoError(t, s.Park(t.Context(), []store.Delivery{large, odd, empty}))
	requireDelivery(t, s, large)
	requireDelivery(t, s, odd)
	empty.State = store.DeliveryWaiting
	requireDelivery(t, s, empty)
	_, err := s.Delivery(t.Context(), "other")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func parkOnce(t *testing.T, s *store.Store) {
	first, again, other := parked("d1"), parked("d1"), parked("d0")
	again.State, again.Attempts, again.Body = store.DeliveryDead, 9, json.RawMessage(`{}`)
	require.NoError(t, s.Park(t.Context(), []store.Delivery{first, again}), "twice at once: the first counts")
	require.NoError(t, s.Park(t.Context(), []store.Delivery{again, other}), "again: the row counts")
	requireDelivery(t, s, first)
	requireDelivery(t, s, other)
}

func parkTogether(t *testing.T, s *store.Store) {
	var deliveries []store.Delivery
	for _, id := range numbered("d", 350) {
		deliveries = append(deliveries, parked(id))
	}
	backwards := slices.Clone(deliveries)
	slices.Reverse(backwards)
	requireNoErrors(t, together(6, func(i int) error {
		if i%2 == 0 {
			return s.Park(t.Context(), deliveries)
		}
		return s.Park(t.Context(), backwards)
	}))
	waiting, err := s.WaitingDeliveries(t.Context(), "1", 1000)
	require.NoError(t, err)
	require.Len(t, waiting, len(deliveries))
}

func parkIsWhole(t *testing.T, s *store.Store) {
	var deliveries []store.Delivery
	for _, id := range numbered("d", 250) {
		deliveries = append(deliveries, parked(id))
	}
	bad := parked("z")
	bad.State = "unheard of"
	require.Error(t, s.Park(t.Context(), append(deliveries, bad)))
	_, err := s.Delivery(t.Context(), "d1")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func attemptsKept(t *testing.T, s *store.Store) {
	want := parked("d1")
	require.NoError(t, s.Park(t.Context(), []store.Delivery{want, parked("d2")}))
	failed := store.Attempt{
		Delivery: "d1", Number: 77, At: at(20), Class: "status", Status: 503, DurationMS: 1234,
		Answer: []byte("no\x00\xff"), Peer: "192.0.2.1:443",
	}
	got, err := s.RecordAttempt(t.Context(), failed, store.Outcome{
		State: store.DeliveryWaiting, NextTry: at(40), LastError: "status", At: at(21),
	})
	require.NoError(t, err)
	want.Attempts, want.NextTry, want.LastError, want.UpdatedAt = 2, at(40), "status", at(21)
	require.Equal(t, want, got)
	requireDelivery(t, s, want)

	taken := store.Attempt{Delivery: "d1", At: at(40), Class: "delivered", Status: 200, Answer: bytes.Repeat([]byte("x"), 20_000)}
	got, err = s.RecordAttempt(t.Context(), taken, store.Outcome{
		State: store.DeliveryDelivered, NextTry: at(99), WAMID: "wamid.2", At: at(41),
	})
	require.NoError(t, err)
	want.Attempts, want.State, want.NextTry, want.UpdatedAt = 3, store.DeliveryDelivered, time.Time{}, at(41)
	want.WAMID = "wamid.2"
	require.Equal(t, want, got)
	requireDelivery(t, s, want)

	attempts, err := s.Attempts(t.Context(), "d1")
	require.NoError(t, err)
	failed.Number, taken.Number, taken.Answer = 2, 3, taken.Answer[:16<<10]
	require.Equal(t, []store.Attempt{failed, taken}, attempts)
	attempts, err = s.Attempts(t.Context(), "d2")
	require.NoError(t, err)
	require.Empty(t, attempts)
}

func attemptsTogether(t *testing.T, s *store.Store) {
	const workers, each = 6, 5
	require.NoError(t, s.Park(t.Context(), []store.Delivery{{ID: "d1", Kind: "reply"}}))
	requireNoErrors(t, together(workers, func(int) error {
		for range each {
			outcome := store.Outcome{State: store.DeliveryWaiting, NextTry: at(1), At: at(0)}
			if _, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "d1"}, outcome); err != nil {
				return err
			}
		}
		return nil
	}))
	got, err := s.Delivery(t.Context(), "d1")
	require.NoError(t, err)
	require.Equal(t, workers*each, got.Attempts)
	attempts, err := s.Attempts(t.Context(), "d1")
	require.NoError(t, err)
	require.Len(t, attempts, workers*each)
	for i, attempt := range attempts {
		require.Equal(t, i+1, attempt.Number)
	}
}

func statesMoveForward(t *testing.T, s *store.Store) {
	const waiting, delivered, dead = store.DeliveryWaiting, store.DeliveryDelivered, store.DeliveryDead
	for _, c := range []struct{ from, to, want store.DeliveryState }{
		{waiting, waiting, waiting},
		{waiting, delivered, delivered},
		{waiting, dead, dead},
		{delivered, waiting, delivered},
		{delivered, dead, delivered},
		{dead, waiting, dead},
		{dead, delivered, delivered},
	} {
		row := parked(string(c.from + "-" + c.to))
		row.State, row.NextTry = c.from, time.Time{}
		require.NoError(t, s.Park(t.Context(), []store.Delivery{row}))
		got, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: row.ID}, store.Outcome{State: c.to, NextTry: at(5), At: at(6)})
		require.NoError(t, err)
		require.Equal(t, c.want, got.State, row.ID)
		require.Equal(t, 2, got.Attempts, row.ID)
		require.Equal(t, c.want != waiting, got.NextTry.IsZero(), row.ID)
	}
}

func attemptUnknown(t *testing.T, s *store.Store) {
	_, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "d1"}, store.Outcome{State: store.DeliveryWaiting})
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, s.Park(t.Context(), []store.Delivery{parked("d1")}))
	_, err = s.RecordAttempt(t.Context(), store.Attempt{Delivery: "d1"}, store.Outcome{State: "unheard of"})
	require.Error(t, err)
	requireDelivery(t, s, parked("d1"))
}

func markedDead(t *testing.T, s *store.Store) {
	waiting, done := parked("d1"), parked("d2")
	done.State = store.DeliveryDelivered
	require.NoError(t, s.Park(t.Context(), []store.Delivery{waiting, done}))
	require.NoError(t, s.MarkDead(t.Context(), "d1", "terminated", at(30)))
	require.NoError(t, s.MarkDead(t.Context(), "d1", "again", at(31)))
	require.NoError(t, s.MarkDead(t.Context(), "d2", "too late", at(31)))
	waiting.State, waiting.NextTry, waiting.LastError, waiting.UpdatedAt = store.DeliveryDead, time.Time{}, "terminated", at(30)
	requireDelivery(t, s, waiting)
	requireDelivery(t, s, done)
	require.ErrorIs(t, s.MarkDead(t.Context(), "d3", "unknown", at(30)), store.ErrNotFound)
}

func waitingListed(t *testing.T, s *store.Store) {
	with := func(id string, change func(*store.Delivery)) store.Delivery {
		d := parked(id)
		change(&d)
		return d
	}
	late := with("a", func(d *store.Delivery) { d.NextTry = at(30) })
	never := with("b", func(d *store.Delivery) { d.NextTry = time.Time{} })
	soon := with("c", func(d *store.Delivery) { d.NextTry = at(20) })
	soonToo := with("d", func(d *store.Delivery) { d.NextTry = at(20) })
	require.NoError(t, s.Park(t.Context(), []store.Delivery{
		late, never, soon, soonToo,
		with("e", func(d *store.Delivery) { d.Channel = "2" }),
		with("f", func(d *store.Delivery) { d.State = store.DeliveryDead }),
		with("g", func(d *store.Delivery) { d.State = store.DeliveryDelivered }),
	}))
	for limit, want := range map[int][]store.Delivery{
		10: {never, soon, soonToo, late}, 2: {never, soon}, 0: {}, -1: {},
	} {
		got, err := s.WaitingDeliveries(t.Context(), "1", limit)
		require.NoError(t, err)
		require.Equal(t, want, got, "limit %d", limit)
	}
}

func progressOfConversation(t *testing.T, s *store.Store) {
	var all []store.Delivery
	ids := numbered("d", 600)
	for _, id := range ids {
		all = append(all, parked(id))
	}
	elsewhere := parked("elsewhere")
	elsewhere.Conversation = "cnv_2"
	require.NoError(t, s.Park(t.Context(), append(all, elsewhere)))
	require.NoError(t, s.MarkDead(t.Context(), "d600", "expired", at(3)))

	found, err := s.DeliveriesOf(t.Context(), "cnv_1", append(ids, "elsewhere", "unknown", awkward))
	require.NoError(t, err)
	require.Len(t, found, 600)
	waiting := store.DeliveryProgress{ID: "d1", State: store.DeliveryWaiting, Attempts: 1, LastError: "timeout", WAMID: "wamid.1"}
	require.Equal(t, waiting, found["d1"])
	require.Equal(t, store.DeliveryProgress{ID: "d600", State: store.DeliveryDead, Attempts: 1, LastError: "expired", WAMID: "wamid.1"}, found["d600"])
	found, err = s.DeliveriesOf(t.Context(), "cnv_1", nil)
	require.NoError(t, err)
	require.Empty(t, found)
}

func manyMarkedDead(t *testing.T, s *store.Store) {
	kind := "reply"
	park := func(id, conversation string, sequence int) {
		require.NoError(t, s.Park(t.Context(), []store.Delivery{{
			ID: id, Channel: "1", Conversation: conversation, WorkflowID: "wf", Contact: "569", Sequence: sequence,
			Kind: kind, Body: json.RawMessage(`{}`), MadeAt: at(1), UpdatedAt: at(1), NextTry: at(9),
		}}))
	}
	park("msg_1", "cnv_1", 3)
	park("msg_2", "cnv_1", 7)
	park("msg_3", "cnv_2", 9)
	kind = "notice"
	park("msg_4", "cnv_1", 5)
	_, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "msg_1", At: at(2), Class: "delivered"},
		store.Outcome{State: store.DeliveryDelivered, At: at(2)})
	require.NoError(t, err)

	for _, want := range []int64{1, 0} {
		dead, err := s.MarkOthersDead(t.Context(), store.Delivery{ID: "msg_4", Conversation: "cnv_1"}, "terminated", at(5))
		require.NoError(t, err)
		require.Equal(t, want, dead)
	}
	for id, state := range map[string]store.DeliveryState{
		"msg_1": store.DeliveryDelivered, "msg_2": store.DeliveryDead, "msg_3": store.DeliveryWaiting, "msg_4": store.DeliveryWaiting,
	} {
		row, err := s.Delivery(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, state, row.State, id)
	}
	row, err := s.Delivery(t.Context(), "msg_2")
	require.NoError(t, err)
	require.Equal(t, "terminated", row.LastError)
	require.Zero(t, row.NextTry)
	require.Equal(t, at(5), row.UpdatedAt)
	for _, want := range []int64{0, 2, 0} {
		dead, err := s.MarkOverdueDead(t.Context(), at(1+int(want)), "nobody", at(6))
		require.NoError(t, err)
		require.Equal(t, want, dead)
	}
	for conversation, want := range map[string]int{"cnv_1": 7, "cnv_2": 9, "cnv_3": 0} {
		last, err := s.LastSequence(t.Context(), conversation)
		require.NoError(t, err)
		require.Equal(t, want, last)
	}
}

func noticeOfAConversation(t *testing.T, s *store.Store) {
	for i, id := range []string{"msg_1", "msg_2", "msg_3"} {
		require.NoError(t, s.Park(t.Context(), []store.Delivery{{
			ID: id, Conversation: "cnv_1", Sequence: 3 - i, Kind: "notice", Body: json.RawMessage(`{}`),
		}, {ID: id + "r", Conversation: "cnv_1", Sequence: 9, Kind: "reply", Body: json.RawMessage(`{}`)}}))
	}
	requireNotice := func(want string) {
		notice, err := s.NoticeOf(t.Context(), "cnv_1")
		require.NoError(t, err)
		require.Equal(t, want, notice.ID)
	}
	requireNotice("msg_1")
	require.NoError(t, s.MarkDead(t.Context(), "msg_1", "x", at(5)))
	requireNotice("msg_2")
	for _, id := range []string{"msg_2", "msg_3"} {
		require.NoError(t, s.MarkDead(t.Context(), id, "x", at(5)))
	}
	requireNotice("msg_1")
	_, err := s.NoticeOf(t.Context(), "cnv_2")
	require.ErrorIs(t, err, store.ErrNotFound)
}

// BenchmarkParkAndRecordAttempt measures the statements of a delivery that succeeds at its first
// attempt in the slow lane.
func BenchmarkParkAndRecordAttempt(b *testing.B) {
	for name, open := range databases() {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			outcome := store.Outcome{State: store.DeliveryDelivered, At: time.UnixMilli(1)}
			for i := 0; b.Loop(); i++ {
				d := store.Delivery{ID: fmt.Sprintf("msg_%d", i), Channel: "1", Kind: "reply", Body: []byte(`{"text":{"body":"hola"}}`)}
				require.NoError(b, s.Park(b.Context(), []store.Delivery{d}))
				_, err := s.RecordAttempt(b.Context(), store.Attempt{Delivery: d.ID, Class: "delivered", Status: 200}, outcome)
				require.NoError(b, err)
			}
		})
	}
}

// A contact who writes for a day, and replays, make any number of attempts: the first ones are kept, and the
// latest.
func attemptsBounded(t *testing.T, s *store.Store) {
	require.NoError(t, s.Park(t.Context(), []store.Delivery{queued("a", "cnv_a", 1, 1)}))
	for n := range 100 {
		_, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "a", At: at(n), Class: "status"}, store.Outcome{State: store.DeliveryWaiting, At: at(n)})
		require.NoError(t, err)
	}
	kept, err := s.Attempts(t.Context(), "a")
	require.NoError(t, err)
	require.Len(t, kept, 40)
	require.Equal(t, []int{1, 5, 66, 100}, []int{kept[0].Number, kept[4].Number, kept[5].Number, kept[39].Number})
}

// Replays that fail do not keep a dead letter for ever.
func deadLetterAges(t *testing.T, s *store.Store) {
	require.NoError(t, s.Park(t.Context(), []store.Delivery{queued("a", "cnv_a", 1, 1)}))
	require.NoError(t, s.MarkDead(t.Context(), "a", "expired", at(10)))
	row, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "a", At: at(20)}, store.Outcome{State: store.DeliveryWaiting, At: at(20)})
	require.NoError(t, err)
	require.Equal(t, at(10), row.UpdatedAt)
	row, err = s.RecordAttempt(t.Context(), store.Attempt{Delivery: "a", At: at(30)}, store.Outcome{State: store.DeliveryDelivered, At: at(30)})
	require.NoError(t, err)
	require.Equal(t, at(30), row.UpdatedAt)
}
