package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
	"github.com/chattigo/api-isv/tracing"
	"github.com/chattigo/api-isv/webhook"
	"github.com/chattigo/api-isv/workflows"
)

const (
	tracedNumber  = "56900000001"
	tracedContact = "56911112222"
	tracedText    = "mi clave es 1234"
	tracedSecret  = "correct horse"
)

// cluster is a Temporal server that takes one signal, over the wire, so that the header of the SDK's own
// client is what a worker would get.
type cluster struct {
	workflowservice.UnimplementedWorkflowServiceServer

	mu  sync.Mutex
	got *workflowservice.SignalWithStartWorkflowExecutionRequest
}

func (c *cluster) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{Capabilities: &workflowservice.GetSystemInfoResponse_Capabilities{}}, nil
}

func (c *cluster) SignalWithStartWorkflowExecution(
	_ context.Context, r *workflowservice.SignalWithStartWorkflowExecutionRequest,
) (*workflowservice.SignalWithStartWorkflowExecutionResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = r
	return &workflowservice.SignalWithStartWorkflowExecutionResponse{RunId: "4fd1c2b0-8f61-4d2a-9f0e-0a5b6c7d8e9f"}, nil
}

// tracedHouse is the way of a message in one process: the API, a client and a worker of Temporal's SDK, and an
// ISV.
type tracedHouse struct {
	t       *testing.T
	spans   *tracetest.InMemoryExporter
	traces  *tracing.Tracer
	store   *store.Store
	vault   *store.Vault
	cluster *cluster
	client  client.Client
	isv     *httptest.Server
	mu      sync.Mutex
	posted  []*http.Request
	// log is the API's.
	log bytes.Buffer
}

func newTracedHouse(t *testing.T) *tracedHouse {
	h := &tracedHouse{t: t, spans: tracetest.NewInMemoryExporter(), store: storetest.SQLite(t), cluster: &cluster{}}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(h.spans))
	h.traces = tracing.Of(provider)
	t.Cleanup(func() { require.NoError(t, h.traces.Close(context.WithoutCancel(t.Context()))) })
	server := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(server, h.cluster)
	listener := listen(t, "127.0.0.1:0")
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	h.client = h.dial(listener)
	h.isv = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.posted = append(h.posted, r)
	}))
	t.Cleanup(h.isv.Close)
	h.fill()
	return h
}

func (h *tracedHouse) dial(listener net.Listener) client.Client {
	options, err := clientOptions(settings(h.t, "dev"), slog.New(slog.DiscardHandler))
	require.NoError(h.t, err)
	options.HostPort, options.Interceptors = listener.Addr().String(), h.traces.Client()
	c, err := connect(options)
	require.NoError(h.t, err)
	h.t.Cleanup(c.Close)
	return c
}

// fill makes an account with a channel whose webhook has a secret in its URL.
func (h *tracedHouse) fill() {
	ctx, t := h.t.Context(), h.t
	hash, err := api.HashPassword(tracedSecret)
	require.NoError(t, err)
	require.NoError(t, h.store.AddAccount(ctx, store.Account{Name: "acme", PasswordHash: hash, Generation: 1, CreatedAt: time.Now()}))
	require.NoError(t, h.store.AddChannel(ctx, store.Channel{
		WaID: tracedNumber, PhoneNumberID: "1", Account: "acme", CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}))
	url := h.isv.URL + "/hook?key=" + tracedSecret[8:]
	require.NoError(t, h.store.ConfigureWebhook(ctx, tracedNumber, store.WebhookSettings{URL: &url}, time.Now()))
	require.NoError(t, storeStarter(ctx, h.store))
	h.vault, err = h.store.Vault(bytes.Repeat([]byte{7}, store.SealKeyBytes))
	require.NoError(t, err)
}

// post hands a message over, as an ISV does, with a traceparent of its own.
func (h *tracedHouse) post() {
	starter, err := definition.Load(definition.Starter())
	require.NoError(h.t, err)
	handler, err := api.New(api.Deps{
		Store: h.store, Keys: h.vault, Poster: h.poster(), Temporal: h.client, Ready: func(context.Context) error { return nil },
		TokenKey: bytes.Repeat([]byte("t"), 32), IDKey: bytes.Repeat([]byte("i"), 32), StarterBot: starter.Hash,
		Logger: slog.New(slog.NewTextHandler(&h.log, nil)), Traces: h.traces, Now: time.Now, Dev: true,
	})
	require.NoError(h.t, err)
	var login struct {
		Token string `json:"access_token"`
	}
	require.NoError(h.t, json.Unmarshal(h.ask(handler, "/login", "", fmt.Sprintf(`{"username":"acme","password":%q}`, tracedSecret)), &login))
	h.spans.Reset() // the login is a trace of its own
	h.ask(handler, "/webhooks/inbound", login.Token, fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"1"},`+
		`"messages":[{"from":%q,"id":"wamid.1","timestamp":"%d","type":"text","text":{"body":%q}}]}}]}]}`,
		tracedContact, time.Now().Unix(), tracedText))
}

func (h *tracedHouse) ask(handler http.Handler, path, token, body string) []byte {
	r := httptest.NewRequestWithContext(h.t.Context(), http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
	r.Header.Set("tracestate", "tenant=words-of-their-own")
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	require.Equal(h.t, http.StatusOK, w.Code, w.Body.String())
	return w.Body.Bytes()
}

func (h *tracedHouse) poster() activities.Poster {
	posting := webhook.NewClient("test", webhook.NewGuard(webhook.WithLoopback()))
	h.t.Cleanup(posting.Close)
	return (&App{traces: h.traces}).tracedPoster(posting)
}

// work runs the conversation that the cluster was told to start.
func (h *tracedHouse) work() {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetDataConverter(Payloads())
	env.SetTestTimeout(30 * time.Second)
	env.SetStartTime(time.Now())
	env.SetHeader(&commonpb.Header{Fields: h.cluster.got.GetHeader().GetFields()})
	env.SetWorkerOptions(sdkworker.Options{Interceptors: h.traces.Worker(), DeadlockDetectionTimeout: 10 * time.Second})
	env.RegisterWorkflowWithOptions(workflows.Conversation, workflow.RegisterOptions{Name: workflows.ConversationType})
	env.RegisterActivity(activities.New(activities.Parts{
		Store: h.store, Poster: h.poster(), Secrets: h.vault, Keys: h.vault, Log: slog.New(slog.DiscardHandler), Env: "dev",
	}))
	var in workflows.ConversationInput
	require.NoError(h.t, Payloads().FromPayloads(h.cluster.got.GetInput(), &in))
	var envelope workflows.Envelope
	require.NoError(h.t, Payloads().FromPayloads(h.cluster.got.GetSignalInput(), &envelope))
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalInbound, envelope) }, 0)
	env.RegisterDelayedCallback(env.CancelWorkflow, time.Minute)
	env.ExecuteWorkflow(workflows.ConversationType, in)
	require.True(h.t, env.IsWorkflowCompleted())
}

func TestAMessageIsOneTraceFromThePOSTToTheWebhook(t *testing.T) {
	h := newTracedHouse(t)
	h.post()
	h.work()
	spans := h.spans.GetSpans()
	byName := map[string]tracetest.SpanStub{}
	for _, span := range spans {
		require.Equal(t, spans[0].SpanContext.TraceID(), span.SpanContext.TraceID(), span.Name)
		byName[span.Name] = span
	}
	for child, parent := range map[string]string{
		"signal inbound":   "POST /webhooks/inbound",
		"activity Reply":   "signal inbound",
		"activity Deliver": "signal inbound",
		"activity Archive": "signal inbound",
	} {
		require.Contains(t, byName, child)
		require.Equal(t, byName[parent].SpanContext.SpanID(), byName[child].Parent.SpanID(), child)
	}
	require.Contains(t, byName, "POST webhook")

	root := byName["POST /webhooks/inbound"]
	require.False(t, root.Parent.IsValid(), "an ISV begins no trace of ours")
	require.True(t, root.SpanContext.IsSampled(), "nor does it decide what is sampled")
	require.Len(t, root.Links, 1)
	require.Equal(t, "0af7651916cd43dd8448eb211c80319c", root.Links[0].SpanContext.TraceID().String())

	require.Contains(t, h.log.String(), "trace="+root.SpanContext.TraceID().String(), "the line of the request names its trace")
	require.NotEmpty(t, h.posted)
	for _, posted := range h.posted {
		require.Empty(t, posted.Header.Get("traceparent"), "an ISV gets the same with traces and without")
	}
	all, err := json.Marshal(spans)
	require.NoError(t, err)
	for _, secret := range []string{tracedNumber, tracedContact, tracedText, tracedSecret, tracedSecret[8:], h.isv.URL, "words-of-their-own"} {
		require.NotContains(t, string(all), secret)
	}
}

// A delivery that shows that a webhook works again has other conversations tried again: their traces stay theirs.
func TestWhatAnActivitySignalsKeepsItsOwnTrace(t *testing.T) {
	h := newTracedHouse(t)
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerOptions(sdkworker.Options{Interceptors: h.traces.Worker()})
	env.RegisterActivityWithOptions(func(ctx context.Context) error {
		return runs{temporal: h.client}.StartDrain(ctx, tracedNumber)
	}, activity.RegisterOptions{Name: "DeliverSlow"})
	_, err := env.ExecuteActivity("DeliverSlow")
	require.NoError(t, err)

	require.NotNil(t, h.cluster.got)
	require.Empty(t, h.cluster.got.GetHeader().GetFields())
	spans := h.spans.GetSpans()
	require.Len(t, spans, 2)
	require.Equal(t, "signal again", spans[0].Name)
	require.Equal(t, spans[1].SpanContext.SpanID(), spans[0].Parent.SpanID(), "the trace shows what was asked for")
}
