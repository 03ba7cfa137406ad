package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// ana is the contact of tests that need only one.
const ana = "56922220001"

// tenant is an ISV with an account and a channel: what it sends.
type tenant struct {
	// api is the base of the routes.
	api           string
	account       string
	token         string
	waID          string
	phoneNumberID string
}

// newTenant makes an account with a channel that the starter bot answers, and logs in.
func newTenant(t *testing.T) *tenant {
	t.Helper()
	return newTenantWithBot(t, "")
}

// newTenantWithBot publishes the definition with that hash on the channel.
func newTenantWithBot(t *testing.T, hash string) *tenant {
	t.Helper()
	n := shared.channels.Add(1)
	c := &tenant{
		api: shared.api, account: fmt.Sprintf("tenant-%d", n),
		waID: fmt.Sprintf("5691%07d", n), phoneNumberID: fmt.Sprintf("20%013d", n),
	}
	now := time.Now()
	require.NoError(t, shared.store.AddAccount(t.Context(), store.Account{
		Name: c.account, PasswordHash: shared.passwordHash, CreatedAt: now,
	}))
	require.NoError(t, shared.store.AddChannel(t.Context(), store.Channel{
		WaID: c.waID, PhoneNumberID: c.phoneNumberID, Account: c.account, Bot: hash, CreatedAt: now, UpdatedAt: now,
	}))
	c.login(t, password)
	return c
}

// newISV makes a tenant whose channel delivers to a receiver of its own.
func newISV(t *testing.T, a answer) (*tenant, *receiver) {
	t.Helper()
	c, r := newTenant(t), newReceiver(t, a)
	c.setWebhook(t, r.url)
	return c, r
}

func (c *tenant) login(t *testing.T, password string) {
	t.Helper()
	var got struct {
		User   string
		Access bool
		Token  string `json:"access_token"`
	}
	status, body := c.call(t, http.MethodPost, c.api+"/login", encode(t, map[string]string{"username": c.account, "password": password}))
	require.Equal(t, http.StatusOK, status, body)
	require.NoError(t, json.Unmarshal([]byte(body), &got))
	require.Equal(t, c.account, got.User)
	require.True(t, got.Access)
	c.token = got.Token
}

func (c *tenant) setWebhook(t *testing.T, url string) {
	t.Helper()
	sent := encode(t, map[string]string{"waId": c.waID, "externalWebhookIsvBot": url})
	status, body := c.call(t, http.MethodPatch, c.api+"/webhooks/outbound", sent)
	require.Equal(t, http.StatusOK, status, body)
	require.JSONEq(t, string(sent), body)
}

// message is one message of a contact.
type message struct {
	id      string
	content map[string]any
}

func text(body string) message {
	return newMessage(map[string]any{"type": "text", "text": map[string]string{"body": body}})
}

// tap presses a reply button of the bot.
func tap(id string) message {
	return newMessage(map[string]any{"type": "interactive", "interactive": map[string]any{
		"type": "button_reply", "button_reply": map[string]string{"id": id, "title": id},
	}})
}

func newMessage(content map[string]any) message {
	id := "wamid." + rand.Text()
	content["id"] = id
	content["timestamp"] = strconv.FormatInt(time.Now().Unix(), 10)
	return message{id: id, content: content}
}

// from is the message as Meta would send it for that contact.
func (m message) from(contact string) map[string]any {
	sent := maps.Clone(m.content)
	sent["from"] = contact
	return sent
}

// value is the messages of one contact as a value of the webhook.
func (c *tenant) value(contact string, messages ...message) map[string]any {
	var sent []any
	for _, m := range messages {
		sent = append(sent, m.from(contact))
	}
	return map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]string{"display_phone_number": c.waID, "phone_number_id": c.phoneNumberID},
		"contacts":          []any{map[string]any{"wa_id": contact, "profile": map[string]string{"name": "Ana"}}},
		"messages":          sent,
	}
}

// webhookBody is Meta's webhook with these values.
func webhookBody(t *testing.T, values ...map[string]any) []byte {
	t.Helper()
	var changes []any
	for _, value := range values {
		changes = append(changes, map[string]any{"field": "messages", "value": value})
	}
	return encode(t, map[string]any{
		"object": "whatsapp_business_account",
		"entry":  []any{map[string]any{"id": "1", "changes": changes}},
	})
}

// post sends messages of a contact in one POST and demands 200.
func (c *tenant) post(t *testing.T, contact string, messages ...message) {
	t.Helper()
	c.repost(t, c.api, webhookBody(t, c.value(contact, messages...)))
}

// repost sends a body to any API of the service and demands 200.
func (c *tenant) repost(t *testing.T, api string, body []byte) {
	t.Helper()
	status, answered := c.call(t, http.MethodPost, api+"/webhooks/inbound", body)
	require.Equal(t, http.StatusOK, status, answered)
}

// call makes one request with the tenant's token.
func (c *tenant) call(t *testing.T, method, url string, body []byte) (status int, answered string) {
	t.Helper()
	status, answered, err := c.try(t.Context(), method, url, body)
	require.NoError(t, err)
	return status, answered
}

func (c *tenant) try(ctx context.Context, method, url string, body []byte) (status int, answered string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", c.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	read, err := io.ReadAll(response.Body)
	return response.StatusCode, string(read), err
}

func encode(t *testing.T, value any) []byte {
	t.Helper()
	body, err := json.Marshal(value)
	require.NoError(t, err)
	return body
}

// workflowID is under which id the contact's conversations run.
func (c *tenant) workflowID(contact string) string {
	return workflows.WorkflowID(shared.idKey, c.waID, contact)
}

// describe is what an operator sees of the contact's latest run.
func (c *tenant) describe(t *testing.T, contact string) description {
	t.Helper()
	found, err := shared.temporal.DescribeWorkflowExecution(t.Context(), c.workflowID(contact), "")
	require.NoError(t, err)
	info := found.GetWorkflowExecutionInfo()
	d := description{
		runID: info.GetExecution().GetRunId(), status: info.GetStatus(), pending: found.GetPendingActivities(),
		busy: found.GetPendingWorkflowTask() != nil,
	}
	attribute := info.GetSearchAttributes().GetIndexedFields()[workflows.AttributeStatus().GetName()]
	require.NoError(t, json.Unmarshal(attribute.GetData(), &d.chattigoStatus))
	return d
}

type description struct {
	runID          string
	status         enumspb.WorkflowExecutionStatus
	chattigoStatus string
	pending        []*workflowpb.PendingActivityInfo
	// busy says that a workflow task is waiting or running.
	busy bool
}

// awaitEnd waits until the contact's latest run has ended and returns how.
func (c *tenant) awaitEnd(t *testing.T, contact string) description {
	t.Helper()
	var d description
	require.True(t, eventually(t, 20*time.Second, func() bool {
		d = c.describe(t, contact)
		return d.status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	}), "the conversation of %s did not end", contact)
	return d
}

// transcript is what the archive shows of a conversation, pages in order, without the records of turns.
func transcript(t *testing.T, conversation string) []store.Entry {
	t.Helper()
	pages, err := shared.store.Pages(t.Context(), conversation)
	require.NoError(t, err)
	var entries []store.Entry
	for i, page := range pages {
		require.Equal(t, i+1, page.Number)
		entries = append(entries, page.Entries...)
	}
	return slices.DeleteFunc(entries, func(e store.Entry) bool { return e.Direction == store.Turn })
}
