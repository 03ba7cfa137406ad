package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// guideRow is an error as the guides for ISVs list it.
type guideRow struct {
	status  int
	message string
}

// The guides list errors byte for byte as they are answered: each of these is provoked, and each row of
// their tables is among them.
func TestTheGuidesListErrorsAsTheyAreAnswered(t *testing.T) {
	provoked := provokeErrors(t)
	row := regexp.MustCompile("(?m)^\\| (\\d{3}) \\| `(.*?)` \\|")
	for _, name := range []string{"guia-isv.md", "guide-isv.md"} {
		page, err := os.ReadFile("../docs/" + name)
		require.NoError(t, err)
		var listed []guideRow
		for _, found := range row.FindAllStringSubmatch(string(page), -1) {
			status, err := strconv.Atoi(found[1])
			require.NoError(t, err)
			listed = append(listed, guideRow{status, found[2]})
		}
		require.ElementsMatch(t, provoked, listed, name)
	}
}

func provokeErrors(t *testing.T) []guideRow {
	t.Helper()
	f := setUp(t)
	url := `,"externalWebhookIsvBot":"` + hook + `"}`
	var provoked []guideRow
	for _, sc := range []struct {
		method, path, as, body string
		headers                headers
		status                 int
	}{
		{method: "POST", path: "/login", body: `{"username":"isv","password":"wrong"}`, status: 400},
		{method: "POST", path: "/login", body: `{"username":"bad_login","password":"x"}`, status: 400},
		{method: "PATCH", path: "/webhooks/outbound", as: "isv", body: `{"waId":"XXXXXXX"` + url, status: 400},
		{method: "PATCH", path: "/webhooks/outbound", as: "isv", status: 400},
		{method: "PATCH", path: "/webhooks/outbound", as: "isv", body: `{`, status: 400},
		{method: "PATCH", path: "/webhooks/outbound", as: "isv", body: `{"x":1` + url, status: 400},
		{method: "PATCH", path: "/webhooks/outbound", as: "isv", body: `{"waId":1` + url, status: 400},
		{method: "PATCH", path: "/webhooks/outbound", as: "isv", body: `{"waId":""` + url, status: 400},
		{method: "PATCH", path: "/webhooks/outbound", as: "isv", body: `{"waId":"56900000001","externalWebhookIsvBot":"http://x.example.com"}`, status: 400},
		{method: "PATCH", path: "/webhooks/outbound", as: "isv", body: `{"waId":"56900000001","delivery":"post"}`, status: 400},
		{method: "PATCH", path: "/webhooks/outbound", as: "isv", body: `{"waId":"56900000001","timeoutSeconds":31}`, status: 400},
		{method: "POST", path: "/webhooks/outbound/secret/rotate", as: "isv", body: `{"waId":"56900000001","overlapHours":169}`, status: 400},
		{method: "POST", path: "/webhooks/inbound", as: "isv", body: `{"object":"page"}`, status: 400},
		{method: "POST", path: "/webhooks/inbound", as: "isv", body: `{x`, status: 400},
		{method: "POST", path: "/webhooks/inbound", headers: headers{"Authorization": "x"}, body: `{}`, status: 401},
		{method: "POST", path: "/webhooks/inbound", as: "operator", body: `{}`, status: 401},
		{method: "POST", path: "/webhooks/inbound", body: `{}`, status: 401},
		{method: "POST", path: "/v13.0/webhooks/inbound", as: "isv", body: `{}`, status: 404},
		{method: "GET", path: "/.well-known/jwks.json?kid=whk_x", status: 404},
		{method: "GET", path: "/login", status: 405},
		{method: "POST", path: "/webhooks/outbound/test", as: "isv", body: `{"waId":"56900000001"}`, status: 409},
		{method: "POST", path: "/webhooks/inbound", as: "isv", body: strings.Repeat(" ", 4<<20+1), status: 413},
		{method: "POST", path: "/webhooks/inbound", as: "isv", headers: headers{"Content-Type": "text/html"}, body: `{}`, status: 415},
		{method: "POST", path: "/webhooks/inbound", as: "isv", headers: headers{"Content-Encoding": "gzip"}, body: `{}`, status: 415},
	} {
		h := sc.headers
		if h == nil {
			h = headers{}
		}
		if sc.as != "" {
			h["Authorization"] = f.token(sc.as)
		}
		response := f.do(t, sc.method, sc.path, h, strings.NewReader(sc.body))
		require.Equal(t, sc.status, response.Code, "%s %s: %s", sc.method, sc.path, response.Body)
		provoked = append(provoked, rowOf(t, response.Code, response.Body.Bytes()))
	}
	return append(provoked, provokeRefusals(t, f)...)
}

// provokeRefusals provokes what is answered to too much, and when something of ours is broken.
func provokeRefusals(t *testing.T, f *fixture) []guideRow {
	t.Helper()
	as := headers{"Authorization": f.token("isv")}
	last := func(times int, method, path, body string) guideRow {
		for range times - 1 {
			require.Equal(t, http.StatusOK, f.do(t, method, path, as, strings.NewReader(body)).Code)
		}
		response := f.do(t, method, path, as, strings.NewReader(body))
		return rowOf(t, response.Code, response.Body.Bytes())
	}
	channel, err := f.store.Channel(t.Context(), waID)
	require.NoError(t, err)
	require.NoError(t, f.store.SetWebhook(t.Context(), waID, hook, channel.Version, f.now))
	pull := last(1, "GET", "/deliveries/next?channel="+waID, "")
	require.NoError(t, f.store.Park(t.Context(), []store.Delivery{{
		ID: "msg_1", Channel: waID, Conversation: "cnv_1", WorkflowID: "conversation:1", Contact: contact, Sequence: 1,
		Kind: "reply", Body: []byte(`{}`), MadeAt: f.now, State: store.DeliveryWaiting, UpdatedAt: f.now,
	}}))
	ack := last(1, "POST", "/deliveries/msg_1/ack", "")
	alive := last(1, "POST", "/deliveries/msg_1/replay", "")
	_, err = f.store.RecordAttempt(t.Context(), store.Attempt{Delivery: "msg_1", Number: 1, At: f.now}, store.Outcome{State: store.DeliveryDelivered, At: f.now})
	require.NoError(t, err)
	retry := last(1, "POST", "/deliveries/msg_1/retry", "")
	tests := last(6, "POST", "/webhooks/outbound/test", `{"waId":"`+waID+`"}`)
	retries := last(2, "POST", "/channels/"+waID+"/retry", "")
	none := last(1, "POST", "/deliveries/replay", `{"channel":"`+waID+`"}`)
	late := waitingFor(waID, "msg_2", 0, store.DeliveryWaiting)
	require.NoError(t, f.store.Park(t.Context(), []store.Delivery{late}))
	_, err = f.store.LeaseNext(t.Context(), store.LeaseQuery{Channel: waID, At: f.now, Until: f.now})
	require.NoError(t, err)
	require.NoError(t, f.store.MarkDead(t.Context(), "msg_2", "pull", f.now))
	dead := last(1, "POST", "/deliveries/msg_2/ack", "")
	f.handler, f.temporal.open = f.process(t), map[string]bool{workflows.ReplayID(waID): true}
	replaying := last(1, "POST", "/deliveries/msg_2/replay", "")
	f.temporal.fail = func(signal) error { return store.ErrNotFound }
	unavailable := last(1, "POST", "/webhooks/inbound", inboundOf(text("wamid.1", contact, "hola")))
	f.temporal.fail = nil
	for i := range 10 {
		f.logIn(t, "192.0.2.9", "isv", fmt.Sprint("wrong", i), nil)
	}
	failed := f.logIn(t, "192.0.2.9", "isv", "another", nil)
	f.rate = 1
	f.handler = f.process(t)
	return []guideRow{
		rowOf(t, failed.Code, failed.Body.Bytes()), last(3, "GET", "/conversations", ""), pull, ack, alive, dead, none, replaying, retry, tests, retries, unavailable,
		// These take 66 logins at once, 50 requests that wait, 16 MiB, 20 s, and a panic: other tests hold them to the same sentences.
		{http.StatusTooManyRequests, "too many large bodies of this account at once; please wait and try again"},
		{http.StatusTooManyRequests, "too many logins at once; please keep a token for its 8 hours, and try again"},
		{http.StatusTooManyRequests, "too many requests wait for messages; one for each channel is enough"},
		{http.StatusRequestTimeout, "the body did not arrive within 20 seconds"},
		{http.StatusInternalServerError, "an unexpected error has occurred"},
	}
}

func rowOf(t *testing.T, status int, body []byte) guideRow {
	t.Helper()
	var said struct{ Message string }
	require.NoError(t, json.Unmarshal(body, &said), "%s", body)
	require.Equal(t, fmt.Sprintf(`{"message":%s}`, quoted(said.Message)), string(body))
	return guideRow{status, said.Message}
}

// quoted is a JSON string without HTML escaping.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }
