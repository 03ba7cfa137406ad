package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBadInputIsRefusedAndNothingIsKept(t *testing.T) {
	f := setUp(t)
	good := inboundOf(text("wamid.1", contact, "hola"))
	const in = "/webhooks/inbound"
	f.run(t, []scenario{
		{name: "broken JSON", method: "POST", path: in, as: "isv", body: `{"object":`, wantStatus: 400, wantBody: `{"message":"the body is not valid JSON (at byte 10)"}`},
		{name: "empty body", method: "POST", path: in, as: "isv", body: "", wantStatus: 400, wantBody: `{"message":"the body is empty; the JSON of a WhatsApp webhook is expected"}`},
		{name: "JSON that is no webhook", method: "POST", path: in, as: "isv", body: `{"a":1}`, wantStatus: 400, wantBody: `{"message":"the field \"object\" is missing; a WhatsApp webhook has \"whatsapp_business_account\" there"}`},
		{name: "another object", method: "POST", path: in, as: "isv", body: `{"object":"page","entry":[]}`, wantStatus: 400, wantBody: `{"message":"the field \"object\" must be \"whatsapp_business_account\""}`},
		{name: "JSON that is no object", method: "POST", path: in, as: "isv", body: `[]`, wantStatus: 400, wantBody: `{"message":"the body is not a JSON object; a WhatsApp webhook is expected"}`},
		{name: "5 MB", method: "POST", path: in, as: "isv", body: strings.Repeat(" ", 5<<20), wantStatus: 413, wantBody: `{"message":"the body is larger than 4194304 bytes"}`},
		{name: "wrong content type", method: "POST", path: in, as: "isv", headers: headers{"Content-Type": "application/xml"}, body: good, wantStatus: 415, wantBody: `{"message":"the body must be application/json"}`},
		{name: "form", method: "POST", path: in, as: "isv", headers: headers{"Content-Type": "application/x-www-form-urlencoded"}, body: good, wantStatus: 415, wantBody: `{"message":"the body must be application/json"}`},
		{name: "compressed", method: "POST", path: in, as: "isv", headers: headers{"Content-Encoding": "gzip"}, body: good, wantStatus: 415, wantBody: `{"message":"the body must not be compressed"}`},
		{name: "unknown channel", method: "POST", path: in, as: "isv", body: webhook(value("999", text("a", contact, "x"))), wantStatus: 400, wantBody: `{"message":"unsupported get request. Object with ID '999' does not exist"}`},
		{name: "no channel named", method: "POST", path: in, as: "isv", body: webhook(`{"field":"messages","value":{"metadata":{},"messages":[` + text("a", contact, "x") + `]}}`), wantStatus: 400, wantBody: `{"message":"unsupported get request. Object with ID '' does not exist"}`},
		{name: "messages without metadata", method: "POST", path: in, as: "isv", body: webhook(`{"field":"messages","value":{"messages":[` + text("a", contact, "x") + `]}}`), wantStatus: 400, wantBody: `{"message":"metadata is missing in a value with messages"}`},
		{name: "channel with a NUL", method: "POST", path: in, as: "isv", body: webhook(strings.Replace(value("XX", text("a", contact, "x")), `"XX"`, `"1\u0000"`, 1)), wantStatus: 400, wantBody: `{"message":"unsupported get request. Object with ID '1\u0000' does not exist"}`},
		{name: "foreign channel", method: "POST", path: in, as: "isv", body: webhook(value(otherNumberID, text("a", contact, "x"))), wantStatus: 401, wantBody: `{"message":"unauthorized Access"}`},
		{name: "known and unknown channel", method: "POST", path: in, as: "isv", body: webhook(value(phoneNumberID, text("a", contact, "x")), value("999", text("b", contact, "x"))), wantStatus: 400, wantBody: `{"message":"unsupported get request. Object with ID '999' does not exist"}`},
		{name: "own and foreign channel", method: "POST", path: in, as: "isv", body: webhook(value(phoneNumberID, text("a", contact, "x")), value(otherNumberID, text("b", contact, "x"))), wantStatus: 401, wantBody: `{"message":"unauthorized Access"}`},
		{name: "operator", method: "POST", path: in, as: "operator", body: good, wantStatus: 401, wantBody: `{"message":"unauthorized Access"}`},
		{name: "no token, before the body is looked at", method: "POST", path: in, headers: headers{"Content-Type": "image/png"}, body: "{", wantStatus: 401, wantBody: documentsThird401},
		{name: "unknown route", method: "GET", path: "/webhooks", wantStatus: 404, wantBody: `{"message":"there is no such route"}`},
		{name: "slash too many", method: "POST", path: "/login/", wantStatus: 404, wantBody: `{"message":"there is no such route"}`},
		{name: "double slash", method: "POST", path: "//login", wantStatus: 404, wantBody: `{"message":"there is no such route"}`},
		{name: "wrong method", method: "GET", path: in, as: "isv", wantStatus: 405, wantBody: `{"message":"this route takes only POST, PATCH"}`, wantHeaders: headers{"Allow": "POST, PATCH"}},
		{name: "wrong method under a version", method: "DELETE", path: "/v15.0/login", wantStatus: 405, wantBody: `{"message":"this route takes only POST"}`, wantHeaders: headers{"Allow": "POST"}},
		{name: "wrong method under a version that is not served", method: "DELETE", path: "/v13.0/login", wantStatus: 404, wantBody: `{"message":"there is no such route"}`},
		{name: "wrong method of a page", method: "POST", path: "/healthz", wantStatus: 405, wantBody: `{"message":"this route takes only GET, HEAD"}`, wantHeaders: headers{"Allow": "GET, HEAD"}},
	})
	require.Empty(t, f.temporal.all())
	require.NotContains(t, f.log.String(), contact)
}

func TestJSONLikeContentTypesAreRead(t *testing.T) {
	f := setUp(t)
	for _, contentType := range []string{
		"application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"utf-8\"", "application/vnd.api+json",
		"text/json", "text/plain; charset=iso-8859-1", "application/json; charset", "",
	} {
		t.Run(contentType, func(t *testing.T) {
			response := f.do(t, http.MethodPost, "/webhooks/inbound",
				headers{"Authorization": f.token("isv"), "Content-Type": contentType}, strings.NewReader(webhook()))
			require.Equal(t, emptyCounts, response.Body.String())
		})
	}
}

func TestLoginRefuses(t *testing.T) {
	f := setUp(t)
	unknown := func(name string) string {
		return `{"message":"unsupported get request. username ‘` + name + `’ does not exist, or an unexpected error has occurred with your service provider"}`
	}
	long := strings.Repeat("ñ", 200)
	f.run(t, []scenario{
		{name: "disabled user", method: "POST", path: "/login", body: `{"username":"gone","password":"correct horse"}`, wantStatus: 400, wantBody: unknown("gone")},
		{name: "markup is not escaped", method: "POST", path: "/login", body: `{"username":"<a>&","password":"x"}`, wantStatus: 400, wantBody: unknown("<a>&")},
		{name: "a long name is cut between characters", method: "POST", path: "/login", body: `{"username":"x` + long + `","password":"x"}`, wantStatus: 400, wantBody: unknown("x" + long[:254])},
		{name: "a name with a NUL", method: "POST", path: "/login", body: `{"username":"isv\u0000","password":"x"}`, wantStatus: 400, wantBody: unknown(`isv\u0000`)},
		{name: "a name in other letters", method: "POST", path: "/login", body: `{"username":"ISV","password":"correct horse"}`, wantStatus: 400, wantBody: unknown("ISV")},
		{name: "no user", method: "POST", path: "/login", body: `{"password":"x"}`, wantStatus: 400, wantBody: `{"message":"username is missing"}`},
		{name: "no password", method: "POST", path: "/login", body: `{"username":"isv"}`, wantStatus: 400, wantBody: `{"message":"password is missing"}`},
		{name: "empty password", method: "POST", path: "/login", body: `{"username":"isv","password":""}`, wantStatus: 400, wantBody: `{"message":"password must not be empty"}`},
		{name: "number as user", method: "POST", path: "/login", body: `{"username":1,"password":"x"}`, wantStatus: 400, wantBody: `{"message":"username must be a string"}`},
		{name: "null", method: "POST", path: "/login", body: `null`, wantStatus: 400, wantBody: `{"message":"the body must be a JSON object"}`},
		{name: "list", method: "POST", path: "/login", body: `[1]`, wantStatus: 400, wantBody: `{"message":"the body must be a JSON object"}`},
		{name: "broken", method: "POST", path: "/login", body: `{"username":"isv"`, wantStatus: 400, wantBody: `{"message":"the body is not valid JSON"}`},
		{name: "two documents", method: "POST", path: "/login", body: `{}{}`, wantStatus: 400, wantBody: `{"message":"the body is not valid JSON"}`},
		{name: "empty", method: "POST", path: "/login", body: ` `, wantStatus: 400, wantBody: `{"message":"the body is empty; it must be a JSON object"}`},
		{name: "large", method: "POST", path: "/login", body: strings.Repeat(" ", 20<<10), wantStatus: 413, wantBody: `{"message":"the body is larger than 16384 bytes"}`},
		{name: "a password of 10 KB", method: "POST", path: "/login", body: `{"username":"isv","password":"` + strings.Repeat("a", 10<<10) + `"}`, wantStatus: 400, wantBody: `{"message":"invalid Password"}`},
	})
	require.NotContains(t, f.log.String(), "correct horse")
}

func TestOutboundRefuses(t *testing.T) {
	f := setUp(t)
	body := func(id, url string) string { return `{"waId":"` + id + `","externalWebhookIsvBot":"` + url + `"}` }
	refused := func(why string) string { return `{"message":"externalWebhookIsvBot was refused: ` + why + `"}` }
	const out = "/webhooks/outbound"
	f.run(t, []scenario{
		{name: "no waId", method: "PATCH", path: out, as: "isv", body: `{"externalWebhookIsvBot":"` + hook + `"}`, wantStatus: 400, wantBody: `{"message":"waId is missing"}`},
		{name: "no URL", method: "PATCH", path: out, as: "isv", body: `{"waId":"56900000001"}`, wantStatus: 400, wantBody: `{"message":"externalWebhookIsvBot is missing"}`},
		{name: "names are exact", method: "PATCH", path: out, as: "isv", body: `{"waid":"56900000001","externalWebhookIsvBot":"` + hook + `"}`, wantStatus: 400, wantBody: `{"message":"waId is missing"}`},
		{name: "number as waId", method: "PATCH", path: out, as: "isv", body: `{"waId":56900000001,"externalWebhookIsvBot":"` + hook + `"}`, wantStatus: 400, wantBody: `{"message":"waId must be a string"}`},
		{name: "foreign channel", method: "PATCH", path: out, as: "isv", body: body(otherWaID, hook), wantStatus: 401, wantBody: `{"message":"unauthorized Access"}`},
		{name: "plain http", method: "PATCH", path: out, as: "isv", body: body(waID, "http://hooks.example.com"), wantStatus: 400, wantBody: refused("the URL must begin with https://")},
		{name: "loopback in production", method: "PATCH", path: out, as: "isv", body: body(waID, "http://127.0.0.1:8090/"), wantStatus: 400, wantBody: refused("the URL must begin with https://")},
		{name: "address", method: "PATCH", path: out, as: "isv", body: body(waID, "https://10.0.0.1/"), wantStatus: 400, wantBody: refused("the URL's host must be a name, not an IP address")},
		{name: "user in the URL", method: "PATCH", path: out, as: "isv", body: body(waID, "https://a:b@hooks.example.com/"), wantStatus: 400, wantBody: refused("the URL must not hold a user name or password")},
		{name: "port", method: "PATCH", path: out, as: "isv", body: body(waID, "https://hooks.example.com:22/"), wantStatus: 400, wantBody: refused("the URL's port must be 443 or 8443")},
	})
	channel, err := f.store.Channel(t.Context(), waID)
	require.NoError(t, err)
	require.Empty(t, channel.WebhookURL)
}

func TestOutboundToleratesUnknownKeysAndAnswersOnlyTheTwo(t *testing.T) {
	f := setUp(t)
	f.run(t, []scenario{{
		name: "byte order mark", method: "PATCH", path: "/webhooks/outbound", as: "isv",
		body:       "\xef\xbb\xbf" + `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com"}`,
		wantStatus: 200, wantBody: `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com"}`,
	}, {
		name: "extra keys", method: "PATCH", path: "/webhooks/outbound", as: "isv",
		body:       `{"note":[1],"externalWebhookIsvBot":"https://hooks.example.com/a?b=<c>&d","waId":"56900000001"}`,
		wantStatus: 200, wantBody: `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com/a?b=<c>&d"}`,
	}})
}

func TestDevTakesWebhooksOnThisMachine(t *testing.T) {
	f := setUp(t, func(f *fixture) { f.dev = true })
	body := `{"waId":"56900000001","externalWebhookIsvBot":"http://127.0.0.1:8090/"}`
	f.run(t, []scenario{{name: "loopback", method: "PATCH", path: "/webhooks/outbound", as: "isv", body: body, wantStatus: 200, wantBody: body}})
}

func TestHealth(t *testing.T) {
	f := setUp(t)
	f.run(t, []scenario{
		{name: "alive", method: "GET", path: "/healthz", wantStatus: 200, wantBody: `{"status":"ok"}`},
		{name: "ready", method: "GET", path: "/readyz", wantStatus: 200, wantBody: `{"status":"ready"}`},
		{name: "ready by HEAD", method: "HEAD", path: "/readyz", wantStatus: 200, wantBody: `{"status":"ready"}`}, // net/http drops the body
	})
	f.ready = errors.New("no mapping defined")
	f.run(t, []scenario{
		{name: "still alive", method: "GET", path: "/healthz", wantStatus: 200, wantBody: `{"status":"ok"}`},
		{name: "not ready", method: "GET", path: "/readyz", wantStatus: 503, wantBody: `{"message":"the service cannot accept messages yet"}`, wantHeaders: headers{"Retry-After": "1"}},
	})
	require.Contains(t, f.log.String(), "no mapping defined")
}

func TestADatabaseThatFailsIsAskedAgainLater(t *testing.T) {
	f := setUp(t)
	token := f.token("isv")
	require.NoError(t, f.store.Close())
	unavailable := `{"message":"the service cannot take this request right now; please send it again"}`
	f.run(t, []scenario{
		{name: "inbound", method: "POST", path: "/webhooks/inbound", headers: headers{"Authorization": token}, body: webhook(), wantStatus: 503, wantBody: unavailable, wantHeaders: headers{"Retry-After": "2"}},
		{name: "login", method: "POST", path: "/login", body: `{"username":"isv","password":"x"}`, wantStatus: 503, wantBody: unavailable, wantHeaders: headers{"Retry-After": "2"}},
	})
}

func TestAPanicIsAnsweredAndLoggedOnceWithoutItsValue(t *testing.T) {
	f := setUp(t)
	f.inReady = func() { panic("secret of 56911112222") }
	f.run(t, []scenario{{name: "panic", method: "GET", path: "/readyz", wantStatus: 500, wantBody: `{"message":"an unexpected error has occurred"}`}})
	require.Equal(t, 1, strings.Count(f.log.String(), `"msg":"panic"`))
	require.NotContains(t, f.log.String(), "secret of")
}

func TestACallerWhoLeavesIsNoErrorOfOurs(t *testing.T) {
	f := setUp(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.temporal.inside = cancel
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "/webhooks/inbound", strings.NewReader(inboundOf(text("a", contact, "x"))))
	require.NoError(t, err)
	request.Header.Set("Authorization", f.token("isv"))
	f.handler.ServeHTTP(httptest.NewRecorder(), request)
	require.Contains(t, f.log.String(), `"caller_gone":true`)
	require.NotContains(t, f.log.String(), `"level":"ERROR"`)
}
