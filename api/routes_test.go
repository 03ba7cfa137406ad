package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/workflows"
)

// conversationRoutes are all that name a conversation.
func conversationRoutes() []scenario {
	return []scenario{
		{method: http.MethodGet, path: ""},
		{method: http.MethodGet, path: "/messages"},
		{method: http.MethodPost, path: "/close"},
		{method: http.MethodPost, path: "/handoff"},
		{method: http.MethodPost, path: "/resume"},
	}
}

func TestAConversationIsItsTenantsAndOperatorsOnly(t *testing.T) {
	f := setUp(t)
	orphan := row("orphan", "56900000099", 1)
	f.keep(t, row("a", waID, 1), ended(row("b", waID, 2)), orphan)
	f.temporal.query = answering(workflows.Snapshot{Conversation: "cnv_a"})
	f.temporal.update = obeying("cnv_a", "open")
	var scenarios []scenario
	add := func(name, id string, want int, body, as string) {
		for _, sc := range conversationRoutes() {
			sc.name, sc.path, sc.as = name+" "+sc.path, "/conversations/"+id+sc.path, as
			sc.wantStatus, sc.wantBody = want, body
			scenarios = append(scenarios, sc)
		}
	}
	unknown := func(id string) string {
		return `{"message":"unsupported get request. Object with ID '` + id + `' does not exist"}`
	}
	add("another's", "cnv_a", 401, `{"message":"unauthorized Access"}`, "other")
	add("another's that is closed", "cnv_b", 401, `{"message":"unauthorized Access"}`, "other")
	add("of a channel that is nobody's", "cnv_orphan", 400, unknown("56900000099"), "isv")
	add("unknown", "cnv_x", 400, unknown("cnv_x"), "isv")
	add("unknown to an operator", "cnv_x", 400, unknown("cnv_x"), "operator")
	add("that cannot be", "a%00b", 400, unknown(`a\u0000b`), "isv")
	add("too long", long(), 400, unknown(long()[:256]), "isv")
	add("without a token", "cnv_a", 401, documentsThird401, "")
	add("of a disabled account", "cnv_a", 401, invalidToken, "gone")
	for i := range scenarios {
		scenarios[i].body = `{}`
	}
	f.run(t, append(scenarios,
		scenario{name: "another's channel", method: "GET", path: "/conversations?channel=56900000002", as: "isv", wantStatus: 401, wantBody: `{"message":"unauthorized Access"}`},
		scenario{name: "the list without a token", method: "GET", path: "/conversations", wantStatus: 401, wantBody: documentsThird401},
		scenario{name: "an operator posts no messages", method: "POST", path: "/webhooks/inbound", as: "operator", body: "{}", wantStatus: 401, wantBody: `{"message":"unauthorized Access"}`},
		scenario{name: "an operator sets no webhook", method: "PATCH", path: "/webhooks/outbound", as: "operator", body: "{}", wantStatus: 401, wantBody: `{"message":"unauthorized Access"}`},
	))
	require.Empty(t, f.temporal.updates)
	for _, as := range []string{"isv", "operator"} {
		for _, sc := range conversationRoutes() {
			response := f.do(t, sc.method, "/conversations/cnv_a"+sc.path, headers{"Authorization": f.token(as)}, nil)
			require.Equal(t, 200, response.Code, "%s %s", as, sc.path)
		}
	}
	require.Len(t, f.temporal.updates, 6)
	require.NotContains(t, f.log.String(), contact)
}

func TestMethodsAndVersionsOfConversations(t *testing.T) {
	setUp(t).run(t, []scenario{
		{name: "list", method: "POST", path: "/conversations", wantStatus: 405, wantBody: `{"message":"this route takes only GET, HEAD"}`},
		{name: "close", method: "GET", path: "/conversations/a/close", wantStatus: 405, wantBody: `{"message":"this route takes only POST"}`},
		{name: "versioned", method: "GET", path: "/v15.0/conversations", as: "isv", wantStatus: 404, wantBody: `{"message":"there is no such route"}`},
		{name: "a slash in the id", method: "GET", path: "/conversations/a%2Fb", as: "isv", wantStatus: 404, wantBody: `{"message":"there is no such route"}`},
	})
}
