package e2e

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/cluster"
	"github.com/chattigo/api-isv/devserver/stack"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// chaosTime is how long the chaos test makes trouble; then it takes up to two minutes to see
// everything through. `make chaos` sets three minutes.
var chaosTime = flag.Duration("chaos", 30*time.Second, "how long the chaos test kills workers")

const (
	chaosContacts = 40
	chaosWorkers  = 2
	// chaosEvents keeps runs short, so that many are continued as new.
	chaosEvents = 60
)

// Workers are killed and started again while contacts write, repeat themselves, are taken over
// by people, closed and cancelled, and while the ISV refuses, hangs, lies and is away. Every message
// that was accepted is processed exactly once; what is said arrives in order, under one id
// with the same bytes; each conversation says one notice, last.
func TestChaosKilledWorkersBreakNoPromise(t *testing.T) {
	t.Parallel()
	c := newChaos(t)
	ctx, cancel := context.WithTimeout(t.Context(), *chaosTime)
	defer cancel()
	var trouble sync.WaitGroup
	for i := range chaosContacts {
		trouble.Go(func() { c.writes(ctx, t, fmt.Sprintf("569333%05d", i)) })
	}
	trouble.Go(func() { c.kills(ctx, t) })
	trouble.Wait()
	c.isv.healed.open()
	c.endEverything(t)
	c.requirePromises(t)
	require.Positive(t, c.isv.lies.Load())
	t.Logf("%d lies were told", c.isv.lies.Load())
	t.Logf("%d workers killed, %d messages accepted, %d POSTs of %d messages to the webhook, %d conversations, %d runs continued",
		c.killed.Load(), len(c.accepted), len(c.hook.all()), distinct(c.hook.all()), len(c.rows(t)), c.count(t, `ExecutionStatus = "ContinuedAsNew"`))
}

// chaos is a service whose workers are processes of their own.
type chaos struct {
	*tenant

	config   config.Config
	db       *store.Store
	temporal client.Client
	workers  []*process
	hook     *receiver
	isv      *moodyISV
	killed   atomic.Int64
	// otherAPI has accepted nothing: what is repeated there reaches the conversation.
	otherAPI string

	mu       sync.Mutex
	accepted []string
}

func newChaos(t *testing.T) *chaos {
	t.Helper()
	cfg, err := stack.FreeConfig(t.TempDir())
	require.NoError(t, err)
	cfg, err = cfg.EnsureKeys()
	require.NoError(t, err)
	quiet := slog.New(slog.DiscardHandler)
	running, err := cluster.Start(t.Context(), cluster.Options{FrontendAddr: cfg.TemporalAddr, Logger: quiet, ContinueAfter: chaosEvents})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, running.Stop()) })
	c := &chaos{config: cfg, isv: &moodyISV{healed: newGate()}}
	c.hook = newReceiver(t, c.isv.answer)
	c.hook.lie = c.isv.lie
	c.temporal, err = client.DialContext(t.Context(), client.Options{HostPort: running.Addr(), Logger: log.NewStructuredLogger(quiet)})
	require.NoError(t, err)
	t.Cleanup(c.temporal.Close)
	c.openTenant(t, c.serveAPI(t, quiet))
	c.otherAPI = c.serveAPI(t, quiet)
	for i := range chaosWorkers {
		w := newWorkerProcess(t, cfg, fmt.Sprintf("worker-%d", i+1))
		w.launch(t)
		c.workers = append(c.workers, w)
	}
	return c
}

// serveAPI runs the API alone, in this process: it is not what is killed here.
func (c *chaos) serveAPI(t *testing.T, logger *slog.Logger) string {
	t.Helper()
	cfg := c.config
	cfg.HTTPAddr = "127.0.0.1:0"
	serving, err := app.New(t.Context(), cfg, app.Options{API: true, Logger: logger})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serving.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	return "http://" + serving.HTTPAddr()
}

func (c *chaos) openTenant(t *testing.T, api string) {
	t.Helper()
	var err error
	c.db, err = store.Open(t.Context(), c.config.DatabaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.db.Close()) })
	c.tenant = &tenant{api: api, account: "acme", waID: "56900000007", phoneNumberID: "700000000000000"}
	require.NoError(t, c.db.AddAccount(t.Context(), store.Account{Name: "acme", PasswordHash: shared.passwordHash, CreatedAt: time.Now()}))
	require.NoError(t, c.db.AddChannel(t.Context(), store.Channel{
		WaID: c.waID, PhoneNumberID: c.phoneNumberID, Account: "acme", WebhookURL: c.hook.url, CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}))
	c.login(t, password)
}

// kills kills one worker after the other; each is back before the next is killed.
func (c *chaos) kills(ctx context.Context, t *testing.T) {
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(1500+rand.IntN(2500)) * time.Millisecond):
		}
		w := c.workers[i%len(c.workers)]
		w.kill()
		c.killed.Add(1)
		w.launch(t)
	}
}

// writes is one contact, and the people around it, until ctx ends.
func (c *chaos) writes(ctx context.Context, t *testing.T, contact string) {
	var sent [][]byte
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(rand.IntN(700)) * time.Millisecond):
		}
		switch n := rand.IntN(20); {
		case n < 12:
			words := []string{"hola", "menu", "1", "2", "horarios", "¿qué?", "menu", "salir"}
			var batch []message
			for range 1 + rand.IntN(3) {
				batch = append(batch, text(words[rand.IntN(len(words))]))
			}
			sent = append(sent, c.accept(t, contact, batch))
		case n < 15: // the ISV was not sure
			if len(sent) > 0 {
				c.deliver(c.otherAPI, sent[rand.IntN(len(sent))])
			}
		case n < 19:
			c.controls(ctx, contact, []string{"handoff", "resume", "resume", "close"}[n-15])
		case n == 19:
			_ = c.temporal.CancelWorkflow(ctx, c.contactWorkflow(contact), "") // none may be open
		}
	}
}

// accept posts messages until they are accepted, as an ISV does.
func (c *chaos) accept(t *testing.T, contact string, batch []message) []byte {
	body := webhookBody(t, c.value(contact, batch...))
	c.deliver(c.api, body)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range batch {
		c.accepted = append(c.accepted, m.id)
	}
	return body
}

// deliver takes no for an answer only a minute long: then something else is wrong.
func (c *chaos) deliver(api string, body []byte) {
	for range 60 {
		status, _, err := c.try(context.Background(), http.MethodPost, api+"/webhooks/inbound", body)
		if err == nil && status == http.StatusOK {
			return
		}
		<-time.After(time.Second)
	}
	panic("a POST was not accepted for a minute")
}

// controls asks for something; that nobody may be there to obey is no matter here.
func (c *chaos) controls(ctx context.Context, contact, what string) {
	rows, err := c.db.Conversations(ctx, store.ConversationQuery{Channel: c.waID, Contact: contact, Limit: 1})
	if err != nil || len(rows) == 0 {
		return
	}
	_, _, _ = c.try(ctx, http.MethodPost, c.api+"/conversations/"+rows[0].ID+"/"+what, nil)
}

func (c *chaos) contactWorkflow(contact string) string {
	return workflows.WorkflowID(c.config.IDKey.Bytes(), c.waID, contact)
}

// endEverything closes what is open, and waits until no workflow runs. The list of running
// workflows is a little late: a conversation that follows another is missing there for a
// moment, so that nothing has to run for a while.
func (c *chaos) endEverything(t *testing.T) {
	t.Helper()
	const longEnough = 100 // looks, at 10 ms and more each
	asked, quiet := map[string]bool{}, 0
	require.True(t, eventually(t, 3*time.Minute, func() bool {
		open := c.open(t)
		for _, row := range open {
			if !asked[row.ID] {
				status, _, err := c.try(t.Context(), http.MethodPost, c.api+"/conversations/"+row.ID+"/close", nil)
				asked[row.ID] = err == nil && status != http.StatusServiceUnavailable
			}
		}
		if quiet++; len(open) > 0 || c.count(t, `ExecutionStatus = "Running"`) > 0 {
			quiet = 0
		}
		return quiet >= longEnough
	}), "conversations are still open: %v", c.open(t))
}

func (c *chaos) open(t *testing.T) []store.Conversation {
	t.Helper()
	rows, err := c.db.OpenConversations(t.Context(), store.OpenQuery{Before: time.Now().Add(time.Hour), Limit: 1000})
	require.NoError(t, err)
	return rows
}

func (c *chaos) count(t *testing.T, query string) int64 {
	t.Helper()
	counted, err := c.temporal.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
		Query: query + ` AND WorkflowType IN ("Conversation", "Notice", "Recovery")`,
	})
	require.NoError(t, err)
	return counted.GetCount()
}

func (c *chaos) rows(t *testing.T) (all []store.Conversation) {
	t.Helper()
	q := store.ConversationQuery{Channel: c.waID, Limit: 200}
	for {
		rows, err := c.db.Conversations(t.Context(), q)
		require.NoError(t, err)
		all = append(all, rows...)
		if len(rows) < q.Limit {
			return all
		}
		last := rows[len(rows)-1]
		q.After = store.ConversationCursor{OpenedAt: last.OpenedAt, ID: last.ID}
	}
}

func (c *chaos) requirePromises(t *testing.T) {
	t.Helper()
	processed := map[string]int{}
	said := map[string][]delivery{}
	for _, d := range fresh(t, c.hook.all()) {
		said[d.Conversation] = append(said[d.Conversation], d)
	}
	for _, row := range c.rows(t) {
		pages, err := c.db.Pages(t.Context(), row.ID)
		require.NoError(t, err)
		var in []string
		for _, page := range pages {
			for _, e := range page.Entries {
				if e.Direction == store.In && e.Note == "" {
					processed[e.ID]++
					in = append(in, e.ID)
				}
			}
		}
		require.NotEmpty(t, said[row.ID], "nothing was said in %+v", row)
		requireOrderlyConversation(t, said[row.ID], in)
		delete(said, row.ID)
	}
	require.Empty(t, said, "conversations without a row")
	require.NotEmpty(t, c.accepted)
	for _, id := range c.accepted {
		require.Equal(t, 1, processed[id], "%s was accepted once", id)
	}
	require.Positive(t, c.killed.Load())
}

// requireOrderlyConversation holds what a conversation said, without repeats, against its
// transcript's messages.
func requireOrderlyConversation(t *testing.T, said []delivery, in []string) {
	t.Helper()
	requireInOrder(t, said)
	var answered []string
	for i, d := range said {
		require.Equal(t, i == len(said)-1, d.isNotice(), "one notice, last: no. %d of %d of %s", d.Sequence, len(said), d.Conversation)
		if n := len(answered); d.InReplyTo != "" && (n == 0 || answered[n-1] != d.InReplyTo) {
			answered = append(answered, d.InReplyTo)
		}
	}
	asked := slices.DeleteFunc(slices.Clone(in), func(id string) bool { return !slices.Contains(answered, id) })
	require.Equal(t, asked, answered, "answers in the order of the messages")
}

// moodyISV refuses some, takes its time with others, and is away now and then, until it is
// healed.
type moodyISV struct {
	healed gate
	away   atomic.Bool
	lies   atomic.Int64
}

// lie is told now and then in place of a response.
func (m *moodyISV) lie(d delivery) lie {
	select {
	case <-m.healed.opened:
		return nil
	default:
	}
	if d.Attempt > 3 || rand.IntN(25) > 0 {
		return nil
	}
	m.lies.Add(1)
	return randomLie()
}

func (m *moodyISV) answer(ctx context.Context, d delivery) int {
	if d.Attempt > 3 {
		return http.StatusOK // the waits grow with the attempts, and the test has to end
	}
	select {
	case <-m.healed.opened:
		return http.StatusOK
	default:
	}
	switch n := rand.IntN(200); {
	case n == 0:
		m.away.Store(!m.away.Load())
		return http.StatusServiceUnavailable
	case m.away.Load() && n < 150:
		return http.StatusBadGateway
	case n < 10:
		return http.StatusInternalServerError
	case n < 20:
		select {
		case <-ctx.Done():
		case <-m.healed.opened:
		case <-time.After(time.Duration(rand.IntN(300)) * time.Millisecond):
		}
	}
	return http.StatusOK
}
