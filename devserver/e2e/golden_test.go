package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
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
