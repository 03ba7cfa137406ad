package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// closedKey is what last words end with when they carry the close notice.
const closedKey = `,"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`

// isLastWords reports whether a message of WhatsApp's carries the close notice.
func (d delivery) isLastWords() bool {
	return strings.HasPrefix(d.Body, `{"messaging_product":`) && strings.HasSuffix(d.Body, closedKey)
}

func countLastWords(deliveries []delivery) (n int) {
	for _, d := range deliveries {
		if d.isLastWords() {
			n++
		}
	}
	return n
}

// configure changes settings of the channel's webhook.
func (c *tenant) configure(t *testing.T, settings map[string]any) {
	t.Helper()
	settings["waId"] = c.waID
	status, body := c.call(t, http.MethodPatch, c.api+"/webhooks/outbound", encode(t, settings))
	require.Equal(t, http.StatusOK, status, body)
}

// newMergingISV is a tenant whose close notice goes into the last words.
func newMergingISV(t *testing.T, a answer) (*tenant, *receiver) {
	t.Helper()
	isv, hook := newISV(t, a)
	isv.configure(t, map[string]any{"closeNotice": "merged"})
	return isv, hook
}

// refusesLastWords takes everything but last words, until it is healed.
func refusesLastWords(healed gate) answer {
	return func(_ context.Context, d delivery) int {
		select {
		case <-healed.opened:
			return http.StatusOK
		default:
		}
		if d.isLastWords() {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	}
}

func TestLastWordsCarryTheNoticeInOnePost(t *testing.T) {
	t.Parallel()
	isv, hook := newMergingISV(t, nil)
	hello, bye := text("hola"), text("salir")
	isv.post(t, ana, hello)
	hook.await(t, 2, soon)
	isv.post(t, ana, bye)
	got := hook.await(t, 3, soon)
	end := isv.awaitEnd(t, ana)
	hook.requireSilence(t)

	require.Len(t, hook.all(), 3, "the end is told once")
	conversation := requireInOrder(t, got)
	require.True(t, got[2].isLastWords(), got[2].Body)
	require.Contains(t, got[2].said(), "Gracias por escribirnos")
	require.Equal(t, bye.id, got[2].InReplyTo)
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, end.status)
	requireArchived(t, conversation, store.Conversation{
		ID: conversation, WorkflowID: isv.workflowID(ana), Channel: isv.waID, WaID: ana, Outcome: "resolved", Messages: 2, Replies: 3,
	})
	requireTranscript(t, conversation, got, []string{hello.id, bye.id})
	requireLedger(t, got[2:])
	keepHistory(t, "last-words", isv.workflowID(ana), end.runID)
}

// The webhook is down when the conversation closes, and works again some seconds later.
func TestLastWordsArriveWhenTheWebhookWorksAgain(t *testing.T) {
	t.Parallel()
	refusing := newSwitch()
	isv, hook := newMergingISV(t, refusing.answer)
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	refusing.set(http.StatusInternalServerError)
	isv.post(t, ana, text("menu"), text("salir"))
	hook.awaitAttempts(t, 4, soon)
	refusing.set(http.StatusOK)
	got := hook.await(t, 4, 60*time.Second)
	isv.awaitEnd(t, ana)
	hook.requireSilence(t)

	conversation := requireInOrder(t, got)
	require.Len(t, got, 4)
	require.True(t, got[3].isLastWords(), got[3].Body)
	require.Equal(t, 1, countLastWords(got))
	requireArchived(t, conversation, store.Conversation{
		ID: conversation, WorkflowID: isv.workflowID(ana), Channel: isv.waID, WaID: ana, Outcome: "resolved", Messages: 3, Replies: 4,
	})
	fresh(t, hook.all())
}

func TestRefusedLastWordsAreCarriedOnWhileTheNextConversationGoesOn(t *testing.T) {
	t.Parallel()
	healed := newGate()
	isv, hook := newMergingISV(t, refusesLastWords(healed))
	isv.post(t, ana, text("hola"), text("salir"))
	firstRun := isv.describe(t, ana).runID
	first := workflows.ConversationID(firstRun)
	hook.awaitThat(t, soon, func() bool { return countLastWords(hook.all()) > 0 })
	isv.post(t, ana, text("hola otra vez"))
	got := hook.await(t, 4, soon)
	require.NotEqual(t, first, got[3].Conversation)
	require.Equal(t, 1, got[2].Sequence)
	healed.open()
	hook.awaitThat(t, 40*time.Second, func() bool { return countLastWords(hook.taken()) == 1 })
	for _, d := range hook.all() {
		require.False(t, d.isNotice(), "no notice apart")
		if d.isLastWords() {
			require.Equal(t, first, d.Conversation)
			require.Equal(t, 3, d.Sequence)
		}
	}
	awaitCompleted(t, "notice:"+first)
	fresh(t, hook.all())
	keepHistory(t, "last-words-carried-on", isv.workflowID(ana), firstRun)
	keepHistory(t, "last-words-workflow", "notice:"+first, "")
}

func TestLastWordsOutliveTheRunThatSaidThem(t *testing.T) {
	t.Parallel()
	healed := newGate()
	isv, hook := newMergingISV(t, refusesLastWords(healed))
	opened := startWith(t, isv, text("hola"), time.Now(), workflows.ConversationInput{MaxEvents: 12})
	hook.await(t, 2, soon)
	isv.post(t, ana, text("salir"))
	hook.awaitThat(t, soon, func() bool { return countLastWords(hook.all()) == 1 })
	envelope := workflows.Envelope{At: time.Now().UTC().Truncate(time.Millisecond), Retry: true}
	require.NoError(t, shared.temporal.SignalWorkflow(t.Context(), isv.workflowID(ana), "", workflows.SignalInbound, envelope))
	require.True(t, eventually(t, soon, func() bool { return len(runs(t, isv.workflowID(ana), opened)) > 1 }), "the run went on")
	healed.open()
	got := hook.await(t, 3, 40*time.Second)
	isv.awaitEnd(t, ana)
	hook.requireSilence(t)

	require.Equal(t, workflows.ConversationID(opened), requireInOrder(t, got))
	require.True(t, got[2].isLastWords())
	require.Len(t, got, 3)
	fresh(t, hook.all())
	chain := runs(t, isv.workflowID(ana), opened)
	keepHistory(t, "last-words-continue-as-new-1", isv.workflowID(ana), chain[0])
	keepHistory(t, "last-words-continue-as-new-2", isv.workflowID(ana), chain[len(chain)-1])
}

// A conversation is terminated while its last words wait: they are what tells its end, once.
func TestLastWordsOfATerminatedConversationAreCarriedOn(t *testing.T) {
	t.Parallel()
	healed := newGate()
	isv, hook := newMergingISV(t, refusesLastWords(healed))
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	isv.post(t, ana, text("salir"))
	hook.awaitThat(t, soon, func() bool { return countLastWords(hook.all()) > 0 })
	awaitRecorded(t, isv)
	first := workflows.ConversationID(isv.describe(t, ana).runID)
	require.NoError(t, shared.temporal.TerminateWorkflow(t.Context(), isv.workflowID(ana), "", "a person did it"))
	isv.post(t, ana, text("hola otra vez"))
	healed.open()
	hook.awaitThat(t, recoveredWithin, func() bool { return countLastWords(hook.taken()) == 1 })
	awaitCompleted(t, "recover:"+first)
	for _, d := range hook.all() {
		require.False(t, d.isNotice(), "no notice apart")
	}
	row, err := shared.store.Conversation(t.Context(), first)
	require.NoError(t, err)
	require.Equal(t, "terminated", row.Outcome)
}
