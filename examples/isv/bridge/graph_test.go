package bridge

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What Chattigo does with a status: 400 is given up after five attempts in a minute; 401, 403, 404 and 5xx
// are tried for a day; 429 and 503 pause; 410 switches the webhook off.
func TestGraphsAnswerIsPassedOnWithAStatusThatLeadsToTheRightRetry(t *testing.T) {
	graphError := func(code int, more string) string {
		return fmt.Sprintf(`{"error":{"message":"(#%d)","type":"OAuthException","code":%d%s,"fbtrace_id":"A"}}`, code, code, more)
	}
	for _, test := range []struct {
		name       string
		status     int
		body       string
		retryAfter string
		want       int
		wantAfter  string
	}{
		{"accepted", 200, `{"messages":[{"id":"wamid.1"}]}`, "", 200, ""},
		{"accepted without an id", 200, `{}`, "", 200, ""},
		{"a wrong parameter", 400, graphError(100, ""), "", 400, ""},
		{"the window of 24 hours is over", 400, graphError(131047, ""), "", 400, ""},
		{"an unknown code", 400, graphError(999999, ""), "", 400, ""},
		{"no error of Graph's", 400, `<html>`, "", 400, ""},
		{"no template of that name", 404, graphError(132001, ""), "", 404, ""},
		{"too large", 413, ``, "", 413, ""},

		{"the token expired", 401, graphError(190, ""), "", 401, ""},
		{"the token expired, as 400", 400, graphError(190, ""), "", 403, ""},
		{"no permission, as 400", 400, graphError(200, ""), "", 403, ""},
		{"the account is blocked", 403, graphError(368, ""), "", 403, ""},
		{"payment is missing, as 400", 400, graphError(131042, ""), "", 403, ""},
		{"the number is not registered, as 400", 400, graphError(133010, ""), "", 403, ""},
		{"no such number", 400, graphError(100, `,"error_subcode":33`), "", 403, ""},

		{"limit of the app", 400, graphError(4, ""), "", 429, ""},
		{"limit of the account", 400, graphError(80007, ""), "60", 429, "60"},
		{"limit of the number", 429, graphError(130429, ""), "", 429, ""},
		{"limit of the pair holds nobody else back", 400, graphError(131056, ""), "60", 429, ""},
		{"limit of a proxy", 429, ``, "7", 429, "7"},

		{"overloaded", 503, graphError(2, ""), "30", 503, "30"},
		{"a fault", 500, graphError(131000, ""), "", 500, ""},
		{"a fault, as 400", 400, graphError(131000, ""), "", 503, ""},
		{"transient, as 400", 400, graphError(777, `,"is_transient":true`), "", 503, ""},
		{"permission, as 500", 500, graphError(3, ""), "", 500, ""},

		{"a redirect", 302, ``, "", 502, ""},
		{"gone would switch the webhook off", 410, ``, "", 502, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := &network{graph: func(*http.Request, string) *http.Response {
				return response(test.status, test.body, "Retry-After", test.retryAfter, "Location", "https://elsewhere.test/", "Webhook-Delivery", "disable")
			}}
			b, _ := openBridge(t, settingsIn(t.TempDir()), n)

			w := serve(b, fromChattigo(t, "msg_1", hello("a")))

			require.Equal(t, test.want, w.Code)
			require.Equal(t, test.body, w.Body.String(), "Graph's own")
			require.Equal(t, test.wantAfter, w.Header().Get("Retry-After"))
			require.Empty(t, w.Header().Get("Webhook-Delivery"))
			require.Empty(t, w.Header().Get("Location"))
			require.Len(t, n.sent(), 1, "no redirect is followed")
		})
	}
}

func TestAHugeAnswerOfGraphsIsNotKept(t *testing.T) {
	huge := strings.Repeat("x", maxAnswer+1)
	for status, want := range map[int]int{200: 200, 400: 502} {
		n := &network{graph: func(*http.Request, string) *http.Response { return response(status, huge) }}
		b, _ := openBridge(t, settingsIn(t.TempDir()), n)

		w := serve(b, fromChattigo(t, "msg_1", hello("a")))

		require.Equal(t, want, w.Code)
		require.Less(t, w.Body.Len(), 100)
	}
}
