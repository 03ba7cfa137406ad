package e2e

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// recoveredWithin is how long a recovery may take: what the terminated run was doing is waited
// for, up to the longest attempt.
const recoveredWithin = 2 * time.Minute

func TestATerminatedConversationIsEndedByTheNextOne(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, func(_ context.Context, d delivery) int {
		if d.Sequence == 3 {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	hello := text("hola")
	isv.post(t, ana, hello)
	hook.await(t, 2, soon)
	menu := text("menu")
	isv.post(t, ana, menu)
	requireWaiting(t, isv, 1)
	awaitRecorded(t, isv)
	first := isv.describe(t, ana).runID
	require.NoError(t, shared.temporal.TerminateWorkflow(t.Context(), isv.workflowID(ana), "", "a person did it"))

	isv.post(t, ana, hello, text("hola otra vez")) // the first is a repeat
	conversation := workflows.ConversationID(first)
	hook.awaitThat(t, recoveredWithin, func() bool { return countNotices(hook.taken()) == 1 })
	row, err := shared.store.Conversation(t.Context(), conversation)
	require.NoError(t, err)
	require.Equal(t, "terminated", row.Outcome)
	require.Equal(t, 2, row.Messages)
	var in []string
	for _, e := range transcript(t, conversation) {
		if e.Direction == store.In {
			in = append(in, e.ID)
		}
	}
	require.Equal(t, []string{hello.id, menu.id}, in)
	hook.awaitThat(t, soon, func() bool { return len(hook.taken()) == 5 })
	got := of(hook.taken(), ana)
	for _, d := range got {
		if d.isNotice() {
			require.Equal(t, conversation, d.Conversation)
			require.Equal(t, 4, d.Sequence, "no. 3 is a dead letter")
		}
	}
	require.Len(t, apart(got), 2)
	require.True(t, eventually(t, soon, func() bool {
		waiting, err := shared.store.WaitingDeliveries(t.Context(), isv.waID, 9)
		return err == nil && len(waiting) == 0
	}), "a delivery of a terminated conversation still waits")
	next := isv.describe(t, ana)
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, next.status)
	keepHistory(t, "after-a-termination", isv.workflowID(ana), next.runID)
	awaitCompleted(t, "recover:"+conversation)
	keepHistory(t, "recovery", "recover:"+conversation, "")
}

// awaitRecorded waits until what was posted stands in the history.
func awaitRecorded(t *testing.T, isv *tenant) {
	t.Helper()
	require.True(t, eventually(t, soon, func() bool { return !isv.describe(t, ana).busy }))
}

func countNotices(deliveries []delivery) (n int) {
	for _, d := range deliveries {
		if d.isNotice() {
			n++
		}
	}
	return n
}

func awaitCompleted(t *testing.T, workflowID string) {
	t.Helper()
	var status enumspb.WorkflowExecutionStatus
	require.True(t, eventually(t, soon, func() bool {
		found, err := shared.temporal.DescribeWorkflowExecution(t.Context(), workflowID, "")
		require.NoError(t, err)
		status = found.GetWorkflowExecutionInfo().GetStatus()
		return status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	}), "%s is %s", workflowID, status)
}

func TestATerminatedConversationIsEndedByTheHourlyLook(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	opened := startWith(t, isv, text("hola"), time.Now().Add(-time.Hour), workflows.ConversationInput{})
	hook.await(t, 2, soon)
	awaitRecorded(t, isv)
	require.NoError(t, shared.temporal.TerminateWorkflow(t.Context(), isv.workflowID(ana), "", "a person did it"))
	require.True(t, eventually(t, soon, func() bool { return countRunning(t, isv.waID) == 0 }))

	schedule := shared.temporal.ScheduleClient().GetHandle(t.Context(), app.SweepSchedule)
	described, err := schedule.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, time.Hour, described.Schedule.Spec.Intervals[0].Every)
	require.NoError(t, schedule.Trigger(t.Context(), clientTrigger()))

	hook.awaitThat(t, recoveredWithin, func() bool { return countNotices(hook.taken()) == 1 })
	conversation := workflows.ConversationID(opened)
	row, err := shared.store.Conversation(t.Context(), conversation)
	require.NoError(t, err)
	require.Equal(t, "terminated", row.Outcome)
	got := hook.taken()
	require.Equal(t, conversation, requireInOrder(t, got))
	require.True(t, got[2].isNotice())
	sweeps, err := shared.temporal.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
		Query: `WorkflowType = "Sweep" AND ExecutionStatus = "Completed"`,
	})
	require.NoError(t, err)
	require.NotEmpty(t, sweeps.GetExecutions())
	sweep := sweeps.GetExecutions()[0].GetExecution()
	keepHistory(t, "sweep", sweep.GetWorkflowId(), sweep.GetRunId())
}

func countRunning(t *testing.T, waID string) int64 {
	t.Helper()
	counted, err := shared.temporal.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
		Query: `ExecutionStatus = "Running" AND ChattigoWaId = "` + waID + `"`,
	})
	require.NoError(t, err)
	return counted.GetCount()
}

// Terminated while the ISV refuses the notice: it is not lost with the run that offered it.
func TestTheNoticeOfATerminatedConversationIsCarriedOn(t *testing.T) {
	t.Parallel()
	healed := newGate()
	isv, hook := newISV(t, refusesNotices(healed))
	isv.post(t, ana, text("hola"), text("salir"))
	hook.awaitThat(t, soon, func() bool { return countNotices(hook.all()) > 0 })
	conversation := workflows.ConversationID(isv.describe(t, ana).runID)
	requireWaiting(t, isv, 1)
	require.NoError(t, shared.temporal.TerminateWorkflow(t.Context(), isv.workflowID(ana), "", "a person did it"))
	healed.open()
	isv.post(t, ana, text("hola otra vez"))
	hook.awaitThat(t, recoveredWithin, func() bool { return countNotices(hook.taken()) == 1 })
	for _, d := range hook.taken() {
		if d.isNotice() {
			require.Equal(t, conversation, d.Conversation)
		}
	}
}

// Terminated in its first task: nothing of it stands in its state, and what was accepted is read
// from its history.
func TestWhatATerminatedConversationHadAcceptedIsKept(t *testing.T) {
	t.Parallel()
	held := newGate()
	isv, hook := newISV(t, func(ctx context.Context, d delivery) int {
		if d.Sequence == 1 {
			return held.pass(ctx)
		}
		return http.StatusOK
	})
	hello, second := text("hola"), text("menu")
	isv.post(t, ana, hello)
	hook.awaitThat(t, soon, func() bool { return len(hook.all()) == 1 })
	isv.post(t, ana, second)
	conversation := workflows.ConversationID(isv.describe(t, ana).runID)
	require.NoError(t, shared.temporal.TerminateWorkflow(t.Context(), isv.workflowID(ana), "", "a person did it"))
	held.open()
	isv.post(t, ana, text("hola otra vez"))
	require.True(t, eventually(t, recoveredWithin, func() bool {
		row, err := shared.store.Conversation(t.Context(), conversation)
		return err == nil && row.Outcome == "terminated"
	}))
	var kept []string
	for _, e := range transcript(t, conversation) {
		require.Equal(t, "not answered: the conversation was terminated", e.Note)
		kept = append(kept, e.ID)
	}
	require.Equal(t, []string{hello.id, second.id}, kept)
}

// A reset in the Temporal UI runs the conversation again from an earlier event: it is the same
// conversation, and what it says again are the same bytes under the same ids.
func TestAResetConversationGoesOnAsTheSameOne(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	hello, hours := text("hola"), tap("horarios")
	isv.post(t, ana, hello)
	hook.await(t, 2, soon)
	isv.post(t, ana, hours)
	hook.await(t, 4, soon)
	first := isv.describe(t, ana).runID

	reset, err := shared.temporal.ResetWorkflowExecution(t.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: shared.stack.Config().TemporalNamespace, Reason: "a person did it", RequestId: "reset-" + isv.waID,
		WorkflowExecution: execution(isv.workflowID(ana), first), WorkflowTaskFinishEventId: 4,
	})
	require.NoError(t, err)
	require.NotEqual(t, first, reset.GetRunId())
	isv.post(t, ana, text("salir"))
	hook.awaitThat(t, soon, func() bool { return countNotices(hook.taken()) == 1 })
	end := isv.awaitEnd(t, ana)

	got := fresh(t, hook.taken())
	require.Equal(t, workflows.ConversationID(first), requireInOrder(t, got))
	require.Len(t, got, 6)
	row, err := shared.store.Conversation(t.Context(), workflows.ConversationID(first))
	require.NoError(t, err)
	require.Equal(t, "resolved", row.Outcome)
	require.Equal(t, 3, row.Messages)
	keepHistory(t, "reset", isv.workflowID(ana), end.runID)
}

// switcher is an ISV whose answer can be changed.
type switcher struct{ status chan int }

func newSwitch() *switcher {
	s := &switcher{make(chan int, 1)}
	s.status <- http.StatusOK
	return s
}

func (s *switcher) set(status int) {
	<-s.status
	s.status <- status
}

func (s *switcher) answer(context.Context, delivery) int {
	status := <-s.status
	s.status <- status
	return status
}
