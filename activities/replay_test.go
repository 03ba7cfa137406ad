package activities

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// buried puts n dead letters of a conversation into the ledger, each after three attempts, and marks them
// for the replay "rpl_1".
func (r *room) buried(n int) {
	r.t.Helper()
	for i := range n {
		row := address().row(outgoing(i+1), replyKind)
		row.State, row.Attempts, row.LastError = store.DeliveryDead, 3, "timeout"
		require.NoError(r.t, r.db.Park(r.t.Context(), []store.Delivery{row}))
	}
	marked, err := r.db.MarkReplay(r.t.Context(), store.ReplayQuery{ID: "rpl_1", Channel: channel, At: r.clock.now(), Limit: n})
	require.NoError(r.t, err)
	require.Equal(r.t, int64(n), marked)
	r.limits.replayPace = 0
}

func (r *room) replay(in ReplayInput) ReplayResult {
	r.t.Helper()
	in.ID, in.Channel = "rpl_1", channel
	var result ReplayResult
	require.NoError(r.t, r.run(r.Replay, in, &result))
	return result
}

func TestAReplaySendsItsListInOrder(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.buried(80)
	replays := make(chan string, 200)
	r.isv.answers(func(w http.ResponseWriter, req *http.Request) {
		replays <- req.Header.Get("Webhook-Replay")
		_, _ = w.Write([]byte(`{"messages":[{"id":"wamid.out"}]}`))
	})
	for _, want := range []ReplayResult{{Sent: 50}, {Sent: 30, Done: true}, {Done: true}} {
		require.Equal(t, want, r.replay(ReplayInput{}))
	}
	got := r.isv.received()
	require.Len(t, got, 80)
	for i, p := range got {
		m := outgoing(i + 1)
		require.Equal(t, posted{id: m.ID, attempt: "4", sequence: strconv.Itoa(i + 1), body: string(m.Body)}, p)
		require.Equal(t, "true", <-replays)
	}
	row := r.row(outgoing(7).ID)
	require.Equal(t, store.DeliveryDelivered, row.State)
	require.Equal(t, "wamid.out", row.WAMID)
	require.Equal(t, "rpl_1", row.Replay)
	require.Equal(t, []string{"4 delivered 200"}, r.attempts(row.ID))
}

// A message that fails holds up the replay for as long as it is tried, and then stays dead.
func TestAReplayLeavesDeadWhatIsNotTaken(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.buried(3)
	first := outgoing(1).ID
	r.isv.answers(func(w http.ResponseWriter, req *http.Request) {
		switch req.Header.Get("Webhook-Id") {
		case first:
			w.WriteHeader(http.StatusInternalServerError)
		case outgoing(2).ID:
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
	})
	in := ReplayInput{}
	for n, wait := range []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute} {
		result := r.replay(in)
		require.Equal(t, ReplayResult{Head: first, Tries: n + 1, Why: "HTTP 500", Wait: wait.Milliseconds()}, result)
		in.Head, in.Tries = result.Head, result.Tries
		r.clock.set(r.clock.now().Add(wait))
	}
	require.Len(t, r.isv.received(), 4)
	in.Tries = 5
	r.webhooks = webhook.NewEndpoints(webhook.DefaultEndpointLimits()) // the circuit breaker has tests of its own
	result := r.replay(in)
	require.Equal(t, ReplayResult{Sent: 1, Left: 2, Why: "HTTP 422", Done: true}, result, "the sixth try of one, the only one of the next")
	require.Len(t, r.isv.received(), 4+1+1+1)
	for n, state := range []store.DeliveryState{store.DeliveryDead, store.DeliveryDead, store.DeliveryDelivered} {
		row := r.row(outgoing(n + 1).ID)
		require.Equal(t, state, row.State)
	}
	require.Equal(t, "HTTP 500", r.row(first).LastError)
	require.Equal(t, 8, r.row(first).Attempts)
	require.Empty(t, r.row(first).Replay, "it can be asked for again")
}

func TestAReplayEndsWhereNothingIsPosted(t *testing.T) {
	t.Parallel()
	for why, change := range map[string]func(*room){
		"the channel has no webhook":             func(r *room) { r.setWebhook("") },
		"the ISV pulls the messages of this cha": func(r *room) { r.pulls(true) },
		"the webhook is off (gone)":              func(r *room) { r.isv.says(http.StatusGone) },
	} {
		r := newRoom(t)
		r.buried(2)
		change(r)
		result := r.replay(ReplayInput{})
		if result.Head != "" { // the webhook said itself that it is off
			result = r.replay(ReplayInput{})
		}
		require.True(t, result.Off, why)
		require.Contains(t, result.Why, why)
		left, err := r.EndReplay(t.Context(), ReplayInput{ID: "rpl_1"})
		require.NoError(t, err)
		require.Equal(t, 2, left)
		require.True(t, r.replay(ReplayInput{}).Done)
		require.Equal(t, store.DeliveryDead, r.row(outgoing(1).ID).State)
	}
}

// A webhook that fails, or asked for a pause, is left alone by replays as it is by replies.
func TestAReplayWaitsForAWebhookThatFails(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.buried(1)
	r.breakWebhook()
	result := r.replay(ReplayInput{Head: outgoing(1).ID, Tries: 2})
	require.Contains(t, result.Why, "circuit breaker")
	require.Positive(t, result.Wait)
	require.Equal(t, 2, result.Tries, "that was no try")
	require.Empty(t, r.isv.received())

	r = newRoom(t)
	r.buried(1)
	r.isv.answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	require.Equal(t, time.Minute.Milliseconds(), r.replay(ReplayInput{}).Wait)
	result = r.replay(ReplayInput{Head: outgoing(1).ID, Tries: 1})
	require.False(t, result.Off)
	require.Equal(t, "the webhook asked for a pause", result.Why)
	require.Len(t, r.isv.received(), 1)
}

// The channels of one account cannot take all the places in which replays run.
func TestReplaysOfAnAccountAreBounded(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.buried(1)
	for range replaysPerAccount {
		require.True(t, r.replays.begin("demo"))
	}
	result := r.replay(ReplayInput{})
	require.Equal(t, ReplayResult{Why: "too many replays are under way", Wait: 5000}, result)
	for n := range maxReplays - replaysPerAccount {
		require.True(t, r.replays.begin(strconv.Itoa(n)))
	}
	require.False(t, r.replays.begin("another"))
	r.replays.end("demo")
	require.Equal(t, ReplayResult{Sent: 1, Done: true}, r.replay(ReplayInput{}))
	require.True(t, r.replays.begin("another"))
}

func TestAReplayStopsWithItsWorker(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.buried(3)
	r.isv.answers(func(_ http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Webhook-Id") == outgoing(2).ID {
			r.stopOnce.Do(func() { close(r.stop) })
			<-req.Context().Done()
		}
	})
	result := r.replay(ReplayInput{})
	require.Equal(t, 1, result.Sent)
	require.False(t, result.Done)
	require.Equal(t, 3, r.row(outgoing(2).ID).Attempts, "our own stop says nothing about the ISV")
	require.Len(t, r.isv.received(), 2)
}

func TestTheSweepDropsWhatIsSettledAfter30Days(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.buried(2)
	_, err := r.db.EndReplay(t.Context(), "rpl_1")
	require.NoError(t, err)
	_, err = r.db.MarkReplay(t.Context(), store.ReplayQuery{ID: "rpl_2", Channel: channel, Delivery: outgoing(2).ID, At: at(29 * 24 * time.Hour), Limit: 1})
	require.NoError(t, err)
	r.park(nil, outgoing(3))
	sweep := func(day int) {
		r.clock.set(at(time.Duration(day)*24*time.Hour + time.Minute))
		require.NoError(t, sweep{r.Activities}.dropSettled(t.Context()))
	}
	sweep(29)
	require.Equal(t, store.DeliveryDead, r.row(outgoing(1).ID).State)
	sweep(30)
	_, err = r.db.Store.Delivery(t.Context(), outgoing(1).ID)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.Equal(t, store.DeliveryDead, r.row(outgoing(2).ID).State, "it is being replayed")
	require.Equal(t, store.DeliveryWaiting, r.row(outgoing(3).ID).State)
}
