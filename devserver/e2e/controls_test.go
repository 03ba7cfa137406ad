package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// newOperator makes an account that sees every tenant's conversations.
func newOperator(t *testing.T) *tenant {
	t.Helper()
	c := &tenant{api: shared.api, account: fmt.Sprintf("operator-%d", shared.channels.Add(1))}
	require.NoError(t, shared.store.AddAccount(t.Context(), store.Account{
		Name: c.account, PasswordHash: shared.passwordHash, Operator: true, CreatedAt: time.Now(),
	}))
	c.login(t, password)
	return c
}

// control asks for something of a conversation and demands 200.
func (c *tenant) control(t *testing.T, conversation, what, body string) (status string) {
	t.Helper()
	code, answered := c.call(t, http.MethodPost, c.api+"/conversations/"+conversation+"/"+what, []byte(body))
	require.Equal(t, http.StatusOK, code, answered)
	var got struct{ ID, Status string }
	require.NoError(t, json.Unmarshal([]byte(answered), &got))
	require.Equal(t, conversation, got.ID)
	return got.Status
}

// get reads a route as JSON and demands 200.
func (c *tenant) get(t *testing.T, path string, into any) {
	t.Helper()
	code, answered := c.call(t, http.MethodGet, c.api+path, nil)
	require.Equal(t, http.StatusOK, code, answered)
	require.NoError(t, json.Unmarshal([]byte(answered), into))
}

// conversationView is what the routes tell of a conversation, as far as these tests look.
type conversationView struct {
	ID, Channel, Status, Outcome, Question string
	Contact                                struct{ WaID string }
	Live                                   *bool
	Messages, Replies                      *int
	Waiting, Undelivered                   int
}

func (c *tenant) view(t *testing.T, conversation string) (v conversationView) {
	t.Helper()
	c.get(t, "/conversations/"+conversation, &v)
	return v
}

func (c *tenant) awaitView(t *testing.T, conversation, status string) conversationView {
	t.Helper()
	var v conversationView
	require.True(t, eventually(t, soon, func() bool {
		v = c.view(t, conversation)
		return v.Status == status
	}), "%+v is not %s", v, status)
	return v
}

// list gives the ids of a list of conversations.
func (c *tenant) list(t *testing.T, query url.Values) (ids []string) {
	t.Helper()
	var page struct{ Conversations []conversationView }
	c.get(t, "/conversations?"+query.Encode(), &page)
	for _, v := range page.Conversations {
		ids = append(ids, v.ID)
	}
	return ids
}

// said is what a transcript's line holds, as far as these tests look.
type said struct {
	Direction, ID, Note string
	Sequence            int
	Delivery            *struct {
		State    string
		Attempts int
	}
	Status *struct{ Status string }
}

func (c *tenant) messages(t *testing.T, conversation string) (all []said) {
	t.Helper()
	for page := 1; page != 0; {
		var answered struct {
			Messages []said
			Next     int
		}
		c.get(t, fmt.Sprintf("/conversations/%s/messages?page=%d", conversation, page), &answered)
		all = append(all, answered.Messages...)
		page = answered.Next
	}
	return all
}

func TestAPersonTakesOverGivesBackAndCloses(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	operator, stranger := newOperator(t), newTenant(t)
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	conversation := workflows.ConversationID(isv.describe(t, ana).runID)
	byChannel := url.Values{"channel": {isv.waID}, "status": {"handed_off"}}

	require.Equal(t, "handed_off", isv.control(t, conversation, "handoff", `{"note":"para Eva"}`))
	requireStatus(t, isv, "handed_off")
	require.Equal(t, []string{conversation}, operator.list(t, byChannel))
	v := isv.awaitView(t, conversation, "handed_off")
	require.True(t, *v.Live)
	require.Equal(t, ana, v.Contact.WaID)
	isv.post(t, ana, text("¿hay alguien?"))
	hook.requireSilence(t)
	code, answered := isv.call(t, http.MethodPost, isv.api+"/conversations/"+conversation+"/handoff", nil)
	require.Equal(t, http.StatusConflict, code)
	require.JSONEq(t, `{"message":"the conversation is handed off already"}`, answered)
	for _, what := range []string{"close", "handoff", "resume"} {
		code, _ = stranger.call(t, http.MethodPost, isv.api+"/conversations/"+conversation+"/"+what, nil)
		require.Equal(t, http.StatusUnauthorized, code)
	}

	require.Equal(t, "open", operator.control(t, conversation, "resume", ""))
	hook.await(t, 3, soon)
	requireStatus(t, isv, "open")
	require.Empty(t, isv.list(t, byChannel))
	isv.post(t, ana, tap("horarios"))
	hook.await(t, 5, soon)
	require.Equal(t, "closing", operator.control(t, conversation, "close", `{"reason":"solved"}`))
	got := hook.await(t, 7, soon)
	end := isv.awaitEnd(t, ana)
	hook.requireSilence(t)

	require.Equal(t, conversation, requireInOrder(t, got))
	require.Equal(t, got[1].said(), got[2].said(), "the question is asked anew")
	require.True(t, got[6].isNotice())
	requireArchived(t, conversation, store.Conversation{
		ID: conversation, WorkflowID: isv.workflowID(ana), Channel: isv.waID, WaID: ana, Outcome: "solved", Messages: 3, Replies: 6,
	})
	v = isv.view(t, conversation)
	require.Equal(t, []string{"closed", "solved"}, []string{v.Status, v.Outcome})
	require.Nil(t, v.Live)
	var notes []string
	for _, line := range operator.messages(t, conversation) {
		if line.Direction == "note" {
			notes = append(notes, line.Note)
		}
	}
	require.Equal(t, []string{"handoff: para Eva", "resume", "close: solved"}, notes)
	code, answered = operator.call(t, http.MethodPost, isv.api+"/conversations/"+conversation+"/close", nil)
	require.Equal(t, http.StatusConflict, code, answered)
	keepHistory(t, "handoff-resume-close", isv.workflowID(ana), end.runID)
}

// The Temporal UI and the CLI send an update with whatever input a person typed, or none.
func TestUpdatesWithoutInputAsFromTheTemporalUI(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	update := func(name string, args ...any) (workflows.ControlResult, error) {
		var result workflows.ControlResult
		handle, err := shared.temporal.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
			WorkflowID: isv.workflowID(ana), UpdateName: name, Args: args, WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		if err == nil {
			err = handle.Get(t.Context(), &result)
		}
		return result, err
	}
	_, err := update("close", json.RawMessage(`{"reason":"Not A Word"}`))
	var refused *temporal.ApplicationError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "reason must be at most 32 of a-z, 0-9 and _", refused.Message())
	_, err = update("resume")
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "the conversation is not handed off", refused.Message())
	result, err := update("handoff")
	require.NoError(t, err)
	require.Equal(t, "handed_off", result.Status)
	result, err = update("close")
	require.NoError(t, err)
	require.Equal(t, "closing", result.Status)
	got := hook.await(t, 4, soon)
	end := isv.awaitEnd(t, ana)
	require.True(t, got[3].isNotice())
	keepHistory(t, "closed-while-handed-off", isv.workflowID(ana), end.runID)
}

func TestAnEchoOfAPersonsAnswerMutesTheBot(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	echo := func(to string) []byte {
		m := text("Hola Ana, soy Eva")
		m.content["from"], m.content["to"] = isv.waID, to
		return encode(t, map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{
			"id": "1", "changes": []any{map[string]any{"field": "smb_message_echoes", "value": map[string]any{
				"messaging_product": "whatsapp", "message_echoes": []any{m.content},
				"metadata": map[string]string{"display_phone_number": isv.waID, "phone_number_id": isv.phoneNumberID},
			}}},
		}}})
	}
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	isv.repost(t, isv.api, echo(ana))
	isv.repost(t, isv.api, echo("56922220077")) // nobody's conversation: it opens none
	requireStatus(t, isv, "handed_off")
	isv.post(t, ana, text("menu"))
	hook.requireSilence(t)
	conversation := workflows.ConversationID(isv.describe(t, ana).runID)
	isv.control(t, conversation, "close", "")
	hook.await(t, 4, soon)
	end := isv.awaitEnd(t, ana)
	var directions []string
	for _, line := range isv.messages(t, conversation) {
		directions = append(directions, line.Direction)
	}
	require.Equal(t, []string{"in", "out", "out", "human", "in", "note", "out", "out"}, directions)
	require.EqualValues(t, 1, countWorkflows(t, isv.waID))
	keepHistory(t, "handed-off-by-an-echo", isv.workflowID(ana), end.runID)
}

func TestTheTranscriptOfAnOpenConversationTellsOfEachDelivery(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, refuseFirst(1))
	operator := newOperator(t)
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	requireStatus(t, isv, "open")
	conversation := workflows.ConversationID(isv.describe(t, ana).runID)
	lines := operator.messages(t, conversation)
	require.Len(t, lines, 3)
	require.Equal(t, "in", lines[0].Direction)
	for i, attempts := range []int{2, 1} {
		require.Equal(t, "out", lines[i+1].Direction)
		require.Equal(t, i+1, lines[i+1].Sequence)
		require.Equal(t, "delivered", lines[i+1].Delivery.State)
		require.Equal(t, attempts, lines[i+1].Delivery.Attempts)
	}
}
