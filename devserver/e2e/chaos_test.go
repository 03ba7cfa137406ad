package e2e

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/cluster"
	"github.com/chattigo/api-isv/devserver/stack"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// chaosTime is how long a chaos test makes trouble; then it takes up to two minutes to see
// everything through. `make chaos` and `make chaos-stack` set three minutes.
var chaosTime = flag.Duration("chaos", 30*time.Second, "how long a chaos test kills processes")

// chaosFleet lets `make chaos-stack` alone make trouble on a fleet: it takes the whole machine for minutes.
var chaosFleet = flag.Bool("chaos-fleet", false, "also kill the processes of a fleet")

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
	c.maltreat(t, c.kills)
	require.Positive(t, c.isv.lies.Load())
	t.Logf("%d lies were told, %d workers killed, %d runs continued",
		c.isv.lies.Load(), c.killed.Load(), c.count(t, `ExecutionStatus = "ContinuedAsNew"`))
}

// maltreat has contacts write while the service is in trouble, sees everything through, and holds the service
// against its promises.
func (c *chaos) maltreat(t *testing.T, trouble func(ctx context.Context, t *testing.T)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), *chaosTime)
	defer cancel()
	var running sync.WaitGroup
	for i := range chaosContacts {
		running.Go(func() { c.writes(ctx, t, fmt.Sprintf("569333%05d", i)) })
	}
	running.Go(func() { trouble(ctx, t) })
	running.Wait()
	c.isv.healed.open()
	c.endEverything(t)
	t.Log(c.tally(t))
	c.requirePromises(t)
}

// chaos is a service of which processes are killed.
type chaos struct {
	*tenant

	config   config.Config
	db       *store.Store
	temporal client.Client
	workers  []*process
	hook     *receiver
	isv      *moodyISV
	killed   atomic.Int64
	answers  answerTimes
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
		began := time.Now()
		status, _, err := c.try(context.Background(), http.MethodPost, api+"/webhooks/inbound", body)
		c.answers.count(time.Since(began), err)
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
