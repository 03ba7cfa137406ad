package api_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// exchanged is a request and a response that nobody made.
type exchanged struct {
	method, path, token, body string
	status                    int
	headers                   headers
	response                  string
}

func (e exchanged) check(t *testing.T) error {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), e.method, e.path, strings.NewReader(e.body))
	if e.token != "" {
		r.Header.Set("Authorization", e.token)
	}
	got := httptest.NewRecorder()
	got.Code = e.status
	all := headers{"Content-Security-Policy": "default-src 'none'; ", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "X-Request-Id": "x", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Type": "application/json"}
	maps.Copy(all, e.headers)
	for name, value := range all {
		if value != "" {
			got.Header().Set(name, value)
		}
	}
	got.Body.WriteString(e.response)
	return readDocument(t).check(r, []byte(e.body), got)
}

// What is not in openapi.yaml fails the test that has made it.
func TestWhatTheOpenAPIDocumentDoesNotSayIsFound(t *testing.T) {
	good := exchanged{
		method: http.MethodGet, path: "/conversations/cnv_a", token: "x", status: 200,
		response: `{"id":"cnv_a","channel":"1","contact":{"waId":"2"},"status":"open","openedAt":"2026-03-10T12:00:00.000Z","live":true}`,
	}
	require.NoError(t, good.check(t))
	post := exchanged{method: http.MethodPost, path: "/v15.0/login", body: `{"username":"x","password":"y"}`, status: 200, response: `{"user":"x","access":true,"access_token":"z"}`}
	require.NoError(t, post.check(t))
	list := exchanged{method: http.MethodGet, path: "/conversations?limit=5", token: "x", status: 200, response: `{"conversations":[]}`}
	require.NoError(t, list.check(t))
	for _, tc := range []struct {
		name   string
		of     exchanged
		change func(*exchanged)
		want   string
	}{
		{"a status", good, func(e *exchanged) { e.status = 418 }, "status 418 is not documented"},
		{"a field", good, func(e *exchanged) { e.response = with(e.response, `"secret":1`) }, "secret"},
		{"a field within a field", good, func(e *exchanged) { e.response = strings.Replace(e.response, `"waId"`, `"phone":"2","waId"`, 1) }, "phone"},
		{"a field of another type", good, func(e *exchanged) { e.response = strings.Replace(e.response, `"live":true`, `"live":1`, 1) }, "/live"},
		{"a field that is missing", good, func(e *exchanged) { e.response = strings.Replace(e.response, `"status":"open",`, ``, 1) }, "status"},
		{"another value", good, func(e *exchanged) { e.response = strings.Replace(e.response, `"open"`, `"ajar"`, 1) }, "/status"},
		{"no time", good, func(e *exchanged) {
			e.response = strings.Replace(e.response, `"2026-03-10T12:00:00.000Z"`, `"today"`, 1)
		}, "/openedAt"},
		{"another type", good, func(e *exchanged) { e.headers = headers{"Content-Type": "text/plain"} }, "text/plain is not documented"},
		{"a header", good, func(e *exchanged) { e.headers = headers{"X-Powered-By": "x"} }, "X-Powered-By is not documented"},
		{"a header's value", good, func(e *exchanged) { e.headers = headers{"Cache-Control": "public"} }, "public"},
		{"a header that is missing", good, func(e *exchanged) { e.headers = headers{"X-Request-Id": ""} }, "X-Request-Id is missing"},
		{"no token", good, func(e *exchanged) { e.token = "" }, "a token is documented as needed"},
		{"a query", list, func(e *exchanged) { e.path += "&deep=1" }, "deep=1 is not documented"},
		{"a query's value", list, func(e *exchanged) { e.path += "00" }, "maximum"},
		{"no body in the request", post, func(e *exchanged) { e.body = "" }, "a body is documented as required"},
		{"a body in the request", post, func(e *exchanged) { e.body = `{"username":"x"}` }, "password"},
		{"a version", good, func(e *exchanged) { e.path = "/v15.0" + e.path }, "of a route that is not documented"},
		{"a route", good, func(e *exchanged) { e.path = "/secret" }, "of a route that is not documented"},
		{"a method", good, func(e *exchanged) { e.method, e.status = http.MethodPut, 405 }, "405 without the methods"},
		{"a body where none is", exchanged{
			method: http.MethodGet, path: "/deliveries/next?channel=1", token: "x", status: 204, response: "x",
			headers: headers{"X-Content-Type-Options": ""},
		}, func(*exchanged) {}, "a body that is not documented"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := tc.of
			tc.change(&changed)
			require.ErrorContains(t, changed.check(t), tc.want)
		})
	}
}

// with is a JSON object with one field more.
func with(object, field string) string { return strings.TrimSuffix(object, "}") + "," + field + "}" }
