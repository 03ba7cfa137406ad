package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/chattigo/api-isv/store"
)

// soon is how long a reply may take on a busy machine.
const soon = 20 * time.Second

func TestWholeConversationFromGreetingToNotice(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)

	hello := text("hola")
	isv.post(t, ana, hello)
	hook.await(t, 2, soon)
	hours := tap("horarios")
	isv.post(t, ana, hours)
	hook.await(t, 4, soon)
	bye := text("salir")
	isv.post(t, ana, bye)
	got := hook.await(t, 6, soon)
	end := isv.awaitEnd(t, ana)
	hook.requireSilence(t)

	conversation := requireInOrder(t, got)
	require.Regexp(t, `^cnv_[0-9a-f-]{36}$`, conversation)
	ids := map[string]bool{}
	for i, d := range got {
		require.Regexp(t, `^msg_[0-9a-f]{32}$`, d.ID)
		ids[d.ID] = true
		require.Equal(t, isv.waID, d.WaID)
		require.Equal(t, ana, d.Contact)
		require.Equal(t, 1, d.Attempt)
		require.Equal(t, "application/json", d.Type)
		cause := []string{hello.id, hello.id, hours.id, hours.id, bye.id, ""}[i]
		require.Equal(t, cause, d.InReplyTo)
	}
	require.Len(t, ids, 6, "every message has a webhook-id of its own")
	require.Contains(t, got[0].said(), "asistente virtual")
	require.Equal(t, "¿Qué necesitas?", got[1].said())
	require.Contains(t, got[2].said(), "lunes a viernes")
	require.Contains(t, got[4].said(), "Gracias por escribirnos")
	require.True(t, got[5].isNotice(), got[5].Body)

	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, end.status)
	requireArchived(t, conversation, store.Conversation{
		ID: conversation, WorkflowID: isv.workflowID(ana), Channel: isv.waID, WaID: ana,
		Outcome: "resolved", Messages: 3, Replies: 5,
	})
	requireTranscript(t, conversation, got, []string{hello.id, hours.id, bye.id})
	keepHistory(t, "greeting-and-closing", isv.workflowID(ana), end.runID)
}

// requireArchived compares the row of an ended conversation, its times and bot aside.
func requireArchived(t *testing.T, conversation string, want store.Conversation) {
	t.Helper()
	row, err := shared.store.Conversation(t.Context(), conversation)
	require.NoError(t, err)
	require.False(t, row.ClosedAt.IsZero())
	require.False(t, row.ClosedAt.Before(row.OpenedAt))
	require.NotEmpty(t, row.Bot)
	row.OpenedAt, row.ClosedAt, row.Bot = time.Time{}, time.Time{}, ""
	require.Equal(t, want, row)
}

// requireTranscript demands that the archive holds what was said by both sides.
func requireTranscript(t *testing.T, conversation string, said []delivery, messages []string) {
	t.Helper()
	var in []string
	var out []delivery
	for _, entry := range transcript(t, conversation) {
		switch entry.Direction {
		case store.In:
			in = append(in, entry.ID)
		case store.Out:
			out = append(out, delivery{ID: entry.ID, Sequence: entry.Sequence, InReplyTo: entry.InReplyTo, Body: string(entry.Body)})
		}
	}
	var want []delivery
	for _, d := range said {
		want = append(want, delivery{ID: d.ID, Sequence: d.Sequence, InReplyTo: d.InReplyTo, Body: d.Body})
	}
	require.Equal(t, messages, in)
	require.Equal(t, want, out)
}

func TestSamePostThreeTimesIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	body := webhookBody(t, isv.value(ana, text("hola")))

	isv.repost(t, isv.api, body)
	hook.await(t, 2, soon)
	isv.repost(t, isv.api, body)
	isv.repost(t, shared.otherAPI, body)
	isv.post(t, ana, text("horario"))
	got := hook.await(t, 4, soon)
	hook.requireSilence(t)

	requireInOrder(t, got)
	require.Contains(t, got[2].said(), "lunes a viernes")
}

func TestSamePostAtTheSameTimeIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	body := webhookBody(t, isv.value(ana, text("hola")))

	var posts sync.WaitGroup
	statuses := make([]int, 6)
	for i := range statuses {
		api := []string{isv.api, shared.otherAPI}[i%2]
		posts.Go(func() {
			statuses[i], _, _ = isv.try(t.Context(), http.MethodPost, api+"/webhooks/inbound", body)
		})
	}
	posts.Wait()

	require.Equal(t, []int{200, 200, 200, 200, 200, 200}, statuses)
	got := hook.await(t, 2, soon)
	hook.requireSilence(t)
	requireInOrder(t, got)
}

// A message is redelivered when its conversation has ended, through an API process that has
// not seen it.
func TestSamePostAfterTheEndSaysNothing(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	body := webhookBody(t, isv.value(ana, text("hola"), text("salir")))
	isv.repost(t, isv.api, body)
	got := hook.await(t, 4, soon)
	ended := isv.awaitEnd(t, ana)

	for range 2 {
		isv.repost(t, shared.otherAPI, body)
	}

	var repeat description
	require.True(t, eventually(t, soon, func() bool {
		repeat = isv.describe(t, ana)
		return repeat.runID != ended.runID && repeat.status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	}))
	hook.requireSilence(t)
	require.True(t, got[3].isNotice(), got[3].Body)
	_, err := shared.store.Conversation(t.Context(), "cnv_"+repeat.runID)
	require.ErrorIs(t, err, store.ErrNotFound, "a run of repeats has no row")
	keepHistory(t, "repeat-only", isv.workflowID(ana), repeat.runID)
}

// It has the machine to itself, because it takes all of it.
func TestOnePostForTwoHundredContactsAnswersEach(t *testing.T) {
	const contacts = 200
	isv, hook := newISV(t, nil)
	var values []map[string]any
	for i := range contacts {
		values = append(values, isv.value(fmt.Sprintf("5693%07d", i), text("hola")))
	}

	began := time.Now()
	posts := postUntilAccepted(t, isv, webhookBody(t, values...))
	accepted := time.Since(began)
	hook.awaitThat(t, time.Minute, func() bool { return distinct(hook.taken()) >= 2*contacts })
	got := fresh(t, hook.taken())
	t.Logf("accepted after %d POSTs and %s, all %d replies delivered after %s", posts, accepted.Round(time.Millisecond), len(got), time.Since(began).Round(time.Millisecond))

	conversations := map[string]bool{}
	for i := range contacts {
		said := of(got, fmt.Sprintf("5693%07d", i))
		require.Len(t, said, 2)
		conversations[requireInOrder(t, said)] = true
	}
	require.Len(t, conversations, contacts)
	require.True(t, eventually(t, soon, func() bool { return countWorkflows(t, isv.waID) == contacts }))
	hook.requireSilence(t)
	require.Len(t, fresh(t, hook.taken()), 2*contacts)
}

// countWorkflows asks as an operator does; the answer may be a little late.
func countWorkflows(t *testing.T, waID string) int64 {
	t.Helper()
	counted, err := shared.temporal.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
		Query: fmt.Sprintf("ChattigoWaId = %q", waID),
	})
	require.NoError(t, err)
	return counted.GetCount()
}

func TestChannelWithoutWebhookAcceptsAndDeliversAfterTheFirstPatch(t *testing.T) {
	t.Parallel()
	isv, hook := newTenant(t), newReceiver(t, nil)

	isv.post(t, ana, text("hola"))
	requireWaiting(t, isv, 2)
	isv.post(t, ana, text("horario"))
	requireWaiting(t, isv, 4)
	requireStatus(t, isv, "waiting_webhook")
	patched := time.Now()
	isv.setWebhook(t, hook.url)
	got := hook.await(t, 4, 2*soon)

	t.Logf("all delivered %s after the PATCH", time.Since(patched).Round(time.Millisecond))
	requireInOrder(t, got)
	require.Contains(t, got[2].said(), "lunes a viernes")
	require.Equal(t, 1, got[0].Attempt, "without a webhook nothing was attempted")
	requireStatus(t, isv, "open")
	keepHistory(t, "no-webhook", isv.workflowID(ana), isv.describe(t, ana).runID)
}

func requireWaiting(t *testing.T, isv *tenant, n int) {
	t.Helper()
	var waiting []store.Delivery
	require.True(t, eventually(t, soon, func() bool {
		var err error
		waiting, err = shared.store.WaitingDeliveries(t.Context(), isv.waID, 100)
		require.NoError(t, err)
		return len(waiting) == n
	}), "%d messages wait in the ledger instead of %d", len(waiting), n)
}

func requireStatus(t *testing.T, isv *tenant, status string) {
	t.Helper()
	require.True(t, eventually(t, soon, func() bool { return isv.describe(t, ana).chattigoStatus == status }),
		"the conversation's status did not become %s", status)
}
