package activities

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

const closeNotice = `{"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`

func noticeInput() NoticeInput {
	return NoticeInput{Address: address(), Sequence: 7, MadeAt: opened()}
}

func noticeID() string { return chat.MessageID(ours, "notice", 0, []byte(closeNotice)) }

func (r *room) notify(in NoticeInput) (SlowResult, error) {
	r.t.Helper()
	var result SlowResult
	err := r.run(r.Notice, in, &result)
	return result, err
}

func (r *room) requireNoRow() {
	r.t.Helper()
	_, err := r.db.Store.Delivery(r.t.Context(), noticeID())
	require.ErrorIs(r.t, err, store.ErrNotFound)
}

func carried() NoticeInput {
	in := noticeInput()
	in.Carried = true
	return in
}

func TestNoticeTakenAtOnceIsNotInTheLedger(t *testing.T) {
	t.Parallel()
	for _, in := range []NoticeInput{noticeInput(), carried()} {
		r := newRoom(t)
		result, err := r.notify(in)
		require.NoError(t, err)
		require.Equal(t, SlowResult{State: store.DeliveryDelivered, At: opened()}, result)
		require.Equal(t, []posted{{id: noticeID(), attempt: "1", sequence: "7", body: closeNotice}}, r.isv.received())
		r.requireNoRow()
	}
}

func TestNoticeIsHandedOverAfterFiveAttemptsAndCarriedTo72Hours(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusServiceUnavailable)
	for n, wait := range []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second} {
		_, err := r.notify(noticeInput())
		failed := expected(t, err)
		require.Equal(t, "HTTP 503", failed.Type())
		require.Equal(t, wait, failed.NextRetryDelay())
		row := r.row(noticeID())
		if wait > waitInside {
			_, err = r.notify(noticeInput())
			require.Equal(t, "deferred", expected(t, err).Type(), "that is no refusal")
		}
		require.Equal(t, "notice", row.Kind)
		require.Equal(t, chat.Notice, string(row.Body))
		require.Equal(t, n+1, row.Attempts)
		require.Equal(t, store.DeliveryWaiting, row.State)
		r.clock.set(row.NextTry)
	}
	for range 2 { // the conversation does not try a sixth time
		result, err := r.notify(noticeInput())
		require.NoError(t, err)
		require.Equal(t, store.DeliveryWaiting, result.State)
		require.Len(t, r.isv.received(), 5)
	}
	for r.row(noticeID()).State == store.DeliveryWaiting {
		r.clock.set(r.row(noticeID()).NextTry)
		_, err := r.notify(carried())
		if err != nil {
			require.Equal(t, "HTTP 503", expected(t, err).Type())
		}
	}
	require.Equal(t, 19, r.row(noticeID()).Attempts)
	require.Len(t, r.isv.received(), 19)
	require.Greater(t, r.clock.now().Sub(opened()), 71*time.Hour)
	result, err := r.notify(carried())
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)
}

func TestNoticeIsTakenAtLast(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusBadGateway)
	_, err := r.notify(noticeInput())
	require.Equal(t, "HTTP 502", expected(t, err).Type())
	r.clock.set(at(-2 * time.Second))
	_, err = r.notify(noticeInput())
	require.Equal(t, "deferred", expected(t, err).Type(), "it waits for its turn like any other")
	r.isv.says(http.StatusOK)
	r.clock.set(at(time.Second))
	result, err := r.notify(noticeInput())
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, result.State)
	require.Equal(t, store.DeliveryDelivered, r.row(noticeID()).State)
	_, err = r.notify(noticeInput())
	require.NoError(t, err)
	require.Len(t, r.isv.received(), 2)
}

func TestNoticeIsOfferedOnceWhenAMessageWaits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		prepare  func(*testing.T, *room)
		state    store.DeliveryState
		attempts int
	}{
		{"and taken", func(*testing.T, *room) {}, store.DeliveryDelivered, 0},
		{"for the first time", func(_ *testing.T, r *room) { r.isv.says(http.StatusInternalServerError) }, store.DeliveryWaiting, 1},
		{"after one that failed, without waiting", func(t *testing.T, r *room) {
			r.isv.says(http.StatusServiceUnavailable)
			_, err := r.notify(noticeInput())
			require.Equal(t, time.Second, expected(t, err).NextRetryDelay())
		}, store.DeliveryWaiting, 2},
		{"and nobody listens", func(t *testing.T, r *room) { r.setWebhook(refusing(t)) }, store.DeliveryWaiting, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			tt.prepare(t, r)
			in := noticeInput()
			in.Once = true
			result, err := r.notify(in)
			require.NoError(t, err)
			require.Equal(t, tt.state, result.State)
			if tt.state == store.DeliveryWaiting {
				require.Equal(t, tt.attempts, r.row(noticeID()).Attempts)
				require.Equal(t, store.DeliveryWaiting, r.row(noticeID()).State)
			}
		})
	}
}

func TestACalledOffNoticeIsADeadLetter(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for range 2 {
		var result SlowResult
		require.NoError(t, r.run(r.GiveUp, carried(), &result))
		require.Equal(t, SlowResult{State: store.DeliveryDead, At: opened()}, result)
	}
	row := r.row(noticeID())
	require.Equal(t, store.DeliveryDead, row.State)
	require.Equal(t, "canceled", row.LastError)
	require.Empty(t, r.isv.received())
}

func TestNoticeIsNotBuriedForOurOwnFaults(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for name, prepare := range map[string]func(*room){
		"the ledger cannot be read":   func(r *room) { r.db.delivery = down },
		"the channel cannot be read":  func(r *room) { r.db.channel = down },
		"the attempt is not recorded": func(r *room) { r.isv.says(http.StatusInternalServerError); r.db.record = down },
		"the success is not recorded": func(r *room) { r.db.record = down },
		"the worker stops meanwhile": func(r *room) {
			r.isv.answers(func(_ http.ResponseWriter, q *http.Request) {
				r.stopOnce.Do(func() { close(r.stop) })
				<-q.Context().Done()
			})
		},
		"the worker had stopped before": func(r *room) {
			r.stopOnce.Do(func() { close(r.stop) })
			r.isv.answers(func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			prepare(r)
			for _, in := range []NoticeInput{noticeInput(), carried()} {
				_, err := r.notify(in)
				require.Error(t, err)
				if row, err := r.db.Store.Delivery(t.Context(), noticeID()); err == nil {
					require.Equal(t, store.DeliveryWaiting, row.State)
				}
			}
		})
	}
}

func TestNoticeWithoutAWebhookIsHandedOverAtOnceAndGivenUpInTheEnd(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.setWebhook("")
	result, err := r.notify(noticeInput())
	require.NoError(t, err)
	require.Equal(t, store.DeliveryWaiting, result.State)
	require.Equal(t, store.DeliveryWaiting, r.row(noticeID()).State)
	_, err = r.notify(carried())
	require.Equal(t, NoWebhook, expected(t, err).Type())
	require.Equal(t, time.Hour, expected(t, err).NextRetryDelay())
	r.clock.set(at(72 * time.Hour))
	result, err = r.notify(carried())
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)
	require.Equal(t, NoWebhook, r.row(noticeID()).LastError)
}
