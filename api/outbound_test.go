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
	works := map[string]any{"waId": waID, "externalWebhookIsvBot": secret, "delivery": "push", "closeNotice": "separate", "on": true, "failures": 0.0, "waitingConversations": 0.0, "waiting": 0.0, "deadLetters": 0.0, "oldestAgeSeconds": 0.0}
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
		"waId": waID, "externalWebhookIsvBot": secret, "delivery": "push", "closeNotice": "separate", "on": false, "failures": 1.0,
		"waitingConversations": 1.0, "waiting": 1.0, "deadLetters": 0.0, "oldestAgeSeconds": 0.0, "oldestWaiting": "2026-03-10T12:00:00.123Z",
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

func TestTheOtherSettingsOfAWebhook(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.ok(t, "isv", "PATCH", "/v15.0/webhooks/outbound", setHook)
	channel := func() store.Channel {
		c, err := f.store.Channel(t.Context(), waID)
		require.NoError(t, err)
		return c
	}
	for name, c := range map[string]struct {
		fields string
		want   func(*store.Channel)
	}{
		"merged":      {`"closeNotice":"merged"`, func(c *store.Channel) { c.MergeNotice = true }},
		"a time":      {`"timeoutSeconds":30`, func(c *store.Channel) { c.TimeoutSeconds = 30 }},
		"events":      {`"eventsUrl":"https://crm.example.com/e"`, func(c *store.Channel) { c.EventsURL = "https://crm.example.com/e" }},
		"pull":        {`"delivery":"pull"`, func(c *store.Channel) { c.PullSince = start() }},
		"all":         {`"delivery":"push","closeNotice":"separate","timeoutSeconds":1,"eventsUrl":""`, func(c *store.Channel) { c.TimeoutSeconds = 1 }},
		"with a URL":  {`"externalWebhookIsvBot":"https://hooks.example.com/chattigo","timeoutSeconds":2`, func(c *store.Channel) { c.TimeoutSeconds, c.Version = 2, "" }},
		"a URL alone": {`"externalWebhookIsvBot":"https://hooks.example.com/chattigo"`, func(c *store.Channel) { c.Version = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			reset := false
			version, url := "v15.0", "https://hooks.example.com/chattigo"
			require.NoError(t, f.store.ConfigureWebhook(t.Context(), waID, store.WebhookSettings{
				URL: &url, Version: &version, Pull: &reset, MergeNotice: &reset, TimeoutSeconds: new(int), EventsURL: new(string),
			}, start()))
			want := channel()
			c.want(&want)
			body := `{"waId":"56900000001",` + c.fields + `}`
			require.JSONEq(t, body, f.ok(t, "isv", "PATCH", "/webhooks/outbound", body), "the response is what was sent")
			got := channel()
			want.UpdatedAt = got.UpdatedAt
			if !got.PullSince.IsZero() {
				got.PullSince = start()
			}
			require.Equal(t, want, got)
		})
	}
}

func TestAURLSetAloneMeansThatMessagesArePushedAgain(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", `{"waId":"56900000001","delivery":"pull"}`)
	before, err := f.store.Channel(t.Context(), waID)
	require.NoError(t, err)
	require.False(t, before.PullSince.IsZero())
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", `{"waId":"56900000001","closeNotice":"merged"}`)
	still, err := f.store.Channel(t.Context(), waID)
	require.NoError(t, err)
	require.Equal(t, before.PullSince, still.PullSince)
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", setHook)
	after, err := f.store.Channel(t.Context(), waID)
	require.NoError(t, err)
	require.True(t, after.PullSince.IsZero())
}

func TestSettingsOfAWebhookThatAreRefused(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	for fields, want := range map[string]string{
		`"other":1`:                                    "externalWebhookIsvBot is missing",
		`"delivery":"poll"`:                            "delivery must be push or pull",
		`"delivery":""`:                                "delivery must be push or pull",
		`"delivery":1`:                                 "delivery must be a string",
		`"closeNotice":null`:                           "closeNotice must be a string",
		`"closeNotice":"both"`:                         "closeNotice must be separate or merged",
		`"timeoutSeconds":0`:                           "timeoutSeconds must be a whole number from 1 to 30",
		`"timeoutSeconds":31`:                          "timeoutSeconds must be a whole number from 1 to 30",
		`"timeoutSeconds":1.5`:                         "timeoutSeconds must be a whole number from 1 to 30",
		`"timeoutSeconds":"5"`:                         "timeoutSeconds must be a whole number from 1 to 30",
		`"timeoutSeconds":99999999999999999999`:        "timeoutSeconds must be a whole number from 1 to 30",
		`"eventsUrl":null`:                             "eventsUrl must be a string",
		`"eventsUrl":"http://10.0.0.1/"`:               "eventsUrl was refused: ",
		`"eventsUrl":"https://169.254.169.254"`:        "eventsUrl was refused: ",
		`"delivery":"pull","externalWebhookIsvBot":""`: "externalWebhookIsvBot must not be empty",
	} {
		status, body := f.as(t, "isv", "PATCH", "/webhooks/outbound", `{"waId":"56900000001",`+fields+`}`)
		require.Equal(t, http.StatusBadRequest, status, fields)
		require.Contains(t, body, want, fields)
	}
	channel, err := f.store.Channel(t.Context(), waID)
	require.NoError(t, err)
	require.Equal(t, store.Channel{}, store.Channel{
		PullSince: channel.PullSince, MergeNotice: channel.MergeNotice, TimeoutSeconds: channel.TimeoutSeconds, EventsURL: channel.EventsURL,
	})
}
