package activities

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

func (r *room) setMerging(merges bool) {
	r.t.Helper()
	require.NoError(r.t, r.db.ConfigureWebhook(r.t.Context(), channel, store.WebhookSettings{MergeNotice: &merges}, opened()))
}

func TestReplyRecordsThatTheNoticeIsMerged(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first := r.reply(r.input(text("m1", 0, "hola")))
	bye := r.next(first, text("m2", 1, "salir"))
	require.False(t, r.reply(bye).Merge)
	r.setMerging(true)
	require.False(t, r.reply(r.next(first, text("m2", 1, "horarios"))).Merge, "it goes on")
	result := r.reply(bye)
	require.True(t, result.Merge, "what a PATCH has set counts at once")
	last, ok := result.LastWords(ours)
	require.True(t, ok)
	require.Equal(t, "m2", last.InReplyTo)
	silent := r.next(first, chat.Incoming{ID: "u", At: at(time.Second), Control: &chat.Control{Kind: bot.ControlClose, Silent: true}})
	require.NotNil(t, r.reply(silent).Close)
	require.False(t, r.reply(silent).Merge)

	r.db.channel = errors.New("the database is down")
	_, err := r.Reply(t.Context(), bye)
	require.ErrorIs(t, err, r.db.channel)
}

// lastWords parks last words as the workflow does, and returns the input of their Notice.
func (r *room) lastWords() (NoticeInput, Outgoing) {
	r.t.Helper()
	m := outgoing(7)
	merged, ok := chat.LastWords(ours, m.Send)
	require.True(r.t, ok)
	m.Send = merged
	require.NoError(r.t, r.Park(r.t.Context(), ParkInput{Address: address(), Messages: []Outgoing{m}, Notice: true}))
	in := noticeInput()
	in.ID = m.ID
	return in, m
}

func TestNoticeDeliversTheLastWordsOfTheLedger(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in, m := r.lastWords()
	require.Equal(t, noticeKind, r.row(m.ID).Kind)
	result, err := r.notify(in)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, result.State)
	require.Equal(t, []posted{{id: m.ID, attempt: "1", sequence: "7", body: string(m.Body)}}, r.isv.received())
	require.Equal(t, store.DeliveryDelivered, r.row(m.ID).State)
	again, err := r.notify(in)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, again.State)
	require.Len(t, r.isv.received(), 1)
	r.requireNoRow()
}

func TestLastWordsKeepTheScheduleOfANotice(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusServiceUnavailable)
	in, m := r.lastWords()
	for range maxInlineNoticeAttempts - 1 {
		_, err := r.notify(in)
		r.clock.set(r.clock.now().Add(expected(t, err).NextRetryDelay()))
	}
	result, err := r.notify(in)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryWaiting, result.State)
	require.Equal(t, 5, r.row(m.ID).Attempts)
	in.Carried = true
	for r.row(m.ID).State == store.DeliveryWaiting {
		r.clock.set(r.row(m.ID).NextTry)
		_, _ = r.notify(in)
	}
	require.Equal(t, store.DeliveryDead, r.row(m.ID).State)
	require.Equal(t, 19, r.row(m.ID).Attempts)
	for _, p := range r.isv.received() {
		require.Equal(t, string(m.Body), p.body)
	}
	r.requireNoRow()
}

func TestLastWordsAreCalledOff(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in, m := r.lastWords()
	result, err := r.GiveUp(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)
	require.Equal(t, calledOff, r.row(m.ID).LastError)

	in.ID = "msg_unknown"
	result, err = r.GiveUp(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)
	result, err = r.notify(in)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State, "the ledger does not keep them for ever")
}

// abandonedWords are last words in the ledger of the terminated conversation.
func (r *room) abandonedWords() string {
	r.t.Helper()
	m := outgoing(4)
	m.Send, _ = chat.LastWords(abandoned, m.Send)
	to := Address{Conversation: abandoned, WorkflowID: "conversation:1", Channel: channel, Contact: contact}
	require.NoError(r.t, r.db.Park(r.t.Context(), []store.Delivery{to.row(m, noticeKind)}))
	return m.ID
}

// A terminated conversation whose last words wait tells its end once, with them.
func TestRecoverCarriesTheLastWordsOn(t *testing.T) {
	t.Parallel()
	for name, remains := range map[string]func(id string) Remains{
		"the last run answers": func(id string) Remains { return Remains{Page: 1, Sequence: 4, LastWords: id} },
		"it is blocked":        func(string) Remains { return Remains{Silent: true} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := terminated(t)
			id := r.abandonedWords()
			r.runs.remains = remains(id)
			result := r.recoversAtLast(t)
			require.Equal(t, id, result.Notice.ID)
			require.Equal(t, 4, result.Notice.Sequence)
			require.True(t, result.Notice.Carried)
			require.Equal(t, result, r.recovers(), "it is not lost with the worker that found it")
			require.Equal(t, store.DeliveryDead, r.row(outgoing(2).ID).State)
			done, err := r.notify(*result.Notice)
			require.NoError(t, err)
			require.Equal(t, store.DeliveryDelivered, done.State)
			require.Equal(t, RecoverResult{Recovered: true}, r.recovers())
			separate, _ := NoticeMessage(abandoned)
			_, err = r.db.Store.Delivery(t.Context(), separate)
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	}
}

func TestRecoverLeavesLastWordsToTheWorkflowThatCarriesThem(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	id := r.abandonedWords()
	r.runs.remains = Remains{Told: true, Page: 1, LastWords: id}
	_ = r.recoversAtLast(t)
	require.Equal(t, store.DeliveryWaiting, r.row(id).State)
}

// Last words of a workflow task that was lost, and that said something else when it was repeated.
func TestRecoverBuriesLastWordsThatNobodySaid(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	id := r.abandonedWords()
	r.runs.remains = Remains{Page: 1, Sequence: 4}
	result := r.recoversAtLast(t)
	require.Equal(t, store.DeliveryDead, r.row(id).State)
	require.Empty(t, result.Notice.ID)
	require.Equal(t, 5, result.Notice.Sequence)
}
