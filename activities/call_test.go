package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
	"github.com/chattigo/api-isv/webhook/webhooktest"
)

const (
	apiName = "api.clinicasur.example"
	// goneName is the name of a server that is not there any more.
	goneName = "gone.example.com"
	// agenda is the channel's secret; it must be found nowhere but on the wire.
	agenda = "s3cr3t-of-the-agenda"
)

// called is a request as the bot's API got it.
type called struct {
	method, path, body string
	header             http.Header
}

// callRoom is the room with an API that bots call, and a vault with one secret.
type callRoom struct {
	*room
	mu     sync.Mutex
	got    []called
	answer http.HandlerFunc
}

func newCallRoom(t *testing.T, answer http.HandlerFunc) *callRoom {
	t.Helper()
	r := &callRoom{room: newRoom(t), answer: answer}
	server := webhooktest.New(t, apiName, http.HandlerFunc(r.serve))
	gone, err := netip.ParseAddrPort(strings.TrimPrefix(refusing(t), "http://"))
	require.NoError(t, err)
	caller := webhook.NewCaller("test", webhooktest.Redirect(webhook.NewGuard(), server.Authorities,
		map[string]netip.AddrPort{apiName: server.Addr, goneName: gone}))
	t.Cleanup(caller.Close)
	vault, err := r.db.Vault(bytes.Repeat([]byte{7}, store.SealKeyBytes))
	require.NoError(t, err)
	require.NoError(t, vault.Put(t.Context(), channel, "agenda", agenda, opened()))
	r.caller, r.secrets = caller, vault
	return r
}

func (r *callRoom) serve(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	r.got = append(r.got, called{req.Method, req.RequestURI, string(body), req.Header.Clone()})
	r.mu.Unlock()
	r.answer(w, req)
}

// says answers with one status after the other; the last one stays.
func (r *callRoom) says(statuses ...int) {
	r.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(statuses[min(len(r.received()), len(statuses))-1])
		_, _ = io.WriteString(w, "answer "+strconv.Itoa(len(r.received())))
	}
}

func (r *callRoom) received() []called {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]called(nil), r.got...)
}

func callInput(retries int) CallInput {
	return CallInput{Address: address(), Call: bot.Call{
		ID: ours + "/wamid.1/0", State: "buscar_horas", Method: "POST", URL: "https://" + apiName + "/horas?x=1",
		Headers: []bot.Header{{Name: "Authorization", Value: []bot.HeaderPart{{Text: "Bearer "}, {Secret: "agenda"}}}},
		Body:    json.RawMessage(`{"rut":"1-9"}`), Timeout: 5 * time.Second, Retries: retries,
	}}
}

// history is all that Temporal gets to know of a call: what is in its database, and in its UI.
type history struct {
	outcome chat.CallOutcome
	err     error
	// failures are the errors between the attempts, as JSON.
	failures []string
	took     time.Duration
}

// play schedules the call as a workflow does, with skipped time between the attempts.
func (r *callRoom) play(in CallInput) (h history) {
	r.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(slog.New(slog.DiscardHandler))
	env := suite.NewTestWorkflowEnvironment()
	// Each attempt is another run of the function; what it returns is what the server keeps.
	env.RegisterActivityWithOptions(func(ctx context.Context, in CallInput) (chat.CallOutcome, error) {
		outcome, err := r.Call(ctx, in)
		if err != nil {
			h.failures = append(h.failures, failureText(r.t, err))
		}
		return outcome, err
	}, activity.RegisterOptions{Name: "Call"})
	env.ExecuteWorkflow(func(ctx workflow.Context) (chat.CallOutcome, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: CallAttemptTime(in.Call), ScheduleToCloseTimeout: CallTotalTime(in.Call),
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, MaximumAttempts: CallAttempts(in.Call)},
		})
		var outcome chat.CallOutcome
		start := workflow.Now(ctx)
		err := workflow.ExecuteActivity(ctx, "Call", in).Get(ctx, &outcome)
		h.took = workflow.Now(ctx).Sub(start)
		return outcome, err
	})
	if h.err = env.GetWorkflowError(); h.err == nil {
		require.NoError(r.t, env.GetWorkflowResult(&h.outcome))
	}
	return h
}

// requireNoSecret looks everywhere but on the wire.
func (r *callRoom) requireNoSecret(h history) {
	r.t.Helper()
	outcome, err := json.Marshal(h.outcome)
	require.NoError(r.t, err)
	for _, text := range append(h.failures, string(outcome), r.logs.String()) {
		require.NotContains(r.t, text, agenda)
	}
	if h.err != nil {
		require.NotContains(r.t, h.err.Error(), agenda)
	}
}

func TestCallSendsItsSecretsToTheWireOnly(t *testing.T) {
	t.Parallel()
	r := newCallRoom(t, func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.WriteString(w, `{"you sent":"`+req.Header.Get("Authorization")+`"}`)
	})
	h := r.play(callInput(0))
	require.NoError(t, h.err)
	require.Equal(t, chat.CallOutcome{
		Result: bot.CallResult{Call: ours + "/wamid.1/0", Status: 200, Body: `{"you sent":"Bearer ********"}`}, At: opened(),
	}, h.outcome)
	got := r.received()
	require.Len(t, got, 1)
	require.Equal(t, "POST /horas?x=1 {\"rut\":\"1-9\"}", got[0].method+" "+got[0].path+" "+got[0].body)
	for name, want := range map[string]string{
		"Authorization": "Bearer " + agenda, "Idempotency-Key": ours + "/wamid.1/0", "Content-Type": "application/json",
		"Accept": "application/json", "User-Agent": "Chattigo-ISV/test",
	} {
		require.Equal(t, want, got[0].header.Get(name), name)
	}
	r.requireNoSecret(h)
}

func TestCallWithoutABodyHasNoContentType(t *testing.T) {
	t.Parallel()
	r := newCallRoom(t, func(http.ResponseWriter, *http.Request) {})
	in := callInput(0)
	in.Call.Method, in.Call.Body = "GET", nil
	in.Call.Headers = append(in.Call.Headers, bot.Header{Name: "accept", Value: []bot.HeaderPart{{Text: "text/plain"}}})
	require.Equal(t, 200, r.play(in).outcome.Result.Status)
	require.NotContains(t, r.received()[0].header, "Content-Type")
	require.Equal(t, []string{"text/plain"}, r.received()[0].header["Accept"], "the author's word counts")
}

func TestCallFailsTwiceAndThenSucceeds(t *testing.T) {
	t.Parallel()
	r := newCallRoom(t, nil)
	r.says(503, 429, 200)
	h := r.play(callInput(2))
	require.NoError(t, h.err)
	require.Equal(t, bot.CallResult{Call: ours + "/wamid.1/0", Status: 200, Body: "answer 3"}, h.outcome.Result)
	require.Len(t, h.failures, 2)
	require.Contains(t, h.failures[0], "attempt 1 of 3 failed: HTTP 503")
	require.Equal(t, 1500*time.Millisecond, h.took, "half a second, then one")
	for _, got := range r.received() {
		require.Equal(t, ours+"/wamid.1/0", got.header.Get("Idempotency-Key"))
		require.Equal(t, "Bearer "+agenda, got.header.Get("Authorization"))
	}
	r.requireNoSecret(h)
}

// The last attempt's outcome is a value, whatever it is.
func TestCallRetriesWhatMayPassAndReturnsWhatDoesNot(t *testing.T) {
	t.Parallel()
	for status, attempts := range map[int]int{
		200: 1, 201: 1, 204: 1, 302: 1, 304: 1, 400: 1, 401: 1, 404: 1, 409: 1, 422: 1, 501: 1,
		408: 3, 425: 3, 429: 3, 500: 3, 502: 3, 503: 3, 504: 3,
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			r := newCallRoom(t, nil)
			r.says(status)
			h := r.play(callInput(2))
			require.NoError(t, h.err)
			require.Equal(t, status, h.outcome.Result.Status)
			require.Empty(t, h.outcome.Result.Error)
			require.Len(t, r.received(), attempts)
			require.Len(t, h.failures, attempts-1)
			require.Equal(t, attempts > 1, strings.Contains(r.logs.String(), "HTTP call failed"), r.logs.String())
		})
	}
}

func TestCallObeysRetryAfterUpToTenSeconds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		header string
		want   time.Duration
	}{
		{"3", 3 * time.Second},
		{"0.2", time.Second},
		{"0", 500 * time.Millisecond},
		{"86400", 10 * time.Second},
		{"soon", 500 * time.Millisecond},
		{"Tue, 01 Jan 2030 00:00:00 GMT", 10 * time.Second},
	} {
		t.Run(tt.header, func(t *testing.T) {
			t.Parallel()
			r := newCallRoom(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", tt.header)
				w.WriteHeader(http.StatusServiceUnavailable)
			})
			require.Equal(t, tt.want, r.play(callInput(1)).took)
		})
	}
}

func TestTimesOfACall(t *testing.T) {
	t.Parallel()
	require.Equal(t, int32(1), CallAttempts(bot.Call{Retries: -1}))
	require.Equal(t, int32(3), CallAttempts(bot.Call{Retries: 2}))
	require.Equal(t, int32(6), CallAttempts(bot.Call{Retries: 1 << 40}))
	require.Equal(t, 13*time.Second, CallAttemptTime(bot.Call{}))
	require.Equal(t, 18*time.Second, CallAttemptTime(bot.Call{Timeout: time.Hour}))
	for n, want := range map[int32]time.Duration{1: 500 * time.Millisecond, 2: time.Second, 4: 4 * time.Second, 5: 8 * time.Second, 6: 10 * time.Second, 100: 10 * time.Second} {
		require.Equal(t, want, callPause(n, 0))
	}
	all := bot.Call{Timeout: 10 * time.Second, Retries: 5}
	require.GreaterOrEqual(t, CallTotalTime(all), 6*CallAttemptTime(all)+5*maxCallPause)
}
