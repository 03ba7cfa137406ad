package activities

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

const abandoned = "cnv_abandoned"

// terminated is a room with a conversation of which only the row and the ledger are left: no. 1
// was delivered late, no. 2 and 3 wait.
func terminated(t *testing.T) *room {
	t.Helper()
	r := newRoom(t)
	require.NoError(t, r.db.Store.OpenConversation(t.Context(), store.Conversation{
		ID: abandoned, WorkflowID: "conversation:1", Channel: channel, WaID: contact, Bot: r.bot, OpenedAt: at(-time.Hour),
	}))
	to := Address{Conversation: abandoned, WorkflowID: "conversation:1", Channel: channel, Contact: contact}
	for n := 1; n <= 3; n++ {
		m := outgoing(n)
		require.NoError(t, r.db.Park(t.Context(), []store.Delivery{to.row(m, replyKind)}))
	}
	_, err := r.db.Store.RecordAttempt(t.Context(), store.Attempt{Delivery: outgoing(1).ID, At: opened(), Class: "delivered"},
		store.Outcome{State: store.DeliveryDelivered, At: opened()})
	require.NoError(t, err)
	return r
}

func (r *room) recovers() RecoverResult {
	r.t.Helper()
	var result RecoverResult
	require.NoError(r.t, r.run(r.Recover, RecoverInput{Conversation: abandoned}, &result))
	return result
}

func entry(d store.Direction, id string, sequence int) store.Entry {
	return store.Entry{At: opened(), Direction: d, ID: id, Sequence: sequence, Body: []byte(`{}`)}
}

func TestRecoverArchivesWhatTheLastRunKnew(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	r.runs.remains = Remains{
		Sequence: 5, Messages: 2, Replies: 4, Unanswered: 1, Page: 2, Refused: map[string]int{"menu": 2},
		Tail:     []store.Entry{entry(store.In, "m2", 0), entry(store.Out, "r4", 4)},
		Accepted: []store.Entry{entry(store.In, "m1", 0), entry(store.In, "m2", 0), entry(store.In, "m3", 0), entry(store.In, "m3", 0)},
	}
	require.NoError(t, r.db.PutPage(t.Context(), store.Page{Conversation: abandoned, Number: 1, Entries: []store.Entry{entry(store.In, "m1", 0)}}))
	for range 2 { // the notice is not lost with the worker that made it
		require.Equal(t, RecoverResult{Recovered: true, Notice: &NoticeInput{
			Address:  Address{Conversation: abandoned, WorkflowID: "conversation:1", Channel: channel, Contact: contact},
			Sequence: 6, MadeAt: opened(), Carried: true,
		}}, r.recovers())
		row, err := r.db.Conversation(t.Context(), abandoned)
		require.NoError(t, err)
		require.Equal(t, store.Conversation{
			ID: abandoned, WorkflowID: "conversation:1", Channel: channel, WaID: contact, Bot: r.bot, OpenedAt: at(-time.Hour),
			ClosedAt: opened(), Outcome: OutcomeTerminated, Messages: 2, Replies: 4, Unanswered: 2,
			Refused: map[string]int{"menu": 2},
		}, row)
		pages, err := r.db.Pages(t.Context(), abandoned)
		require.NoError(t, err)
		require.Len(t, pages, 2)
		require.Equal(t, 2, pages[1].Number)
		require.Len(t, pages[1].Entries, 3)
		require.Equal(t, "m3", pages[1].Entries[2].ID)
		require.Equal(t, noteTerminated, pages[1].Entries[2].Note)
	}
	require.Equal(t, store.DeliveryDelivered, r.row(outgoing(1).ID).State)
	for n := 2; n <= 3; n++ {
		row := r.row(outgoing(n).ID)
		require.Equal(t, store.DeliveryDead, row.State)
		require.Equal(t, OutcomeTerminated, row.LastError)
	}
	repeat := r.reply(r.input(text("m2", 0, "hola"), text("m3", 1, "hola")))
	require.Nil(t, repeat.State, "its messages are known")

	result, err := r.notify(*r.recovers().Notice)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, result.State)
	require.Equal(t, RecoverResult{Recovered: true}, r.recovers(), "it was told")
}

// A notice that was refused while the conversation was closing is carried on.
func TestRecoverKeepsTheNoticeThatWaits(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	refused := NoticeInput{Address: Address{Conversation: abandoned, WorkflowID: "conversation:1", Channel: channel, Contact: contact}, Sequence: 4, MadeAt: opened()}
	require.NoError(t, r.db.Park(t.Context(), []store.Delivery{refused.noticeRow()}))
	r.runs.remains = Remains{Page: 1, Sequence: 3}
	require.Equal(t, 4, r.recovers().Notice.Sequence)
	result, err := r.notify(*r.recovers().Notice)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, result.State)
}

func TestRecoverServesFromTheDatabaseWhenTheLastRunIsBlocked(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	r.runs.remains = Remains{Silent: true, Accepted: []store.Entry{entry(store.In, "m1", 0), entry(store.In, "m4", 0)}}
	unanswered := entry(store.In, "m3", 0)
	unanswered.Note = "not answered"
	require.NoError(t, r.db.PutPage(t.Context(), store.Page{Conversation: abandoned, Number: 1, Entries: []store.Entry{
		entry(store.In, "m1", 0), entry(store.Out, "r1", 1), entry(store.Out, "r9", 9), entry(store.In, "m2", 0), unanswered,
	}}))
	result := r.recoversAtLast(t)
	require.True(t, result.Recovered)
	require.Equal(t, 10, result.Notice.Sequence)
	row, err := r.db.Conversation(t.Context(), abandoned)
	require.NoError(t, err)
	require.Equal(t, []int{2, 2, 2}, []int{row.Messages, row.Replies, row.Unanswered})
	pages, err := r.db.Pages(t.Context(), abandoned)
	require.NoError(t, err)
	require.Len(t, pages, 2)
	require.Len(t, pages[0].Entries, 5, "what was written stays")
	require.Equal(t, "m4", pages[1].Entries[0].ID, "what was accepted is kept")
}

// recoversAtLast is an attempt after which no more patience is had with a silent run.
func (r *room) recoversAtLast(t *testing.T) (result RecoverResult) {
	t.Helper()
	row, err := r.db.Conversation(t.Context(), abandoned)
	require.NoError(t, err)
	remains, err := r.runs.Remains(t.Context(), row.WorkflowID, row.ID)
	require.NoError(t, err)
	result, err = recovery{r.Activities}.recover(t.Context(), row, remains)
	require.NoError(t, err)
	return result
}

func TestRecoverIsPatientWithARunThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	for _, remains := range []Remains{{Silent: true}, {Settling: true}} {
		r.runs.remains = remains
		failed := expected(t, r.run(r.Recover, RecoverInput{Conversation: abandoned}, nil))
		require.Equal(t, settleWait, failed.NextRetryDelay())
	}
	row, err := r.db.Conversation(t.Context(), abandoned)
	require.NoError(t, err)
	require.Zero(t, row.ClosedAt)
}

// The conversation ends properly between the look at its row and the end of its recovery.
func TestRecoverDoesNotOverwriteAProperEnd(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	row, err := r.db.Conversation(t.Context(), abandoned)
	require.NoError(t, err)
	_, err = r.db.MarkOthersDead(t.Context(), store.Delivery{Conversation: abandoned}, "x", opened())
	require.NoError(t, err)
	row.Waiting = false
	proper := row
	proper.ClosedAt, proper.Outcome, proper.Messages = opened(), "resolved", 7
	ids := []store.MessageID{{Hash: store.HashMessageID("m1"), Timestamp: 1}}
	require.NoError(t, r.db.CloseConversation(t.Context(), store.Closing{Conversation: proper, MessageIDs: ids}))
	result, err := recovery{r.Activities}.recover(t.Context(), row, Remains{Page: 1})
	require.NoError(t, err)
	require.Equal(t, RecoverResult{}, result)
	now, err := r.db.Conversation(t.Context(), abandoned)
	require.NoError(t, err)
	require.Equal(t, proper, now)
	id, _ := NoticeMessage(abandoned)
	_, err = r.db.Store.Delivery(t.Context(), id)
	require.ErrorIs(t, err, store.ErrNotFound, "nobody carries a notice of ours")
}

func TestRecoverLeavesAloneWhatIsWell(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	r.runs.remains = Remains{Open: true}
	require.Equal(t, RecoverResult{}, r.recovers())
	row, err := r.db.Conversation(t.Context(), abandoned)
	require.NoError(t, err)
	require.Zero(t, row.ClosedAt)
	require.Equal(t, store.DeliveryWaiting, r.row(outgoing(2).ID).State)

	r.runs.remains = Remains{}
	first := r.recovers()
	require.True(t, first.Recovered)
	asked := len(r.runs.asked)
	require.Equal(t, first, r.recovers(), "it is closed by now")
	require.Len(t, r.runs.asked, asked)

	var gone RecoverResult
	require.NoError(t, r.run(r.Recover, RecoverInput{Conversation: "cnv_unknown"}, &gone))
	require.Equal(t, RecoverResult{}, gone)
}

func TestRecoverTellsNobodyTwice(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	r.runs.remains = Remains{Told: true, Page: 1}
	require.Equal(t, RecoverResult{Recovered: true}, r.recovers())
}

func TestRecoverDoesNotGuess(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	r.runs.err = errors.New("the open run does not answer")
	require.Error(t, r.run(r.Recover, RecoverInput{Conversation: abandoned}, nil))
	row, err := r.db.Conversation(t.Context(), abandoned)
	require.NoError(t, err)
	require.Zero(t, row.ClosedAt)
}

func TestTheHourlyLookFindsRowsWithoutARun(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	open := func(id, workflowID string, after time.Duration) {
		require.NoError(t, r.db.Store.OpenConversation(t.Context(), store.Conversation{
			ID: id, WorkflowID: workflowID, Channel: channel, WaID: contact, OpenedAt: at(after),
		}))
	}
	open("cnv_gone", "w1", -time.Hour)
	open("cnv_runs", "w2", -time.Hour)
	open("cnv_new", "w3", -minRowAge+time.Second)
	open("cnv_superseded", "w4", -2*time.Hour)
	open("cnv_superseding", "w4", -time.Hour)
	r.closed("cnv_closed", "m")
	for i := range 2*missingBatch + 1 {
		open("cnv_many_"+time.Duration(i).String(), "many"+time.Duration(i).String(), -3*time.Hour+time.Duration(i)*time.Second)
	}
	r.runs.running = map[string]bool{"w2": true, "w4": true}
	for i := range 2*missingBatch + 1 {
		r.runs.running["many"+time.Duration(i).String()] = i != 150
	}
	var found FindResult
	require.NoError(t, r.run(r.FindUnclosed, FindInput{}, &found))
	require.ElementsMatch(t, []string{"cnv_superseded", "cnv_gone", "cnv_many_" + time.Duration(150).String()}, found.Conversations)

	to := address()
	require.NoError(t, r.db.Park(t.Context(), []store.Delivery{to.row(outgoing(1), replyKind)}))
	r.clock.set(at(73 * time.Hour))
	require.NoError(t, r.run(r.FindUnclosed, FindInput{}, nil))
	require.Equal(t, store.DeliveryWaiting, r.row(outgoing(1).ID).State)
	r.clock.set(at(73*time.Hour + time.Millisecond))
	require.NoError(t, r.run(r.FindUnclosed, FindInput{}, nil))
	require.Equal(t, store.DeliveryDead, r.row(outgoing(1).ID).State, "nobody carries it any more")

	r.runs.err = errors.New("down")
	require.Error(t, r.run(r.FindUnclosed, FindInput{}, nil))
}
