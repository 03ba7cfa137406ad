package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/workflows"
)

// The run is kept so short that sixty messages need several: it is started as the API starts
// it, with a bound that only tests set.
func TestConversationGoesOnOverSeveralRuns(t *testing.T) {
	t.Parallel()
	const messages = 60
	isv, hook := newISV(t, nil)
	first := text("hola")
	opened := startShort(t, isv, first)
	hook.await(t, 2, soon)

	sent := []string{first.id}
	for i := range messages {
		m := text("horario")
		isv.post(t, ana, m)
		sent = append(sent, m.id)
		if i%3 == 0 {
			hook.await(t, 2*len(sent), soon)
		}
	}

	got := hook.await(t, 2*len(sent), soon)
	hook.requireSilence(t)
	require.Len(t, hook.all(), 2*len(sent))
	require.Equal(t, "cnv_"+opened, requireInOrder(t, got))
	for i, id := range sent {
		require.Equal(t, id, got[2*i].InReplyTo)
		require.Equal(t, id, got[2*i+1].InReplyTo)
	}
	chain := runs(t, isv.workflowID(ana), opened)
	t.Logf("%d messages took %d runs", len(sent), len(chain))
	require.Greater(t, len(chain), 3)
	keepHistory(t, "continue-as-new-1", isv.workflowID(ana), chain[0])
	keepHistory(t, "continue-as-new-2", isv.workflowID(ana), chain[1])

	isv.post(t, ana, text("salir"))
	got = hook.await(t, 2*len(sent)+2, soon)
	require.True(t, got[len(got)-1].isNotice(), got[len(got)-1].Body)
	requireInOrder(t, got)
	isv.awaitEnd(t, ana)
	require.Len(t, transcript(t, got[0].Conversation), len(sent)+1+len(got), "nothing of it is missing in the archive")
}

// startShort opens a conversation whose runs end after 30 events, and returns its first run.
func startShort(t *testing.T, isv *tenant, m message) string {
	t.Helper()
	return startWith(t, isv, m, time.Now(), workflows.ConversationInput{MaxEvents: 30})
}

// startWith opens ana's conversation as the API does, at any time and with any input.
func startWith(t *testing.T, isv *tenant, m message, at time.Time, in workflows.ConversationInput) (runID string) {
	t.Helper()
	starter, err := definition.Load(definition.Starter())
	require.NoError(t, err)
	at = at.UTC().Truncate(time.Millisecond)
	envelope := workflows.Envelope{At: at, Bot: starter.Hash, Messages: []workflows.Inbound{{
		ID: m.id, Type: "text", Timestamp: at.Unix(), Name: "Ana", Message: encode(t, m.from(ana)),
	}}}
	in.Channel, in.WaID = isv.waID, ana
	options := client.StartWorkflowOptions{
		TaskQueue: workflows.TaskQueue,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.AttributeWaID().ValueSet(isv.waID),
			workflows.AttributeContact().ValueSet(ana),
			workflows.AttributeBot().ValueSet(starter.Label()),
			workflows.AttributeStatus().ValueSet(workflows.StatusOpen),
		),
	}
	run, err := shared.temporal.SignalWithStartWorkflow(t.Context(), isv.workflowID(ana), workflows.SignalInbound,
		envelope, options, workflows.ConversationType, in)
	require.NoError(t, err)
	return run.GetRunID()
}

// runs follows a conversation from its first run to its latest.
func runs(t *testing.T, workflowID, runID string) []string {
	t.Helper()
	var chain []string
	for runID != "" {
		chain = append(chain, runID)
		events := history(t, workflowID, runID).GetEvents()
		last := events[len(events)-1]
		runID = ""
		if last.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW {
			runID = last.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId()
		}
	}
	return chain
}
