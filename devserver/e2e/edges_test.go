package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

func execution(workflowID, runID string) *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: workflowID, RunId: runID}
}

func clientTrigger() client.ScheduleTriggerOptions {
	return client.ScheduleTriggerOptions{Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL}
}

// publish stores a definition and returns its hash.
func publish(t *testing.T, source string) string {
	t.Helper()
	b, err := definition.Load([]byte(source))
	require.NoError(t, err)
	require.NoError(t, shared.store.PutBot(t.Context(), store.Bot{Hash: b.Hash, Name: b.Name, Source: b.Source(), CreatedAt: time.Now()}))
	return b.Hash
}

// newBotISV makes a tenant whose channel has a bot of its own.
func newBotISV(t *testing.T, source string, a answer) (*tenant, *receiver) {
	t.Helper()
	c, r := newTenantWithBot(t, publish(t, source)), newReceiver(t, a)
	c.setWebhook(t, r.url)
	return c, r
}

const impatient = `
bot: v1
name: impaciente
languages: [es]
start: pregunta
states:
  pregunta:
    say: [{interactive: {type: button, body: {text: "¿Sí?"}, action: {buttons: [{type: reply, reply: {id: si, title: "Sí"}}]}}}]
    ask:
      choices: {si: pregunta}
      idle:
        - {after: 1s, say: ["¿Sigues ahí?"]}
        - {after: 2s, to: fin}
  fin: {say: ["Adiós"], close: {reason: timeout}}
`

func TestSilenceIsRemindedAndThenClosed(t *testing.T) {
	t.Parallel()
	isv, hook := newBotISV(t, impatient, nil)
	isv.post(t, ana, text("hola"))
	got := hook.await(t, 4, soon)
	end := isv.awaitEnd(t, ana)
	requireInOrder(t, got)
	require.Equal(t, []string{"¿Sí?", "¿Sigues ahí?", "Adiós", closeNotice},
		[]string{got[0].said(), got[1].said(), got[2].said(), got[3].said()})
	keepHistory(t, "silence", isv.workflowID(ana), end.runID)
}

// The conversation is carried into this run nearly seven days old.
func TestAConversationEndsAfterItsLifetime(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	starter, err := definition.Load(definition.Starter())
	require.NoError(t, err)
	id := "cnv_lifetime_" + isv.waID
	started := time.Now().Add(3*time.Second - 7*24*time.Hour).UTC().Truncate(time.Millisecond)
	state := bot.NewState(starter, id, bot.Contact{WaID: ana}, started)
	startWith(t, isv, text("hola"), time.Now(), workflows.ConversationInput{Carried: &workflows.Carried{
		ID: id, Bot: starter.Hash, Label: starter.Label(), State: &state, Status: workflows.StatusOpen, NextPage: 1,
	}})
	got := hook.await(t, 4, soon)
	end := isv.awaitEnd(t, ana)
	require.Equal(t, id, requireInOrder(t, got))
	require.Contains(t, got[2].said(), "Cerramos este chat")
	require.True(t, got[3].isNotice())
	row, err := shared.store.Conversation(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "lifetime", row.Outcome)
	require.Equal(t, 7*24*time.Hour, row.ClosedAt.Sub(row.OpenedAt))
	keepHistory(t, "lifetime", isv.workflowID(ana), end.runID)
}

// A bot that says more than may be said at once fails at that step: its own error state goes
// on, or else an apology ends the chat. The workflow never fails and never gets stuck.
func TestABotThatFailsInAStepNeverHoldsItsConversation(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(`"uno", `, 7) + `"dos"`
	talkative := func(defaults string) string {
		return fmt.Sprintf("bot: v1\nname: hablador\nlanguages: [es]\nstart: a\n%sstates:\n  a: {say: [%s], goto: b}\n  b: {say: [%s], goto: c}\n  c: {say: [%s], close: {reason: never}}\n%s",
			defaults, many, many, many, map[bool]string{true: "  perdon: {say: [\"Perdón\"], close: {reason: own_error}}\n"}[defaults != ""])
	}
	for _, c := range []struct{ name, defaults, outcome, last string }{
		{"bot-fails", "", "error", "Lo siento"},
		{"bot-fails-with-an-error-state", "defaults: {error: perdon}\n", "own_error", "Perdón"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			isv, hook := newBotISV(t, talkative(c.defaults), nil)
			isv.post(t, ana, text("hola"))
			hook.awaitThat(t, soon, func() bool { return countNotices(hook.taken()) == 1 })
			end := isv.awaitEnd(t, ana)
			got := hook.taken()
			requireInOrder(t, got)
			require.Contains(t, got[len(got)-2].said(), c.last)
			require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, end.status)
			row, err := shared.store.Conversation(t.Context(), workflows.ConversationID(end.runID))
			require.NoError(t, err)
			require.Equal(t, c.outcome, row.Outcome)
			keepHistory(t, c.name, isv.workflowID(ana), end.runID)
		})
	}
}

func TestWhatCannotBeDecodedIsKeptAndHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	signal := func(contact string) {
		_, err := shared.temporal.SignalWithStartWorkflow(t.Context(), isv.workflowID(contact), workflows.SignalInbound, []int{1, 2},
			client.StartWorkflowOptions{TaskQueue: workflows.TaskQueue}, workflows.ConversationType,
			workflows.ConversationInput{Channel: isv.waID, WaID: contact})
		require.NoError(t, err)
	}
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	signal(ana)
	isv.post(t, ana, text("salir"))
	hook.await(t, 4, soon)
	end := isv.awaitEnd(t, ana)
	row, err := shared.store.Conversation(t.Context(), workflows.ConversationID(end.runID))
	require.NoError(t, err)
	require.Equal(t, 1, row.Unanswered)
	keepHistory(t, "unreadable-envelope", isv.workflowID(ana), end.runID)

	const stranger = "56922220099"
	signal(stranger)
	require.True(t, eventually(t, soon, func() bool {
		found, err := shared.temporal.DescribeWorkflowExecution(t.Context(), isv.workflowID(stranger), "")
		require.NoError(t, err)
		end.runID, end.status = found.GetWorkflowExecutionInfo().GetExecution().GetRunId(), found.GetWorkflowExecutionInfo().GetStatus()
		return end.status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	}))
	row, err = shared.store.Conversation(t.Context(), workflows.ConversationID(end.runID))
	require.NoError(t, err)
	require.Equal(t, "unreadable", row.Outcome)
	require.Len(t, transcript(t, row.ID), 1)
	require.Empty(t, of(hook.all(), stranger))
	keepHistory(t, "unreadable-only", isv.workflowID(stranger), end.runID)
}

// refusesNotices takes everything but notices, until it is healed.
func refusesNotices(healed gate) answer {
	return func(_ context.Context, d delivery) int {
		select {
		case <-healed.opened:
			return http.StatusOK
		default:
		}
		if d.isNotice() {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	}
}

func TestARefusedNoticeIsCarriedOnWhileTheNextConversationGoesOn(t *testing.T) {
	t.Parallel()
	healed := newGate()
	isv, hook := newISV(t, refusesNotices(healed))
	isv.post(t, ana, text("hola"), text("salir"))
	first := workflows.ConversationID(isv.describe(t, ana).runID)
	firstRun := isv.describe(t, ana).runID
	hook.awaitThat(t, soon, func() bool { return countNotices(hook.all()) > 0 })
	began := time.Now()
	isv.post(t, ana, text("hola otra vez"))
	got := hook.await(t, 5, soon)
	t.Logf("the next conversation was answered %s after its message", time.Since(began).Round(time.Millisecond))
	require.NotEqual(t, first, got[4].Conversation)
	healed.open()
	hook.awaitThat(t, 40*time.Second, func() bool { return countNotices(hook.taken()) == 1 })
	for _, d := range hook.taken() {
		if d.isNotice() {
			require.Equal(t, first, d.Conversation)
			require.Equal(t, 4, d.Sequence)
		}
	}
	awaitCompleted(t, "notice:"+first)
	keepHistory(t, "notice-carried-on", isv.workflowID(ana), firstRun)
	keepHistory(t, "notice-workflow", "notice:"+first, "")
}

// It takes most of a minute: an ISV that refuses its notice is asked five times.
func TestAConversationWhoseNoticeIsRefusedFiveTimesEndsAllTheSame(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, refusesNotices(newGate()))
	isv.post(t, ana, text("hola"), text("salir"))
	hook.await(t, 3, soon)
	conversation := workflows.ConversationID(isv.describe(t, ana).runID)
	var end description
	require.True(t, eventually(t, 90*time.Second, func() bool {
		end = isv.describe(t, ana)
		return end.status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	}))
	require.Equal(t, 5, countNotices(hook.all()))
	requireArchived(t, conversation, store.Conversation{
		ID: conversation, WorkflowID: isv.workflowID(ana), Channel: isv.waID, WaID: ana, Outcome: "resolved", Messages: 2, Replies: 3,
	})
	carried, err := shared.temporal.DescribeWorkflowExecution(t.Context(), "notice:"+conversation, "")
	require.NoError(t, err)
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, carried.GetWorkflowExecutionInfo().GetStatus())
	keepHistory(t, "notice-refused-five-times", isv.workflowID(ana), end.runID)
	// An operator calls it off.
	require.NoError(t, shared.temporal.CancelWorkflow(t.Context(), "notice:"+conversation, ""))
	require.True(t, eventually(t, soon, func() bool {
		found, err := shared.temporal.DescribeWorkflowExecution(t.Context(), "notice:"+conversation, "")
		require.NoError(t, err)
		return found.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED
	}))
	waiting, err := shared.store.WaitingDeliveries(t.Context(), isv.waID, 9)
	require.NoError(t, err)
	require.Empty(t, waiting, "it is a dead letter")
	keepHistory(t, "notice-called-off", "notice:"+conversation, "")
}

func TestAContactKnownByPhoneIsKnownByItsUserIDOnly(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	post := func(m message, from, userID string) {
		sent := m.from(from)
		if from == "" {
			delete(sent, "from")
		}
		sent["from_user_id"] = userID
		value := isv.value(ana)
		value["messages"] = []any{sent}
		value["contacts"] = []any{map[string]any{"user_id": userID, "profile": map[string]string{"name": "Ana"}}}
		if from != "" {
			value["contacts"] = []any{map[string]any{"wa_id": from, "user_id": userID, "profile": map[string]string{"name": "Ana"}}}
		}
		isv.repost(t, isv.api, webhookBody(t, value))
	}
	const userID = "CL.1234567890"
	post(text("hola"), ana, userID)
	hook.await(t, 2, soon)
	post(tap("horarios"), "", userID)
	hook.await(t, 4, soon)
	post(text("salir"), ana, userID)
	got := hook.await(t, 6, soon)
	isv.awaitEnd(t, ana)
	requireInOrder(t, got)
	require.EqualValues(t, 1, countWorkflows(t, isv.waID))
}

func TestContinueAsNewCarriesADeliveryThatWaits(t *testing.T) {
	t.Parallel()
	refusing := newSwitch()
	refusing.set(http.StatusInternalServerError)
	isv, hook := newISV(t, refusing.answer)
	first := text("hola")
	opened := startShort(t, isv, first)
	sent := []string{first.id}
	for range 12 {
		m := text("menu")
		isv.post(t, ana, m)
		sent = append(sent, m.id)
		requireWaiting(t, isv, len(sent)+1)
	}
	chain := runs(t, isv.workflowID(ana), opened)
	require.Greater(t, len(chain), 1, "no run was continued while a delivery waited")
	refusing.set(http.StatusOK)
	got := hook.await(t, len(sent)+1, 90*time.Second)
	require.Equal(t, workflows.ConversationID(opened), requireInOrder(t, got))
	hook.requireSilence(t)
	require.Len(t, hook.taken(), len(sent)+1)
	requireStatus(t, isv, "open")
	keepHistory(t, "continue-as-new-delivery-waits-1", isv.workflowID(ana), chain[0])
	keepHistory(t, "continue-as-new-delivery-waits-2", isv.workflowID(ana), chain[1])
}

func TestAThousandMessagesOfOneContactInOnePost(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	var all []message
	for range 1000 {
		all = append(all, text("menu"))
	}
	began := time.Now()
	isv.post(t, ana, all...)
	accepted := time.Since(began)
	hook.awaitThat(t, 3*time.Minute, func() bool { return distinct(hook.taken()) >= len(all) }) // on a busy machine
	t.Logf("accepted after %s, all delivered after %s", accepted.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	got := fresh(t, hook.taken())
	requireInOrder(t, got)
	requireAnswered(t, all, got)
}

// 5,000 messages in one conversation, posted a hundred at a time as they come in: several runs,
// one conversation.
func TestFiveThousandMessagesInOneConversation(t *testing.T) {
	t.Parallel()
	const posts, each = 50, 100
	isv, hook := newISV(t, nil)
	var all []message
	began := time.Now()
	for range posts {
		var batch []message
		for range each {
			batch = append(batch, text("menu"))
		}
		isv.post(t, ana, batch...)
		all = append(all, batch...)
		hook.awaitThat(t, time.Minute, func() bool { return distinct(hook.taken()) > len(all)-3*each })
	}
	isv.post(t, ana, text("salir"))
	hook.awaitThat(t, 2*time.Minute, func() bool { return countNotices(hook.taken()) == 1 })
	t.Logf("%d messages were answered after %s", len(all), time.Since(began).Round(time.Millisecond))
	got := fresh(t, hook.taken())
	conversation := requireInOrder(t, got)
	requireAnswered(t, all, got)
	isv.awaitEnd(t, ana)
	row, err := shared.store.Conversation(t.Context(), conversation)
	require.NoError(t, err)
	require.Equal(t, len(all)+1, row.Messages)
	var in int
	for _, e := range transcript(t, conversation) {
		if e.Direction == store.In {
			in++
		}
	}
	require.Equal(t, len(all)+1, in, "nothing of it is missing in the archive")
}
