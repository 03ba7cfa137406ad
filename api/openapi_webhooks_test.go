package api_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	webhookclient "github.com/chattigo/api-isv/webhook"
)

// webhooks are what we post to ISVs.
func (c *contract) webhooks() []operation {
	var all []operation
	for _, name := range c.root.get("webhooks").keys() {
		item := c.root.get("webhooks", name)
		all = append(all, operation{item.get("post"), http.MethodPost, name, item})
	}
	return all
}

func (c *contract) webhook(name string) operation {
	item := c.root.get("webhooks", name)
	return operation{item.get("post"), http.MethodPost, name, item}
}

// posted is the schema of what a webhook gets.
func (o operation) posted() node {
	return o.get("requestBody", "content", "application/json", "schema")
}

func TestTheOpenAPIDocumentHasTheHeadersOfWhatIsPosted(t *testing.T) {
	c := readDocument(t)
	key, err := webhookclient.NewSigningKey(make([]byte, webhookclient.KeyBytes))
	require.NoError(t, err)
	whole := webhookclient.Request{
		Body: []byte("{}"), ID: "msg_1", Conversation: "cnv_1", WaID: waID, Contact: contact, Sequence: 1, Attempt: 1,
		InReplyTo: "wamid.1", Replay: true, Keys: []webhookclient.SigningKey{key, key},
	}
	bare, trial, event := whole, webhookclient.Request{Test: true}, webhookclient.Request{Event: true}
	bare.InReplyTo, bare.Replay = "", false
	for _, r := range []*webhookclient.Request{&trial, &event} {
		r.Body, r.ID, r.WaID, r.Attempt, r.Keys = whole.Body, whole.ID, whole.WaID, 1, whole.Keys
	}
	for _, tc := range []struct {
		webhook string
		posted  webhookclient.Request
		whole   bool
	}{
		{"message", whole, true},
		{"message", bare, false},
		{"chatBeenClosed", whole, true},
		{"test", trial, true},
		{"conversation.closed", event, true},
	} {
		sent, err := tc.posted.Headers(start())
		require.NoError(t, err)
		sent.Del("Content-Type")
		for _, parameter := range c.webhook(tc.webhook).parameters("header") {
			name := parameter.get("name").text()
			value := sent.Get(name)
			require.True(t, value != "" || !tc.whole && !parameter.get("required").isTrue(), "%s has no %s", tc.webhook, name)
			if value != "" {
				require.NoError(t, checkText(parameter.get("schema"), value), name)
			}
			sent.Del(name)
		}
		require.Empty(t, sent, "%s has headers that are not documented", tc.webhook)
	}
}

func TestTheOpenAPIDocumentHasTheShapeOfEachEvent(t *testing.T) {
	c := readDocument(t)
	at := start()
	events := []store.Event{
		store.ClosedData{WaID: waID, Conversation: "cnv_1", Contact: contact, Reason: "resolved", OpenedAt: at, ClosedAt: at}.Event(),
		store.ClosedData{WaID: waID, Variables: map[string]json.RawMessage{"pedido": json.RawMessage(`"pan"`)}, OpenedAt: at, ClosedAt: at}.Event(),
		store.HandoffData{WaID: waID, Conversation: "cnv_1", Contact: contact, RequestedBy: "bot", At: at}.Event(),
		store.OptedOutData{WaID: waID, Contact: contact, Source: "whatsapp", At: at}.Event(),
		store.OptedOutData{WaID: waID, Contact: contact, Conversation: "cnv_1", Source: "bot", At: at}.Event(),
		store.DeadData{WaID: waID, Delivery: "msg_1", Conversation: "cnv_1", Contact: contact, Sequence: 1, Kind: "reply", Reason: "timeout", At: at}.Event(),
		store.DisabledData{WaID: waID, Reason: store.OffGone, Since: at, FailingSince: at}.Event(),
	}
	documented := map[string]bool{}
	for _, event := range events {
		require.NoError(t, c.webhook(event.Type).posted().checkJSON(strict, event.Body), "%s", event.Body)
		documented[event.Type] = true
	}
	for _, webhook := range c.webhooks() {
		require.Equal(t, strings.Contains(webhook.path, "."), documented[webhook.path], webhook.path)
	}
}

// What a bot can say is what the package of outbound messages can write.
func TestTheOpenAPIDocumentHasTheShapeOfEachMessage(t *testing.T) {
	schema := readDocument(t).webhook("message").posted()
	paths, err := filepath.Glob("../whatsapp/outbound/testdata/messages/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, schema.checkJSON(strict, text), path)
	}
	require.Error(t, schema.checkJSON(strict, []byte(`{"messaging_product":"whatsapp","type":"text","text":{"preview_url":false,"body":"x"},"audience":"all"}`)))
}

func TestTheOpenAPIDocumentHasTheShapeOfATest(t *testing.T) {
	f := setUp(t)
	response := f.do(t, http.MethodPatch, "/webhooks/outbound", headers{"Authorization": f.token("isv")}, strings.NewReader(`{"waId":"`+waID+`","externalWebhookIsvBot":"`+hook+`"}`))
	require.Equal(t, http.StatusOK, response.Code)
	response = f.do(t, http.MethodPost, testPath, headers{"Authorization": f.token("isv")}, strings.NewReader(`{"waId":"`+waID+`"}`))
	require.Equal(t, http.StatusOK, response.Code)
	require.Len(t, f.poster.posted(), 1)
	require.NoError(t, readDocument(t).webhook("test").posted().checkJSON(strict, f.poster.posted()[0].Body))
}
