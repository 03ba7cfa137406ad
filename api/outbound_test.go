package api_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

const setHook = `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com/chattigo"}`

// waits puts a message into the ledger of a channel.
func (f *fixture) waits(t *testing.T, channel string) {
	t.Helper()
	f.park(t, store.Delivery{
		ID: "d:" + channel, Channel: channel, Conversation: "cnv_1", WorkflowID: "wf", Contact: contact, Sequence: 1,
		Kind: "reply", Body: []byte(`{}`), MadeAt: start(), UpdatedAt: start(),
	})
}

func TestSettingTheWebhookDrainsWhatWaits(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.waits(t, otherWaID)
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", setHook)
	require.Empty(t, f.temporal.drains, "nothing waits there")

	f.waits(t, waID)
	for n := range 2 {
		f.ok(t, "isv", "PATCH", "/webhooks/outbound", setHook)
		require.Len(t, f.temporal.drains, n+1, "also when it is the same: somebody wants it tried again")
	}
	require.Equal(t, []string{waID, waID}, f.temporal.drains)

	f.temporal.fail = func(signal) error { return errors.New("down") }
	status, _ := f.as(t, "isv", "PATCH", "/webhooks/outbound", setHook)
	require.Equal(t, http.StatusServiceUnavailable, status)
	status, _ = f.as(t, "other", "PATCH", "/webhooks/outbound", setHook)
	require.Equal(t, http.StatusUnauthorized, status)
}

// What is accepted after the response must not go to the former URL: no process may remember it.
func TestAnotherWebhookIsConfirmedWhenNoProcessRemembersTheFormerOne(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	took := func(body string) time.Duration {
		begun := time.Now()
		f.ok(t, "isv", "PATCH", "/webhooks/outbound", body)
		return time.Since(begun)
	}
	took(setHook)
	moved := `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com/moved"}`
	require.GreaterOrEqual(t, took(moved), time.Second)
	channel, err := f.store.Channel(t.Context(), waID)
	require.NoError(t, err)
	require.Equal(t, "https://hooks.example.com/moved", channel.WebhookURL)
}

func TestTheWebhookIsShownWithHowItDoes(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	show := func(as string) (view map[string]any) {
		require.NoError(t, json.Unmarshal([]byte(f.ok(t, as, "GET", "/webhooks/outbound?waId="+waID, "")), &view))
		return view
	}
	secret := "https://hooks.example.com/a?token=secret"
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", `{"waId":"56900000001","externalWebhookIsvBot":"`+secret+`"}`)
	works := map[string]any{"waId": waID, "externalWebhookIsvBot": secret, "on": true, "failures": 0.0, "waitingConversations": 0.0}
	require.Equal(t, works, show("isv"))
	works["externalWebhookIsvBot"] = "https://hooks.example.com/a"
	require.Equal(t, works, show("operator"), "the query may hold a secret")

	f.waits(t, waID)
	at := start().Add(-time.Minute).Truncate(time.Millisecond)
	off, err := f.store.RecordWebhookFailure(t.Context(), store.WebhookFailure{
		Channel: waID, URL: secret, At: at, HeldUntil: at.Add(time.Hour), Off: store.OffGone,
	})
	require.NoError(t, err)
	require.True(t, off)
	require.Equal(t, map[string]any{
		"waId": waID, "externalWebhookIsvBot": secret, "on": false, "failures": 1.0, "waitingConversations": 1.0,
		"off":          map[string]any{"since": "2026-03-10T11:59:00.123Z", "reason": "gone"},
		"failingSince": "2026-03-10T11:59:00.123Z", "pausedUntil": "2026-03-10T12:59:00.123Z",
	}, show("isv"))

	for path, want := range map[string]string{
		"/webhooks/outbound":                   `{"message":"the query must have a waId, such as ?waId=56900000001"}`,
		"/webhooks/outbound?waid=56900000001":  `{"message":"the query has no 'waid'; it takes waId"}`,
		"/webhooks/outbound?waId=" + otherWaID: `{"message":"unsupported get request. Object with ID '56900000002' does not exist"}`,
		"/webhooks/outbound?waId=1%00":         `{"message":"unsupported get request. Object with ID '1\u0000' does not exist"}`,
	} {
		status, body := f.as(t, "isv", "GET", path, "")
		require.Equal(t, http.StatusBadRequest, status)
		require.Equal(t, want, body)
	}
}
