package activities

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// park writes messages into the ledger as the workflow does after a fast lane that failed.
func (r *room) park(failure *Failure, messages ...Outgoing) {
	r.t.Helper()
	in := ParkInput{Address: address(), Messages: messages, Failure: failure, At: r.clock.now()}
	require.NoError(r.t, r.Park(r.t.Context(), in))
}

func (r *room) slow(id string) (SlowResult, error) {
	r.t.Helper()
	var result SlowResult
	err := r.run(r.DeliverSlow, SlowInput{ID: id}, &result)
	return result, err
}

// attempts are the numbers and classes of what the ledger recorded.
func (r *room) attempts(id string) (found []string) {
	r.t.Helper()
	attempts, err := r.db.Attempts(r.t.Context(), id)
	require.NoError(r.t, err)
	for _, a := range attempts {
		found = append(found, strconv.Itoa(a.Number)+" "+a.Class+" "+strconv.Itoa(a.Status))
	}
	return found
}

func TestParkKeepsWhatTheFastLaneDid(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		failure  *Failure
		attempts int
		next     time.Time
		last     string
		state    store.DeliveryState
	}{
		{"nothing was tried", nil, 0, time.Time{}, "", store.DeliveryWaiting},
		{"there is no webhook", &Failure{Class: NoWebhook}, 0, time.Time{}, "", store.DeliveryWaiting},
		{"it was too late", &Failure{Class: "canceled", Late: true}, 0, time.Time{}, "", store.DeliveryWaiting},
		{"an answer of 500", &Failure{Class: "status", Status: 500, Attempted: true}, 1, at(time.Second), "HTTP 500", store.DeliveryWaiting},
		{"the ISV asked for time", &Failure{Class: "status", Status: 503, RetryAfter: 60000, Attempted: true}, 1, at(time.Minute), "HTTP 503", store.DeliveryWaiting},
		{"a timeout", &Failure{Class: "timeout", Attempted: true}, 1, at(time.Second), "timeout", store.DeliveryWaiting},
		{"a URL that is none", &Failure{Class: "bad_target", Attempted: true}, 1, time.Time{}, "bad_target", store.DeliveryDead},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			for range 2 { // doing it again changes nothing
				r.park(tt.failure, outgoing(1), outgoing(2))
				head, second := r.row(outgoing(1).ID), r.row(outgoing(2).ID)
				require.Equal(t, store.Delivery{
					ID: outgoing(1).ID, Channel: channel, Conversation: ours, WorkflowID: "conversation:1", Contact: contact,
					Sequence: 1, InReplyTo: "wamid.1", Kind: "reply", Body: outgoing(1).Body, MadeAt: opened(),
					State: tt.state, Attempts: tt.attempts, NextTry: tt.next, LastError: tt.last, UpdatedAt: opened(),
				}, head)
				require.Zero(t, second.Attempts)
				require.Equal(t, store.DeliveryWaiting, second.State)
				require.Len(t, r.attempts(head.ID), tt.attempts)
			}
		})
	}
}

func TestParkFailsWithTheLedger(t *testing.T) {
	t.Parallel()
	failed := &Failure{Class: "timeout", Attempted: true}
	for _, fail := range []func(*flaky, error){
		func(f *flaky, err error) { f.delivery = err }, func(f *flaky, err error) { f.record = err },
	} {
		r := newRoom(t)
		down := errors.New("down")
		fail(r.db, down)
		in := ParkInput{Address: address(), Messages: []Outgoing{outgoing(1)}, Failure: failed, At: opened()}
		require.ErrorIs(t, r.Park(t.Context(), in), down)
		fail(r.db, nil)
		require.NoError(t, r.Park(t.Context(), in), "what was left is made up for")
		require.Equal(t, 1, r.row(outgoing(1).ID).Attempts)
	}
}

func TestSlowLaneKeepsToTheSchedule(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusInternalServerError)
	m := outgoing(1)
	r.park(&Failure{Class: "status", Status: 500, Attempted: true}, m)
	for n, wait := range []time.Duration{5 * time.Second, 15 * time.Second, 30 * time.Second} {
		due := r.row(m.ID).NextTry
		r.clock.set(due)
		_, err := r.slow(m.ID)
		failed := expected(t, err)
		require.Equal(t, "HTTP 500", failed.Type())
		require.Equal(t, wait, failed.NextRetryDelay())
		row := r.row(m.ID)
		require.Equal(t, n+2, row.Attempts)
		require.Equal(t, due.Add(wait), row.NextTry)
		require.Equal(t, "HTTP 500", row.LastError)
		require.Equal(t, store.DeliveryWaiting, row.State)
	}
	require.Equal(t, at(51*time.Second), r.row(m.ID).NextTry, "1 + 5 + 15 + 30")
	require.Equal(t, []string{"1 status 500", "2 status 500", "3 status 500", "4 status 500"}, r.attempts(m.ID))

	r.isv.says(http.StatusNoContent)
	r.clock.set(at(51 * time.Second))
	result, err := r.slow(m.ID)
	require.NoError(t, err)
	require.Equal(t, SlowResult{State: store.DeliveryDelivered, At: at(51 * time.Second)}, result)
	row := r.row(m.ID)
	require.Equal(t, store.DeliveryDelivered, row.State)
	require.Equal(t, 5, row.Attempts)
	require.Zero(t, row.NextTry)
	require.Equal(t, "5 delivered 204", r.attempts(m.ID)[4])
	for n, got := range r.isv.received() {
		require.Equal(t, posted{id: m.ID, attempt: strconv.Itoa(n + 2), sequence: "1", body: string(m.Body)}, got)
	}

	again, err := r.slow(m.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, again.State)
	require.Len(t, r.isv.received(), 4, "what was taken is not posted again")
}

func TestSlowLaneWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.park(&Failure{Class: "status", Status: 503, RetryAfter: 60000, Attempted: true}, m)

	r.clock.set(at(time.Minute - waitInside - time.Millisecond))
	_, err := r.slow(m.ID)
	failed := expected(t, err)
	require.Equal(t, "deferred", failed.Type())
	require.Equal(t, waitInside+time.Millisecond, failed.NextRetryDelay())
	require.Empty(t, r.isv.received())
	require.Equal(t, 1, r.row(m.ID).Attempts)

	r.clock.set(at(time.Minute - 30*time.Millisecond))
	start := time.Now()
	result, err := r.slow(m.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, result.State)
	require.GreaterOrEqual(t, time.Since(start), 30*time.Millisecond)
}

func TestSlowLaneDoesNotSayWhatWasGivenUpWhileItWaited(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.park(&Failure{Class: "status", Status: 503, RetryAfter: 60000, Attempted: true}, m)
	r.clock.set(at(time.Minute - 300*time.Millisecond))
	buried := make(chan error, 1)
	time.AfterFunc(time.Millisecond, func() {
		_, err := r.db.MarkOthersDead(t.Context(), store.Delivery{Conversation: ours}, "terminated", at(time.Minute))
		buried <- err
	})
	result, err := r.slow(m.ID)
	require.NoError(t, err)
	require.NoError(t, <-buried)
	require.Equal(t, store.DeliveryDead, result.State)
	require.Empty(t, r.isv.received())
}

// An attempt that would be cut by its activity's end is mostly taken, and posted again.
func TestSlowLaneBeginsNoAttemptThatItWouldHaveToCut(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.park(nil, m)
	r.limits.slowAttempt = 24 * time.Hour
	_, err := r.slow(m.ID)
	require.Equal(t, deferred, expected(t, err).Type())
	require.Equal(t, time.Second, expected(t, err).NextRetryDelay())
	require.Empty(t, r.isv.received())
	require.Zero(t, r.row(m.ID).Attempts)
}

func TestSlowLaneStopsWaitingWithItsWorker(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.park(&Failure{Class: "timeout", Attempted: true}, m)
	close(r.stop)
	start := time.Now()
	_, err := r.slow(m.ID)
	require.Less(t, time.Since(start), time.Second, "a second was left")
	require.Equal(t, stopped, expected(t, err).Type())
	require.Equal(t, time.Second, expected(t, err).NextRetryDelay())
	require.Empty(t, r.isv.received())
}

func TestSlowLaneIsCutByItsWorkersStop(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.park(nil, m)
	r.isv.answers(func(_ http.ResponseWriter, req *http.Request) {
		close(r.stop)
		<-req.Context().Done()
	})
	_, err := r.slow(m.ID)
	require.Equal(t, stopped, expected(t, err).Type())
	row := r.row(m.ID)
	require.Zero(t, row.Attempts, "our own stop says nothing about the ISV")
	require.Equal(t, store.DeliveryWaiting, row.State)
	require.Empty(t, row.LastError)
	require.Len(t, r.isv.received(), 1)
}

func TestSlowLaneGivesUpWhatIsNotWanted(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusUnprocessableEntity)
	m := outgoing(1)
	r.park(nil, m)
	for n := range 4 {
		if n > 0 {
			r.clock.set(r.row(m.ID).NextTry)
		}
		_, err := r.slow(m.ID)
		require.Equal(t, "HTTP 422", expected(t, err).Type())
	}
	for range 2 { // once dead it stays so
		r.clock.set(at(time.Hour))
		result, err := r.slow(m.ID)
		require.NoError(t, err)
		require.Equal(t, SlowResult{State: store.DeliveryDead, At: at(time.Hour)}, result)
		require.Len(t, r.isv.received(), 5)
	}
	require.Equal(t, store.DeliveryDead, r.row(m.ID).State)
	require.Equal(t, 5, r.row(m.ID).Attempts)
}

func TestSlowLaneLooksAgainForAWebhook(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.setWebhook("")
	m := outgoing(1)
	r.park(&Failure{Class: NoWebhook}, m)
	_, err := r.slow(m.ID)
	require.Equal(t, NoWebhook, expected(t, err).Type())
	require.Equal(t, time.Hour, expected(t, err).NextRetryDelay())
	require.Zero(t, r.row(m.ID).Attempts)

	r.clock.set(at(24*time.Hour - time.Second))
	_, err = r.slow(m.ID)
	require.Equal(t, time.Second, expected(t, err).NextRetryDelay())

	r.clock.set(at(24 * time.Hour))
	result, err := r.slow(m.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State, "its conversation must not wait for ever")
	row := r.row(m.ID)
	require.Equal(t, store.DeliveryDead, row.State)
	require.Equal(t, NoWebhook, row.LastError)
	require.Zero(t, row.Attempts)
}

// Every attempt uses the settings of that moment, and a message gets one after its budget.
func TestSlowLaneUsesTheWebhookOfThatMoment(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m, late := outgoing(1), outgoing(2)
	r.setWebhook(refusing(t))
	r.park(nil, m, late)
	_, err := r.slow(m.ID)
	require.Equal(t, "connect", expected(t, err).Type())
	r.setWebhook(r.isv.URL)
	r.clock.set(at(48 * time.Hour))
	for _, id := range []string{m.ID, late.ID} {
		result, err := r.slow(id)
		require.NoError(t, err)
		require.Equal(t, store.DeliveryDelivered, result.State)
	}
	require.Equal(t, "connect", r.row(m.ID).LastError, "what went wrong stays known")
}

func TestSlowLaneEndsAtItsBudget(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusInternalServerError)
	m := outgoing(1)
	r.park(nil, m)
	r.clock.set(at(25 * time.Hour))
	result, err := r.slow(m.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)
	require.Equal(t, "HTTP 500", r.row(m.ID).LastError)
	require.Len(t, r.isv.received(), 1, "one last attempt")
}

func TestSlowLaneKnowsNothingOfAMissingRow(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	result, err := r.slow("msg_gone")
	require.NoError(t, err)
	require.Equal(t, SlowResult{State: store.DeliveryDead, At: opened()}, result)
}

func TestSlowLaneRepeatsWhatItCouldNotWriteDown(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	m := outgoing(1)
	r.park(nil, m)
	for _, fail := range []func(error){
		func(err error) { r.db.delivery = err }, func(err error) { r.db.channel = err }, func(err error) { r.db.record = err },
	} {
		fail(errors.New("down"))
		_, err := r.slow(m.ID)
		require.Zero(t, expected(t, err).NextRetryDelay(), "a fault of ours is left to the retry policy")
		require.Contains(t, err.Error(), "down")
		fail(nil)
	}
	result, err := r.slow(m.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, result.State)
	got := r.isv.received()
	require.Len(t, got, 2)
	require.Equal(t, got[0], got[1], "the repeat has the same webhook-id, attempt and bytes")
	require.Equal(t, string(m.Body), got[0].body)
	require.Equal(t, 1, r.row(m.ID).Attempts)
}

// What waits behind a message for a webhook that works again goes with it, in order, until one is not
// accepted.
func TestTheSlowLaneGoesOnWithWhatWaitsBehind(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	var ids []string
	for n := 1; n <= 5; n++ {
		m := outgoing(n)
		r.park(nil, m)
		ids = append(ids, m.ID)
	}
	require.NoError(t, r.db.MarkDead(t.Context(), ids[1], "canceled", r.clock.now()))
	r.isv.answers(func(w http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Chattigo-Sequence") == "4" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	var result SlowResult
	require.NoError(t, r.run(r.DeliverSlow, SlowInput{ID: ids[0], Next: ids[1:]}, &result))
	require.Equal(t, store.DeliveryDelivered, result.State)
	require.Len(t, result.Next, 2)
	require.Equal(t, store.DeliveryDead, result.Next[0].State)
	require.Equal(t, store.DeliveryDelivered, result.Next[1].State)
	require.Equal(t, []string{"1 status 500"}, r.attempts(ids[3]))
	require.Empty(t, r.attempts(ids[4]), "nothing overtakes a message that was not accepted")
}
