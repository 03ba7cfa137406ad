package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/workflows"
)

// These tests run by themselves, before the parallel ones: what stands in a history must not
// depend on how busy the machine is.

// A turn that goes well costs six events: that is what makes a conversation cheap.
func TestHistoryOfTwoTurns(t *testing.T) {
	isv, hook := newISV(t, nil)
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	before := awaitRest(t, isv)
	isv.post(t, ana, tap("horarios"))
	hook.await(t, 4, soon)
	after := awaitRest(t, isv)

	require.Equal(t, 6, len(after)-len(before))
	golden(t, "two-turns.golden", readable(t, after))
}

func TestHistoryOfTheEnd(t *testing.T) {
	isv, hook := newISV(t, nil)
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	before := awaitRest(t, isv)
	isv.post(t, ana, text("salir"))
	hook.await(t, 4, soon)
	end := isv.awaitEnd(t, ana)

	events := history(t, isv.workflowID(ana), end.runID).GetEvents()
	golden(t, "closing.golden", readable(t, events[len(before):]))
}

func TestHistoryOfASlowDelivery(t *testing.T) {
	isv, hook := newISV(t, refuseFirst(1))
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	requireStatus(t, isv, "open")

	golden(t, "slow-delivery.golden", readable(t, awaitRest(t, isv)))
}

// A person takes over, the contact writes, the bot is given back: what was asked for stands in
// the history before anything is said because of it.
func TestHistoryOfAHandoff(t *testing.T) {
	isv, hook := newISV(t, nil)
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	before := awaitRest(t, isv)
	conversation := workflows.ConversationID(isv.describe(t, ana).runID)
	isv.control(t, conversation, "handoff", `{"note":"para Eva"}`)
	requireStatus(t, isv, "handed_off")
	awaitRest(t, isv)
	isv.post(t, ana, text("¿hay alguien?"))
	awaitMessages(t, isv, conversation, 2)
	isv.control(t, conversation, "resume", "")
	hook.await(t, 3, soon)
	requireStatus(t, isv, "open")

	golden(t, "handoff.golden", readable(t, awaitRest(t, isv)[len(before):]))
}

// awaitMessages waits until so many of the contact's messages were taken.
func awaitMessages(t *testing.T, isv *tenant, conversation string, n int) {
	t.Helper()
	require.True(t, eventually(t, soon, func() bool {
		v := isv.view(t, conversation)
		return v.Messages != nil && *v.Messages == n && v.Waiting == 0
	}))
	awaitRest(t, isv)
}

func TestHistoryOfACancellation(t *testing.T) {
	isv, hook := newISV(t, nil)
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	before := awaitRest(t, isv)
	require.NoError(t, shared.temporal.CancelWorkflow(t.Context(), isv.workflowID(ana), ""))
	end := isv.awaitEnd(t, ana)

	events := history(t, isv.workflowID(ana), end.runID).GetEvents()
	golden(t, "cancellation.golden", readable(t, events[len(before):]))
}

// A notice that is refused while a message waits is carried on by a child.
func TestHistoryOfARefusedNotice(t *testing.T) {
	isv, hook := newISV(t, refusesNotices(newGate()))
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	before := awaitRest(t, isv)
	run := isv.describe(t, ana).runID
	isv.post(t, ana, text("salir"), text("hola otra vez"))
	hook.await(t, 5, soon)

	events := history(t, isv.workflowID(ana), run).GetEvents()
	golden(t, "refused-notice.golden", readable(t, events[len(before):]))
}

// awaitRest waits until the conversation waits, and returns its history.
func awaitRest(t *testing.T, isv *tenant) []event {
	t.Helper()
	var events []event
	require.True(t, eventually(t, soon, func() bool {
		d := isv.describe(t, ana)
		events = history(t, isv.workflowID(ana), d.runID).GetEvents()
		return len(d.pending) == 0 && !d.busy
	}), "the conversation did not come to rest")
	return events
}
