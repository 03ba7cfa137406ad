package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
	"github.com/chattigo/api-isv/workflows"
)

const (
	tokenKey = "token-key-token-key-token-key-32"
	idKey    = "id-key-id-key-id-key-id-key-id-32"
	password = "correct horse"
	starter  = "5ta77e70000000000000000000000000000000000000000000000000000000000"
	fancy    = "fa2c400000000000000000000000000000000000000000000000000000000000"
)

// The numbers of the fixture's channels: isv has one, other has one.
const (
	waID, phoneNumberID       = "56900000001", "100000000000001"
	otherWaID, otherNumberID  = "56900000002", "100000000000002"
	documentsThird401         = `{"message":"token up for parsing was not passed through the header. Please read the API documentation at https://development.chattigo.com"}`
	contact, contactUserID    = "56911112222", "CL.13491208655302741918"
	contact2                  = "56911113333"
	hook                      = "https://hooks.example.com/chattigo"
	emptyCounts, invalidToken = `{"messages":0,"statuses":0,"ignored":0}`, `{"message":"JWT was invalid"}`
)

func start() time.Time { return time.Date(2026, 3, 10, 12, 0, 0, 123456789, time.UTC) }

// passwordHash hashes once for all tests: it is slow on purpose.
var passwordHash = sync.OnceValues(func() (string, error) { return api.HashPassword(password) })

// signal is one call that Temporal got.
type signal struct {
	id       string
	envelope workflows.Envelope
	options  client.StartWorkflowOptions
	input    workflows.ConversationInput
}

// recorder stands for Temporal: it records what it is asked and fails on request.
type recorder struct {
	mu      sync.Mutex
	signals []signal
	// fail decides about a call; nil accepts all.
	fail func(signal) error
	// inside is called while a call is in flight.
	inside func()
	// query answers for workflows; nil knows none.
	query func(context.Context, string) (workflows.Snapshot, error)
	// open are the ids of workflows that run.
	open map[string]bool
	// described counts the questions whether one is.
	described atomic.Int64
	// terminated says that what answers has ended.
	terminated bool
	// drains are the channels that were drained.
	drains []string
	// events are the channels whose events are sent, each with the signal's name.
	events []string
	// replays are those that were started.
	replays []workflows.ReplayInput
	// notices are the workflows that were asked to try their notice again.
	notices []string
	// update answers what is recorded in updates.
	update  func(context.Context, client.UpdateWorkflowOptions) (workflows.ControlResult, error)
	updates []client.UpdateWorkflowOptions
}

func (r *recorder) SignalWithStartWorkflow(ctx context.Context, id, name string, arg any,
	options client.StartWorkflowOptions, workflow any, args ...any,
) (client.WorkflowRun, error) {
	if workflow == workflows.DrainType {
		return nil, r.drain(id, name, options, args)
	}
	if workflow == workflows.EventsType {
		return nil, r.sendEvents(id, name, options, args)
	}
	if name != workflows.SignalInbound || workflow != workflows.ConversationType {
		return nil, fmt.Errorf("unexpected signal %q of workflow %v", name, workflow)
	}
	if r.inside != nil {
		r.inside()
	}
	envelope, isEnvelope := arg.(workflows.Envelope)
	input, isInput := args[0].(workflows.ConversationInput)
	if !isEnvelope || !isInput {
		return nil, fmt.Errorf("unexpected arguments %T and %T", arg, args[0])
	}
	return nil, errors.Join(r.record(signal{id, envelope, options, input}), ctx.Err())
}

// drain records the channel that is drained.
func (r *recorder) drain(id, name string, options client.StartWorkflowOptions, args []any) error {
	in, isInput := args[0].(workflows.DrainInput)
	if !isInput || name != workflows.SignalAgain || id != "drain:"+in.Channel || options.ID != id {
		return fmt.Errorf("unexpected drain %q of %v", id, args)
	}
	if r.fail != nil {
		if err := r.fail(signal{id: id}); err != nil {
			return err
		}
	}
	r.drains = append(r.drains, in.Channel)
	return nil
}

// sendEvents records the channel whose events are sent.
func (r *recorder) sendEvents(id, name string, options client.StartWorkflowOptions, args []any) error {
	in, isInput := args[0].(workflows.EventsInput)
	if !isInput || id != "events:"+in.Channel || options.ID != id {
		return fmt.Errorf("unexpected events %q of %v", id, args)
	}
	if r.fail != nil {
		if err := r.fail(signal{id: id}); err != nil {
			return err
		}
	}
	r.events = append(r.events, in.Channel+" "+name)
	return nil
}

// ExecuteWorkflow starts replays.
func (r *recorder) ExecuteWorkflow(_ context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	in, isInput := args[0].(workflows.ReplayInput)
	if !isInput || workflow != workflows.ReplayType || options.ID != "replay:"+in.Channel || !options.WorkflowExecutionErrorWhenAlreadyStarted {
		return nil, fmt.Errorf("unexpected start of %v with %+v", workflow, args)
	}
	if r.fail != nil {
		if err := r.fail(signal{id: options.ID}); err != nil {
			return nil, err
		}
	}
	r.replays = append(r.replays, in)
	return nil, nil //nolint:nilnil // nobody looks at the run
}

func (r *recorder) SignalWorkflow(ctx context.Context, id, runID, name string, arg any) error {
	if name == workflows.SignalRetry && arg == nil {
		r.notices = append(r.notices, id)
		return nil
	}
	envelope, isEnvelope := arg.(workflows.Envelope)
	if name != workflows.SignalInbound || runID != "" || !isEnvelope {
		return fmt.Errorf("unexpected signal %q of run %q: %T", name, runID, arg)
	}
	return errors.Join(r.record(signal{id: id, envelope: envelope}), ctx.Err())
}

// DescribeWorkflowExecution knows those workflows that are said to be open.
func (r *recorder) DescribeWorkflowExecution(_ context.Context, id, runID string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	r.described.Add(1)
	if runID != "" {
		return nil, fmt.Errorf("unexpected run %q", runID)
	}
	if !r.open[id] {
		return nil, serviceerror.NewNotFound("no workflow")
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{
		WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING},
	}, nil
}

func (r *recorder) record(s signal) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		if err := r.fail(s); err != nil {
			return err
		}
	}
	r.signals = append(r.signals, s)
	return nil
}

func (r *recorder) QueryWorkflowWithOptions(ctx context.Context, q *client.QueryWorkflowWithOptionsRequest) (*client.QueryWorkflowWithOptionsResponse, error) {
	if q.QueryType != workflows.QueryState || q.RunID != "" || len(q.Args) > 0 {
		return nil, fmt.Errorf("unexpected query %+v", q)
	}
	switch {
	case r.query == nil:
		return nil, serviceerror.NewNotFound("no workflow")
	case r.terminated && q.QueryRejectCondition == enumspb.QUERY_REJECT_CONDITION_NOT_OPEN:
		return &client.QueryWorkflowWithOptionsResponse{QueryRejected: &querypb.QueryRejected{}}, nil
	}
	snapshot, err := r.query(ctx, q.WorkflowID)
	return &client.QueryWorkflowWithOptionsResponse{QueryResult: encoded{snapshot}}, err
}

func (r *recorder) UpdateWorkflow(ctx context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if options.RunID != "" || options.WaitForStage != client.WorkflowUpdateStageCompleted {
		return nil, fmt.Errorf("unexpected update %+v", options)
	}
	r.updates = append(r.updates, options)
	result, err := r.update(ctx, options)
	return handle{nil, result, err}, nil
}

// encoded is a value that travelled as JSON.
type encoded struct{ value any }

func (e encoded) HasValue() bool { return true }

func (e encoded) Get(into any) error {
	bytes, err := json.Marshal(e.value)
	if err != nil {
		return err
	}
	return json.Unmarshal(bytes, into)
}

// handle is an update that has ended.
type handle struct {
	client.WorkflowUpdateHandle

	result workflows.ControlResult
	err    error
}

func (h handle) Get(_ context.Context, into any) error {
	if h.err != nil {
		return h.err
	}
	return encoded{h.result}.Get(into)
}

func (r *recorder) all() []signal {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]signal(nil), r.signals...)
}

// ids lists the message ids in the order in which Temporal got them.
func (r *recorder) ids() []string {
	var ids []string
	for _, s := range r.all() {
		for _, m := range s.envelope.Messages {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

type fixture struct {
	handler  http.Handler
	store    *store.Store
	temporal *recorder
	// keys are the vault of the store, unless they are set.
	keys   api.Keys
	poster poster
	log    *bytes.Buffer
	now    time.Time
	// ticks is by how much the clock moves each time it is read.
	ticks time.Duration
	ready error
	// inReady is called by every question for readiness.
	inReady func()
	dev     bool
	// wrap puts something between the API and the store; nil puts nothing.
	wrap  func(*store.Store) api.Store
	level slog.Level
	// proxies are trusted.
	proxies []netip.Prefix
	// logger writes to log.
	logger *slog.Logger
}

func setUp(t testing.TB, options ...func(*fixture)) *fixture {
	t.Helper()
	f := &fixture{store: storetest.SQLite(t), temporal: &recorder{}, log: &bytes.Buffer{}, now: start()}
	for _, option := range options {
		option(f)
	}
	hash, err := passwordHash()
	require.NoError(t, err)
	ctx := t.Context()
	for _, a := range []store.Account{
		{Name: "isv"}, {Name: "other"}, {Name: "operator", Operator: true}, {Name: "gone", Disabled: true},
	} {
		a.PasswordHash, a.Generation, a.CreatedAt = hash, 1, start()
		require.NoError(t, f.store.AddAccount(ctx, a))
	}
	for _, c := range []store.Channel{
		{WaID: waID, PhoneNumberID: phoneNumberID, Account: "isv"},
		{WaID: otherWaID, PhoneNumberID: otherNumberID, Account: "other"},
	} {
		c.CreatedAt, c.UpdatedAt = start(), start()
		require.NoError(t, f.store.AddChannel(ctx, c))
	}
	require.NoError(t, f.store.PutBot(ctx, store.Bot{Hash: starter, Name: "starter", Source: []byte("{}"), CreatedAt: start()}))
	f.handler = f.process(t)
	return f
}

// token makes a token as the service does; change may spoil it.
func (f *fixture) token(user string, change ...func(jwt.MapClaims)) string {
	claims := jwt.MapClaims{
		"iss": "chattigo", "aud": []string{"chattigo-api-isv"}, "sub": user, "gen": 1,
		"iat": f.now.Unix(), "exp": f.now.Add(8 * time.Hour).Unix(),
	}
	for _, c := range change {
		c(claims)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(tokenKey))
	if err != nil {
		panic(err)
	}
	return token
}

type headers map[string]string

// do serves a request, and checks request and response against openapi.yaml.
func (f *fixture) do(t testing.TB, method, path string, h headers, body io.Reader) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, path, body)
	for name, value := range h {
		request.Header.Set(name, value)
	}
	response := httptest.NewRecorder()
	f.handler.ServeHTTP(response, request)
	checkContract(t, request, body, response)
	return response
}

func (f *fixture) post(t testing.TB, body string) *httptest.ResponseRecorder {
	t.Helper()
	return f.do(t, http.MethodPost, "/webhooks/inbound", headers{"Authorization": f.token("isv")}, strings.NewReader(body))
}

// scenario is one request and its whole answer.
type scenario struct {
	name    string
	method  string
	path    string
	headers headers
	body    string
	// as is the account whose token is sent, where headers has none.
	as         string
	wantStatus int
	wantBody   string
	// wantHeaders must be among the answer's.
	wantHeaders headers
}

func (f *fixture) run(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			h := headers{}
			if sc.as != "" {
				h["Authorization"] = f.token(sc.as)
			}
			maps.Copy(h, sc.headers)
			response := f.do(t, sc.method, sc.path, h, strings.NewReader(sc.body))
			require.Equal(t, sc.wantBody, response.Body.String())
			require.Equal(t, sc.wantStatus, response.Code)
			require.Equal(t, "application/json; charset=utf-8", response.Header().Get("Content-Type"))
			require.Equal(t, "nosniff", response.Header().Get("X-Content-Type-Options"))
			require.Equal(t, "no-store", response.Header().Get("Cache-Control"))
			require.NotEmpty(t, response.Header().Get("X-Request-Id"))
			for name, value := range sc.wantHeaders {
				require.Equal(t, value, response.Header().Get(name), name)
			}
		})
	}
}

// Builders of webhook bodies.

func text(id, from, body string) string {
	return fmt.Sprintf(`{"from":%q,"id":%q,"timestamp":"1773144000","type":"text","text":{"body":%q}}`, from, id, body)
}

func value(numberID string, messages ...string) string {
	return fmt.Sprintf(`{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550000000","phone_number_id":%q},"messages":[%s]}}`,
		numberID, strings.Join(messages, ","))
}

func webhook(changes ...string) string {
	return `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[` + strings.Join(changes, ",") + `]}]}`
}

func inboundOf(messages ...string) string { return webhook(value(phoneNumberID, messages...)) }

var errTemporal = errors.New("context deadline exceeded for 56911112222")
