package api_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

const setEvents = `{"waId":"56900000001","eventsUrl":"https://crm.example.com/e"}`

func TestSettingTheEventsURLSendsWhatWaitsThere(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", setEvents)
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", setEvents)
	require.Equal(t, []string{waID + " retry", waID + " retry"}, f.temporal.events)
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", `{"waId":"56900000001","eventsUrl":""}`)
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", setHook)
	require.Len(t, f.temporal.events, 2)
	f.temporal.fail = func(signal) error { return errors.New("Temporal is down") }
	status, _ := f.as(t, "isv", "PATCH", "/webhooks/outbound", setEvents)
	require.Equal(t, 503, status)
	status, _ = f.as(t, "other", "PATCH", "/webhooks/outbound", setEvents)
	require.Equal(t, 401, status)
}

func TestTheWebhookSaysHowItsEventsDo(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", setHook)
	events := func() string {
		var view struct{ Events json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(f.ok(t, "isv", "GET", "/webhooks/outbound?waId="+waID, "")), &view))
		return string(view.Events)
	}
	require.Empty(t, events())
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", setEvents)
	require.Equal(t, `{"on":true,"failures":0,"waiting":0}`, events())
	event := store.ClosedData{WaID: waID, Conversation: "cnv_1", ClosedAt: start()}.Event()
	require.NoError(t, f.store.Announce(t.Context(), event))
	_, err := f.store.RecordEventAttempt(t.Context(), store.EventAttempt{
		ID: event.ID, Channel: waID, URL: "https://crm.example.com/e", At: start(), State: store.DeliveryWaiting, Failed: true, Off: store.OffGone,
	})
	require.NoError(t, err)
	require.JSONEq(t, `{"on":false,"off":{"since":"2026-03-10T12:00:00.123Z","reason":"gone"},"failingSince":"2026-03-10T12:00:00.123Z","failures":1,"waiting":1}`, events())
}

func TestAnOptOutThatWhatsAppReportsIsAnnounced(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	report := `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"user_preferences","value":{
		"messaging_product":"whatsapp","metadata":{"display_phone_number":"56900000001","phone_number_id":"100000000000001"},
		"user_preferences":[{"wa_id":"56911112222","category":"marketing_messages","value":"VALUE","timestamp":1773143000}]}}]}]}`
	send := func(value string) {
		f.ok(t, "isv", "POST", "/webhooks/inbound", strings.ReplaceAll(report, "VALUE", value))
	}
	send("stop")
	require.Empty(t, f.temporal.events, "nobody wants to know")
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", setEvents)
	send("resume")
	require.Len(t, f.temporal.events, 1)
	report = strings.ReplaceAll(report, "1773143000", "1773143060")
	send("stop")
	send("stop")
	require.Equal(t, []string{waID + " retry", waID + " again", waID + " again"}, f.temporal.events)
	waiting, err := f.store.NextEvent(t.Context(), waID)
	require.NoError(t, err)
	require.JSONEq(t, `{"type":"contact.opted_out","timestamp":"2026-03-10T11:44:20Z","data":{"waId":"56900000001","contact":"56911112222","source":"whatsapp"}}`, string(waiting.Body))
	n, err := f.store.CountWaitingEvents(t.Context(), waID, 9)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	f.temporal.fail = func(s signal) error {
		if strings.HasPrefix(s.id, "events:") {
			return errors.New("Temporal is down")
		}
		return nil
	}
	send("stop") // the sweep makes up for it
}
