package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commandpb "go.temporal.io/api/command/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/devserver/cluster"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
	"github.com/chattigo/api-isv/webhook"
	"github.com/chattigo/api-isv/worker"
	"github.com/chattigo/api-isv/workflows"
)

// A worker that is lost after it has posted leaves a workflow task that runs again, with
// whatever has arrived meanwhile. These contacts lose their worker at every turn of the
// conversation, each with one more message in the inbox: the same webhook-id must never carry
// other bytes, nothing may be lost, and nothing may be said after the notice.
func TestAWorkflowTaskThatIsRepeatedWithMoreMessagesSaysTheSame(t *testing.T) {
	t.Parallel()
	requireSameWhenRepeated(t, false)
}

// The same where the last words of a conversation carry its notice.
func TestAWorkflowTaskThatIsRepeatedSaysTheSameLastWords(t *testing.T) {
	t.Parallel()
	requireSameWhenRepeated(t, true)
}

func requireSameWhenRepeated(t *testing.T, merged bool) {
	t.Helper()
	isv := newRecordingISV(t)
	lossy := &lossyCompletions{contacts: map[string]*lossyContact{}}
	signals := lossyStack(t, store.Channel{WebhookURL: isv.url, MergeNotice: merged}, lossy)
	script := []string{"Hola", "horarios", "nada de eso", "menu", "salir", "Hola otra vez", "2", "salir"}

	var group errgroup.Group
	for i := range 3 * len(script) {
		contact := &lossyContact{
			signals: signals, waID: lossyID(i), script: script,
			lose: map[int]bool{i % len(script): true, i%len(script) + 1: i >= 2*len(script)},
		}
		lossy.add(contact)
		group.Go(func() error { return contact.talk(t.Context(), isv) })
	}
	require.NoError(t, group.Wait())
	require.GreaterOrEqual(t, lossy.lost(), 3*len(script), "every contact lost its worker")
	for i := range 3 * len(script) {
		for line := range script {
			require.NoError(t, isv.awaitReply(t.Context(), messageOf(lossyID(i), line)))
		}
	}
	isv.requireSaneRecord(t)
	for _, p := range isv.posts {
		require.False(t, merged && p.body == closeNotice, "a notice apart")
	}
}

func lossyID(i int) string { return fmt.Sprintf("569%08d", i) }

// messageOf is the id of a line of a contact's script.
func messageOf(waID string, line int) string { return fmt.Sprintf("wamid.%s.%d", waID, line) }

// lossyStack is a Temporal server, a database and workers whose completed tasks can get lost.
// It returns a client that loses nothing.
func lossyStack(t *testing.T, channel store.Channel, lossy *lossyCompletions) *signaler {
	quiet := slog.New(slog.DiscardHandler)
	c, err := cluster.Start(t.Context(), cluster.Options{Logger: quiet})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })

	db := storetest.SQLite(t)
	starter, err := definition.Load(definition.Starter())
	require.NoError(t, err)
	require.NoError(t, db.PutBot(t.Context(), store.Bot{Hash: starter.Hash, Name: starter.Name, Source: starter.Source()}))
	require.NoError(t, db.AddAccount(t.Context(), store.Account{Name: "acme", PasswordHash: "-"}))
	channel.WaID, channel.Account = "56900000009", "acme"
	require.NoError(t, db.AddChannel(t.Context(), channel))

	options := client.Options{HostPort: c.Addr(), Namespace: c.Namespace(), Logger: log.NewStructuredLogger(quiet)}
	sound, err := client.DialContext(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(sound.Close)
	options.ConnectionOptions.DialOptions = []grpc.DialOption{grpc.WithChainUnaryInterceptor(lossy.intercept)}
	losing, err := client.DialContext(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(losing.Close)

	vault, err := db.Vault(bytes.Repeat([]byte{1}, store.SealKeyBytes))
	require.NoError(t, err)
	poster := webhook.NewClient("test", webhook.NewGuard(webhook.WithLoopback()))
	workers := worker.New(losing, activities.New(activities.Parts{Store: db, Poster: poster, Keys: vault, Log: quiet}), "lossy", nil)
	require.NoError(t, workers.Start())
	t.Cleanup(func() {
		workers.Stop()
		poster.Close()
	})
	return &signaler{client: sound, channel: "56900000009", bot: starter}
}

// signaler does what the API does with a message.
type signaler struct {
	client  client.Client
	channel string
	bot     *definition.Bot
}

func (s *signaler) signal(ctx context.Context, waID, id, text string) error {
	now := time.Now().UTC().Truncate(time.Millisecond)
	body, err := json.Marshal(map[string]any{
		"from": waID, "id": id, "timestamp": fmt.Sprint(now.Unix()), "type": "text", "text": map[string]string{"body": text},
	})
	if err != nil {
		return err
	}
	envelope := workflows.Envelope{At: now, Bot: s.bot.Hash, Messages: []workflows.Inbound{
		{ID: id, Type: "text", Timestamp: now.Unix(), Message: body},
	}}
	_, err = s.client.SignalWithStartWorkflow(ctx, workflows.WorkflowID([]byte("key"), s.channel, waID), workflows.SignalInbound, envelope,
		client.StartWorkflowOptions{TaskQueue: workflows.TaskQueue}, workflows.ConversationType,
		workflows.ConversationInput{Channel: s.channel, WaID: waID})
	return err
}

// lossyContact says its script, and loses its worker after some of its turns.
type lossyContact struct {
	signals *signaler
	waID    string
	script  []string
	// lose names the turns whose completion gets lost.
	lose map[int]bool

	mu    sync.Mutex
	said  int
	turns int
	lost  int
}

func (c *lossyContact) talk(ctx context.Context, isv *recordingISV) error {
	for {
		last, err := c.say(ctx)
		if err != nil || last == "" {
			return err
		}
		if err := isv.awaitReply(ctx, last); err != nil {
			return err
		}
	}
}

// say signals the next line of the script and returns its id; "" when all is said.
func (c *lossyContact) say(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.said == len(c.script) {
		return "", nil
	}
	id := messageOf(c.waID, c.said)
	text := c.script[c.said]
	c.said++
	return id, c.signals.signal(ctx, c.waID, id, text)
}

// loses counts the turns, and says whether this one's completion is to get lost.
func (c *lossyContact) loses() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turns++
	if !c.lose[c.turns-1] {
		return false
	}
	c.lost++
	return true
}

// lossyCompletions loses completed workflow tasks on their way to the server.
type lossyCompletions struct {
	mu       sync.Mutex
	contacts map[string]*lossyContact
}

func (l *lossyCompletions) add(c *lossyContact) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.contacts["workflow:"+workflows.WorkflowID([]byte("key"), c.signals.channel, c.waID)] = c
}

func (l *lossyCompletions) lost() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := 0
	for _, c := range l.contacts {
		sum += c.lost
	}
	return sum
}

func (l *lossyCompletions) intercept(
	ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	completed, ok := req.(*workflowservice.RespondWorkflowTaskCompletedRequest)
	if !ok || !slices.ContainsFunc(completed.Commands, isMarker) {
		return invoke(ctx, method, req, reply, cc, opts...)
	}
	l.mu.Lock()
	contact := l.contacts[completed.ResourceId]
	l.mu.Unlock()
	if contact == nil || !contact.loses() {
		return invoke(ctx, method, req, reply, cc, opts...)
	}
	if _, err := contact.say(ctx); err != nil {
		return err
	}
	return status.Error(codes.NotFound, "the worker was lost")
}

// isMarker recognises a task in which a local activity ran.
func isMarker(c *commandpb.Command) bool { return c.CommandType == enums.COMMAND_TYPE_RECORD_MARKER }

// recordingISV takes everything and remembers it.
type recordingISV struct {
	url   string
	mu    sync.Mutex
	posts []recorded
}

type recorded struct {
	id, conversation, sequence, inReplyTo, body string
}

func newRecordingISV(t *testing.T) *recordingISV {
	isv := &recordingISV{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		isv.mu.Lock()
		defer isv.mu.Unlock()
		isv.posts = append(isv.posts, recorded{
			id: r.Header.Get("webhook-id"), conversation: r.Header.Get("chattigo-conversation"),
			sequence: r.Header.Get("chattigo-sequence"), inReplyTo: r.Header.Get("chattigo-in-reply-to"), body: string(body),
		})
	}))
	t.Cleanup(server.Close)
	isv.url = server.URL
	return isv
}

func (isv *recordingISV) awaitReply(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !isv.repliedTo(id) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s was not answered", id)
		case <-ticker.C:
		}
	}
	return nil
}

func (isv *recordingISV) repliedTo(id string) bool {
	isv.mu.Lock()
	defer isv.mu.Unlock()
	return slices.ContainsFunc(isv.posts, func(p recorded) bool { return p.inReplyTo == id })
}

// requireSaneRecord holds what came against the promises.
func (isv *recordingISV) requireSaneRecord(t *testing.T) {
	isNotice := func(p recorded) bool { return strings.Contains(p.body, "chatBeenClosed") }
	require.Eventually(t, func() bool {
		isv.mu.Lock()
		defer isv.mu.Unlock()
		open := map[string]bool{}
		for _, p := range isv.posts {
			open[p.conversation] = !isNotice(p)
		}
		for _, stillOpen := range open {
			if stillOpen {
				return false
			}
		}
		return true
	}, 30*time.Second, 50*time.Millisecond, "every conversation ends with its notice")

	isv.mu.Lock()
	defer isv.mu.Unlock()
	bodies, places, notices := map[string]string{}, map[string]string{}, map[string]int{}
	for _, p := range isv.posts {
		place := p.conversation + " " + p.sequence
		if known, ok := places[place]; ok {
			require.Equal(t, known, p.id, "a repeated task said something else at %s", place)
		}
		places[place] = p.id
		if known, ok := bodies[p.id]; ok {
			require.Equal(t, known, p.body, "the same webhook-id with other bytes")
		}
		bodies[p.id] = p.body
		require.Zero(t, notices[p.conversation], "said after the notice: %s", p.body)
		if isNotice(p) {
			notices[p.conversation]++
		}
	}
	require.Greater(t, len(isv.posts), len(bodies), "no task that had posted was repeated")
}
