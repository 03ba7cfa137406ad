package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.uber.org/goleak"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
	"github.com/chattigo/api-isv/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ours    = "cnv_ours"
	channel = "56900000001"
	contact = "56911112222"
)

func opened() time.Time { return time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC) }

// room is the activities with a real database, a clock that stands, no jitter, and an ISV.
type room struct {
	*Activities
	t     testing.TB
	db    *flaky
	vault *flakyVault
	clock *clock
	isv   *isv
	runs  *runs
	logs  *bytes.Buffer
	// bot is the starter bot's hash.
	bot string
	// stop is the worker's.
	stop     chan struct{}
	stopOnce sync.Once
}

func newRoom(t testing.TB) *room {
	t.Helper()
	poster := webhook.NewClient("test", webhook.NewGuard(webhook.WithLoopback()))
	t.Cleanup(poster.Close)
	r := &room{
		t: t, db: &flaky{Store: storetest.SQLite(t)}, clock: &clock{at: opened()}, isv: newISV(t),
		logs: &bytes.Buffer{}, stop: make(chan struct{}),
	}
	r.runs = &runs{}
	vault, err := r.db.Vault(bytes.Repeat([]byte{1}, store.SealKeyBytes))
	require.NoError(t, err)
	r.vault = &flakyVault{Vault: vault}
	r.Activities = New(Parts{Store: r.db, Poster: poster, Keys: r.vault, Runs: r.runs, Log: slog.New(slog.NewTextHandler(r.logs, nil))})
	r.now, r.jitter = r.clock.now, func() float64 { return 0 }
	r.bot = r.publish(string(definition.Starter()))
	require.NoError(t, r.db.AddAccount(t.Context(), store.Account{Name: "demo", PasswordHash: "x", CreatedAt: opened()}))
	require.NoError(t, r.db.AddChannel(t.Context(), store.Channel{
		WaID: channel, PhoneNumberID: "1", Account: "demo", WebhookURL: r.isv.URL, CreatedAt: opened(), UpdatedAt: opened(),
	}))
	return r
}

func (r *room) publish(source string) string {
	r.t.Helper()
	b, err := definition.Load([]byte(source))
	require.NoError(r.t, err)
	row := store.Bot{Hash: b.Hash, Name: b.Name, Source: b.Source(), CreatedAt: opened()}
	require.NoError(r.t, r.db.PutBot(r.t.Context(), row))
	return b.Hash
}

func (r *room) setWebhook(url string) {
	r.t.Helper()
	require.NoError(r.t, r.db.SetWebhook(r.t.Context(), channel, url, "", opened()))
}

// visit enters the ISV's webhook.
func (r *room) visit(lane webhook.Lane) *webhook.Visit {
	r.t.Helper()
	isv := store.Channel{Account: "demo", WebhookURL: r.isv.URL}
	visit, deferral := r.webhooks.Enter(entryOf(isv, lane, true), r.clock.now())
	require.Nil(r.t, deferral)
	return visit
}

// breakWebhook opens the circuit breaker of the ISV's webhook.
func (r *room) breakWebhook() {
	r.t.Helper()
	for n := range 5 {
		change := r.visit(webhook.SlowLane).Leave(webhook.Result{Class: webhook.Connect}, r.clock.now())
		require.Equal(r.t, n == 4, change == webhook.Opened)
	}
}

// run executes a regular activity as a worker does: input, result and error are serialised.
func (r *room) run(activity, input, result any) error {
	r.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(slog.New(slog.DiscardHandler))
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerStopChannel(r.stop)
	env.RegisterActivity(activity)
	value, err := env.ExecuteActivity(activity, input)
	if err != nil {
		return err
	}
	if result == nil {
		return nil
	}
	return value.Get(result)
}

func (r *room) row(id string) store.Delivery {
	r.t.Helper()
	row, err := r.db.Delivery(r.t.Context(), id)
	require.NoError(r.t, err)
	return row
}

func address() Address {
	return Address{Conversation: ours, WorkflowID: "conversation:1", Channel: channel, Contact: contact}
}

// outgoing is the n-th message of the conversation, n from 1.
func outgoing(n int) Outgoing {
	body := json.RawMessage(`{"messaging_product":"whatsapp","text":{"body":"<b>&\u2028é ` + strconv.Itoa(n) + `"},  "n":1.0}`)
	return Outgoing{
		Send:     chat.Send{ID: chat.MessageID(ours, "wamid.1", n, body), InReplyTo: "wamid.1", At: opened(), Body: body},
		Sequence: n,
	}
}

// expected is a failure that says itself when to come again.
func expected(t testing.TB, err error) *temporal.ApplicationError {
	t.Helper()
	var failed *temporal.ApplicationError
	require.ErrorAs(t, err, &failed)
	return failed
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// runs is what Temporal is said to know.
type runs struct {
	remains Remains
	running map[string]bool
	err     error
	asked   []string
	// merged are the workflow ids whose conversations were asked to close.
	merged []string
	// retried are the conversations that were asked to try again, drains the channels that were drained.
	retried, drains []string
	// sending are the channels whose events were to be sent.
	sending []string
}

func (r *runs) Retry(_ context.Context, w store.WaitingConversation) error {
	r.retried = append(r.retried, w.Conversation)
	return r.err
}

func (r *runs) StartDrain(_ context.Context, channel string) error {
	r.drains = append(r.drains, channel)
	return r.err
}

func (r *runs) SendEvents(_ context.Context, channel string) error {
	r.sending = append(r.sending, channel)
	return r.err
}

func (r *runs) CloseMerged(_ context.Context, workflowID string) error {
	r.merged = append(r.merged, workflowID)
	return r.err
}

func (r *runs) Remains(_ context.Context, _, conversation string) (Remains, error) {
	r.asked = append(r.asked, conversation)
	return r.remains, r.err
}

func (r *runs) Running(context.Context, []string) (map[string]bool, error) { return r.running, r.err }

// flaky is a store of which single operations fail.
type flaky struct {
	*store.Store
	channel, delivery, record, open error
	// opened counts the calls of OpenConversation, looked those of RecentMessageIDs, Contact and
	// UnclosedConversations.
	opened, looked int
}

func (f *flaky) RecentMessageIDs(ctx context.Context, q store.RecentQuery) ([]store.MessageID, bool, error) {
	f.looked++
	return f.Store.RecentMessageIDs(ctx, q)
}

func (f *flaky) Contact(ctx context.Context, channel, waID, userID string) (store.Contact, error) {
	f.looked++
	return f.Store.Contact(ctx, channel, waID, userID)
}

func (f *flaky) UnclosedConversations(ctx context.Context, q store.UnclosedQuery) ([]string, error) {
	f.looked++
	return f.Store.UnclosedConversations(ctx, q)
}

func (f *flaky) Channel(ctx context.Context, waID string) (store.Channel, error) {
	if f.channel != nil {
		return store.Channel{}, f.channel
	}
	return f.Store.Channel(ctx, waID)
}

func (f *flaky) Delivery(ctx context.Context, id string) (store.Delivery, error) {
	if f.delivery != nil {
		return store.Delivery{}, f.delivery
	}
	return f.Store.Delivery(ctx, id)
}

func (f *flaky) RecordAttempt(ctx context.Context, a store.Attempt, o store.Outcome) (store.Delivery, error) {
	if f.record != nil {
		return store.Delivery{}, f.record
	}
	return f.Store.RecordAttempt(ctx, a, o)
}

func (f *flaky) OpenConversation(ctx context.Context, c store.Conversation) error {
	f.opened++
	if f.open != nil {
		return f.open
	}
	return f.Store.OpenConversation(ctx, c)
}

// flakyVault is a vault whose keys cannot be read while it has an error.
type flakyVault struct {
	*store.Vault
	err error
}

func (f *flakyVault) WebhookKeys(ctx context.Context, of store.Channel, at time.Time) ([]store.WebhookKey, error) {
	if f.err != nil {
		return nil, f.err
	}
	return f.Vault.WebhookKeys(ctx, of, at)
}

// posted is a request as the ISV got it.
type posted struct {
	id, attempt, sequence string
	body                  string
}

// isv is a receiver that keeps what it gets; what it answers can be changed.
type isv struct {
	*httptest.Server
	mu     sync.Mutex
	got    []posted
	answer http.HandlerFunc
}

func newISV(t testing.TB) *isv {
	t.Helper()
	i := &isv{answer: func(http.ResponseWriter, *http.Request) {}}
	i.Server = httptest.NewServer(http.HandlerFunc(i.receive))
	t.Cleanup(i.Close)
	return i
}

func (i *isv) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	i.mu.Lock()
	i.got = append(i.got, posted{
		id: r.Header.Get("Webhook-Id"), attempt: r.Header.Get("Chattigo-Attempt"),
		sequence: r.Header.Get("Chattigo-Sequence"), body: string(body),
	})
	answer := i.answer
	i.mu.Unlock()
	answer(w, r)
}

func (i *isv) answers(h http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = h
}

func (i *isv) says(status int) {
	i.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

func (i *isv) received() []posted {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]posted(nil), i.got...)
}

// refusing is the URL of nobody.
func refusing(t testing.TB) string {
	t.Helper()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	return gone.URL
}
