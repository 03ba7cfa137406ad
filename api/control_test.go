package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/workflows"
)

// obeying is a workflow that accepts every update.
func obeying(conversation, status string) func(context.Context, client.UpdateWorkflowOptions) (workflows.ControlResult, error) {
	return func(context.Context, client.UpdateWorkflowOptions) (workflows.ControlResult, error) {
		return workflows.ControlResult{Conversation: conversation, Status: status}, nil
	}
}

func controlled(t *testing.T) *fixture {
	t.Helper()
	f := setUp(t)
	f.keep(t, row("a", waID, 1), ended(row("b", waID, 2)))
	f.temporal.update = obeying("cnv_a", "closing")
	return f
}

func TestAConversationIsAskedForWhatThePersonWants(t *testing.T) {
	to := workflows.Addressee{Conversation: "cnv_a"}
	for _, tt := range []struct {
		path, body, name string
		arg              any
	}{
		{"close", ``, "close", workflows.CloseRequest{Addressee: to}},
		{"close", ` {} `, "close", workflows.CloseRequest{Addressee: to}},
		{"close", `{"reason":"solved","other":[1]}`, "close", workflows.CloseRequest{Reason: "solved", Addressee: to}},
		{"handoff", ``, "handoff", workflows.HandoffRequest{Addressee: to}},
		{"handoff", `{"note":"<VIP> ñ"}`, "handoff", workflows.HandoffRequest{Note: "<VIP> ñ", Addressee: to}},
		{"resume", ``, "resume", workflows.ResumeRequest{Addressee: to}},
		{"resume", `{"note":5}`, "resume", workflows.ResumeRequest{Addressee: to}},
	} {
		f := controlled(t)
		response := f.do(t, http.MethodPost, "/conversations/cnv_a/"+tt.path, headers{"Authorization": f.token("operator")}, strings.NewReader(tt.body))
		require.Equal(t, `{"id":"cnv_a","status":"closing"}`, response.Body.String())
		require.Equal(t, 200, response.Code)
		require.Len(t, f.temporal.updates, 1)
		got := f.temporal.updates[0]
		require.NotEmpty(t, got.UpdateID)
		require.Equal(t, client.UpdateWorkflowOptions{
			WorkflowID: "workflow:a", UpdateID: got.UpdateID, UpdateName: tt.name, Args: []any{tt.arg}, WaitForStage: client.WorkflowUpdateStageCompleted,
		}, got)
	}
}

func TestARequestUnderTheSameKeyIsTheSameRequest(t *testing.T) {
	f := controlled(t)
	f.keep(t, row("c", waID, 3))
	seen := map[string]bool{}
	post := func(conversation, path, key string) string {
		f.temporal.query = answering(workflows.Snapshot{Conversation: conversation})
		f.temporal.update = obeying(conversation, "open")
		h := headers{"Authorization": f.token("isv")}
		if key != "" {
			h["Idempotency-Key"] = key
		}
		require.Equal(t, 200, f.do(t, http.MethodPost, "/conversations/"+conversation+path, h, nil).Code)
		id := f.temporal.updates[len(f.temporal.updates)-1].UpdateID
		require.LessOrEqual(t, len(id), 64)
		seen[id] = true
		return id
	}
	first := post("cnv_a", "/close", "k")
	require.Equal(t, first, post("cnv_a", "/close", "k"))
	post("cnv_a", "/handoff", "k")
	post("cnv_c", "/close", "k")
	post("cnv_a", "/close", strings.Repeat("k", 9000))
	post("cnv_a", "/close", "")
	post("cnv_a", "/close", "")
	require.Len(t, seen, 6)
}

func TestABodyThatCannotBeIsRefused(t *testing.T) {
	f := controlled(t)
	post := func(path, body, message string) scenario {
		return scenario{name: path + " " + cutTo(body, 40), method: http.MethodPost, path: "/conversations/cnv_a/" + path, as: "isv", body: body, wantStatus: 400, wantBody: `{"message":"` + message + `"}`}
	}
	tooLarge := post("handoff", `{"note":"`+strings.Repeat("x", 20<<10)+`"}`, "the body is larger than 16384 bytes")
	tooLarge.wantStatus = 413
	f.run(t, []scenario{
		post("close", `{"reason":5}`, "reason must be a string"),
		post("close", `{"reason":null}`, "reason must be a string"),
		post("handoff", `{"note":["a"]}`, "note must be a string"),
		post("handoff", `{`, "the body is not valid JSON"),
		post("resume", `[]`, "the body must be a JSON object"),
		post("resume", `null`, "the body must be a JSON object"),
		tooLarge,
	})
	require.Empty(t, f.temporal.updates)
}

func TestWhyAConversationDoesNotObey(t *testing.T) {
	const again = `{"message":"the service cannot take this request right now; please send it again"}`
	const silent = `{"message":"the conversation does not answer right now; please try again"}`
	const closed = `{"message":"the conversation is closed already"}`
	for _, tt := range []struct {
		name         string
		id           string
		update       error
		status, asks int
		body         string
	}{
		{name: "its row is closed", id: "cnv_b", status: 409, body: closed},
		{name: "it ended meanwhile", update: serviceerror.NewNotFound("workflow execution already completed"), status: 409, asks: 1, body: closed},
		{name: "it does not want to", update: temporal.NewApplicationError("the conversation is <closing>", "Conflict"), status: 409, asks: 1, body: `{"message":"the conversation is <closing>"}`},
		{name: "it does not want to, for no type of reason", update: temporal.NewApplicationError("no", ""), status: 409, asks: 1, body: `{"message":"no"}`},
		{name: "it does not understand", update: temporal.NewApplicationError("reason must be short", "InvalidRequest"), status: 400, asks: 1, body: `{"message":"reason must be short"}`},
		{name: "its worker is of an older release", update: temporal.NewApplicationError("unknown update close. KnownUpdates=[]", ""), status: 503, asks: 1, body: again},
		{name: "no worker runs", update: client.NewWorkflowUpdateServiceTimeoutOrCanceledError(context.DeadlineExceeded), status: 503, asks: 1, body: silent},
		{name: "its run is blocked", update: &serviceerror.WorkflowNotReady{Message: "x"}, status: 503, asks: 1, body: silent},
		{name: "Temporal is down", update: errors.New("secret 56911112222"), status: 503, asks: 1, body: again},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := controlled(t)
			if tt.id == "" {
				tt.id = "cnv_a"
			}
			f.temporal.update = func(ctx context.Context, _ client.UpdateWorkflowOptions) (workflows.ControlResult, error) {
				deadline, bounded := ctx.Deadline()
				require.True(t, bounded)
				require.LessOrEqual(t, time.Until(deadline), 5*time.Second)
				return workflows.ControlResult{Conversation: "cnv_a"}, tt.update
			}
			response := f.do(t, http.MethodPost, "/conversations/"+tt.id+"/close", headers{"Authorization": f.token("isv")}, nil)
			require.Equal(t, tt.body, response.Body.String())
			require.Equal(t, tt.status, response.Code)
			require.Len(t, f.temporal.updates, tt.asks)
			require.Equal(t, tt.status == 503, response.Header().Get("Retry-After") != "")
			require.NotContains(t, f.log.String(), contact)
		})
	}
}

func TestHandoffsAndResumesOfOneConversationAreBounded(t *testing.T) {
	f := controlled(t)
	f.keep(t, row("other", waID, 3))
	ask := func(path string) (int, string) {
		response := f.do(t, http.MethodPost, "/conversations/"+path, headers{"Authorization": f.token("isv")}, strings.NewReader(``))
		return response.Code, response.Header().Get("Retry-After")
	}
	for range workflows.MaxControls {
		code, _ := ask("cnv_a/handoff")
		require.Equal(t, 200, code)
	}
	code, retry := ask("cnv_a/resume")
	require.Equal(t, 429, code)
	require.Equal(t, "6", retry)
	require.Len(t, f.temporal.updates, workflows.MaxControls, "Temporal is not asked")
	code, _ = ask("cnv_a/close")
	require.Equal(t, 200, code, "a close is never too often")
	code, _ = ask("cnv_other/handoff")
	require.Equal(t, 200, code)

	f.temporal.update = func(context.Context, client.UpdateWorkflowOptions) (workflows.ControlResult, error) {
		return workflows.ControlResult{}, temporal.NewApplicationError("the conversation was handed off and resumed too often within a minute", workflows.RefusedTooMany)
	}
	code, retry = ask("cnv_other/handoff")
	require.Equal(t, 429, code, "another process has let it through")
	require.Equal(t, "6", retry)
}
