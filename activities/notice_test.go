package activities

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

const closeNotice = `{"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`

func noticeInput() NoticeInput {
	return NoticeInput{Address: address(), Sequence: 7, MadeAt: opened()}
}

func noticeID() string { return MessageID(ours, "notice", 0, []byte(closeNotice)) }

func (r *room) notify(in NoticeInput) (NoticeResult, error) {
	r.t.Helper()
	var result NoticeResult
	err := r.run(r.Notice, in, &result)
	return result, err
}

func (r *room) requireNoRow() {
	r.t.Helper()
	_, err := r.db.Store.Delivery(r.t.Context(), noticeID())
	require.ErrorIs(r.t, err, store.ErrNotFound)
}

func TestNoticeTakenAtOnceIsNotInTheLedger(t *testing.T) {
	t.Parallel()
	for _, last := range []bool{false, true} {
		r := newRoom(t)
		in := noticeInput()
		in.Last = last
		result, err := r.notify(in)
		require.NoError(t, err)
		require.Equal(t, NoticeResult{
			SlowResult: SlowResult{State: store.DeliveryDelivered, At: opened()}, ID: noticeID(), Body: []byte(closeNotice),
		}, result)
		require.Equal(t, []posted{{id: noticeID(), attempt: "1", sequence: "7", body: closeNotice}}, r.isv.received())
		r.requireNoRow()
	}
}

func TestNoticeIsGivenUpAfterFiveAttempts(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusServiceUnavailable)
	for n, wait := range []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second} {
		_, err := r.notify(noticeInput())
		failed := expected(t, err)
		require.Equal(t, "HTTP 503", failed.Type())
		require.Equal(t, wait, failed.NextRetryDelay())
		row := r.row(noticeID())
		require.Equal(t, "notice", row.Kind)
		require.Equal(t, noticeBody(), row.Body)
		require.Equal(t, n+1, row.Attempts)
		require.Equal(t, store.DeliveryWaiting, row.State)
		r.clock.set(row.NextTry)
	}
	for range 2 { // once dead it is not posted again
		result, err := r.notify(noticeInput())
		require.NoError(t, err)
		require.Equal(t, store.DeliveryDead, result.State)
		require.Equal(t, noticeID(), result.ID)
		require.Len(t, r.isv.received(), 5)
	}
	require.Equal(t, 5, r.row(noticeID()).Attempts)
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

func TestNoticeGetsOneLastAttempt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		prepare  func(*testing.T, *room)
		reason   string
		attempts int
	}{
		{"the first", func(_ *testing.T, r *room) { r.isv.says(http.StatusInternalServerError) }, "HTTP 500", 1},
		{"after one that failed, without waiting", func(t *testing.T, r *room) {
			r.isv.answers(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "60")
				w.WriteHeader(http.StatusServiceUnavailable)
			})
			_, err := r.notify(noticeInput())
			require.Equal(t, time.Minute, expected(t, err).NextRetryDelay())
		}, "HTTP 503", 2},
		{"nobody listens", func(t *testing.T, r *room) { r.setWebhook(refusing(t)) }, "connect", 1},
		{"there is no webhook", func(_ *testing.T, r *room) { r.setWebhook("") }, "no_webhook", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			tt.prepare(t, r)
			in := noticeInput()
			in.Last = true
			result, err := r.notify(in)
			require.NoError(t, err)
			require.Equal(t, SlowResult{State: store.DeliveryDead, At: opened()}, result.SlowResult)
			row := r.row(noticeID())
			require.Equal(t, store.DeliveryDead, row.State)
			require.Equal(t, tt.reason, row.LastError)
			require.Equal(t, tt.attempts, row.Attempts)
		})
	}
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
			r.isv.answers(func(_ http.ResponseWriter, q *http.Request) { close(r.stop); <-q.Context().Done() })
		},
		"the worker had stopped before": func(r *room) {
			close(r.stop)
			r.isv.answers(func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			prepare(r)
			in := noticeInput()
			in.Last = true
			_, err := r.notify(in)
			require.Error(t, err)
			if row, err := r.db.Store.Delivery(t.Context(), noticeID()); err == nil {
				require.Equal(t, store.DeliveryWaiting, row.State)
			}
		})
	}
}

func TestNoticeWithoutAWebhookIsGivenUpInTheEnd(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.setWebhook("")
	_, err := r.notify(noticeInput())
	require.Equal(t, NoWebhook, expected(t, err).Type())
	r.requireNoRow()
	r.clock.set(at(24 * time.Hour))
	result, err := r.notify(noticeInput())
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)
	require.Equal(t, NoWebhook, r.row(noticeID()).LastError)
}
