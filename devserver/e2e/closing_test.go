package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/chattigo/api-isv/store"
)

func TestCancelledWorkflowClosesProperly(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	hello := text("hola")
	isv.post(t, ana, hello)
	hook.await(t, 2, soon)

	require.NoError(t, shared.temporal.CancelWorkflow(t.Context(), isv.workflowID(ana), ""))

	got := hook.await(t, 4, soon)
	end := isv.awaitEnd(t, ana)
	hook.requireSilence(t)
	conversation := requireInOrder(t, got)
	require.Contains(t, got[2].said(), "Cerramos este chat")
	require.Empty(t, got[2].InReplyTo)
	require.True(t, got[3].isNotice(), got[3].Body)
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED, end.status)
	requireArchived(t, conversation, store.Conversation{
		ID: conversation, WorkflowID: isv.workflowID(ana), Channel: isv.waID, WaID: ana,
		Outcome: "canceled", Messages: 1, Replies: 3,
	})
	requireTranscript(t, conversation, got, []string{hello.id})
	keepHistory(t, "canceled", isv.workflowID(ana), end.runID)
}

func TestMessageDuringTheEndOpensANewConversation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		// held is the delivery at which the ISV is slow while the message comes.
		held    func(delivery) bool
		history string
	}{
		{"while the closing reply is out", func(d delivery) bool { return strings.Contains(d.said(), "Gracias por escribirnos") }, "message-during-closing-reply"},
		{"while the notice is out", delivery.isNotice, "message-during-notice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			slow := newGate()
			isv, hook := newISV(t, func(ctx context.Context, d delivery) int {
				if c.held(d) {
					return slow.pass(ctx)
				}
				return http.StatusOK
			})
			isv.post(t, ana, text("hola"))
			hook.await(t, 2, soon)
			opened := isv.describe(t, ana).runID
			isv.post(t, ana, text("salir"))
			require.True(t, eventually(t, soon, func() bool {
				all := hook.all()
				return c.held(all[len(all)-1])
			}))
			late := text("horario")
			isv.post(t, ana, late)
			slow.open()

			got := hook.await(t, 6, soon)
			hook.requireSilence(t)
			first := requireInOrder(t, got[:4])
			second := requireInOrder(t, got[4:])
			require.True(t, got[3].isNotice(), got[3].Body)
			require.NotEqual(t, first, second)
			require.Equal(t, late.id, got[4].InReplyTo)
			require.Contains(t, got[4].said(), "lunes a viernes")
			require.Len(t, got, 6)
			requireArchived(t, first, store.Conversation{
				ID: first, WorkflowID: isv.workflowID(ana), Channel: isv.waID, WaID: ana,
				Outcome: "resolved", Messages: 2, Replies: 3,
			})
			next := isv.describe(t, ana)
			require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, next.status)
			require.NotEqual(t, opened, next.runID)
			keepHistory(t, c.history+"-1", isv.workflowID(ana), opened)
			keepHistory(t, c.history+"-2", isv.workflowID(ana), next.runID)
		})
	}
}
