package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

const (
	bridgeVerifyToken = "a-verify-token-of-tests"
	bridgeAppSecret   = "an-app-secret-of-tests"
	bridgeGraphToken  = "a-graph-token-of-tests"
)

// graphStub is the Graph API: it takes messages and gives them ids.
type graphStub struct {
	url string
	// before is called before a message is taken; it may wait.
	before func()

	mu   sync.Mutex
	sent []string
}

func newGraphStub(t *testing.T, phoneNumberID string) *graphStub {
	t.Helper()
	g := &graphStub{before: func() {}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/v26.0/"+phoneNumberID+"/messages" || r.Header.Get("Authorization") != "Bearer "+bridgeGraphToken {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		g.before()
		g.mu.Lock()
		g.sent = append(g.sent, string(body))
		id := len(g.sent)
		g.mu.Unlock()
		_, _ = fmt.Fprintf(w, `{"messaging_product":"whatsapp","contacts":[{"input":%q,"wa_id":%q}],"messages":[{"id":"wamid.graph.%d"}]}`, ana, ana, id)
	}))
	t.Cleanup(server.Close)
	g.url = server.URL
	return g
}

func (g *graphStub) all() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.sent)
}

// await waits until Graph has n messages and returns what they say.
func (g *graphStub) await(t *testing.T, n int, within time.Duration) []string {
	t.Helper()
	require.True(t, eventually(t, within, func() bool { return len(g.all()) >= n }), "Graph has %d messages", len(g.all()))
	var said []string
	for _, body := range g.all() {
		said = append(said, delivery{Body: body}.said())
	}
	return said
}

// bridged is an ISV that runs the bridge of examples/isv, as a process, between a stub of Meta, which is
// the test, and a stub of Graph.
type bridged struct {
	process
	*tenant

	url   string
	graph *graphStub
	// away makes the service unreachable for the bridge, and only for it: other tests use it too.
	away atomic.Bool
}

// newBridged starts a bridge that verifies with what key returns, and makes it the channel's webhook.
func newBridged(t *testing.T, key func(secret channelSecret) string) *bridged {
	t.Helper()
	c := newTenant(t)
	dir := t.TempDir()
	b := &bridged{
		tenant: c, graph: newGraphStub(t, c.phoneNumberID),
		process: process{binary: filepath.Join(dir, "isv"), log: filepath.Join(dir, "bridge.log")},
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", b.binary, "./examples/isv/cmd/isv")
	build.Dir = "../.." // in the service's module
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)
	addr := freeAddr()
	b.url = "http://" + addr
	b.environ = append(os.Environ(), "BRIDGE_ADDR="+addr, "BRIDGE_META_VERIFY_TOKEN="+bridgeVerifyToken,
		"BRIDGE_META_APP_SECRET="+bridgeAppSecret, "BRIDGE_GRAPH_URL="+b.graph.url, "BRIDGE_GRAPH_TOKEN="+bridgeGraphToken,
		"BRIDGE_API_URL="+b.frontDoor(t), "BRIDGE_API_USER="+c.account, "BRIDGE_API_PASSWORD="+password,
		key(c.secret(t)), "BRIDGE_DATA_DIR="+filepath.Join(dir, "data"))
	b.killAtTheEnd(t)
	b.start(t)
	c.setWebhook(t, b.url+"/chattigo")
	return b
}

// channelSecret is what GET /webhooks/outbound/secret says.
type channelSecret struct{ ID, Secret, PublicKey string }

func (c *tenant) secret(t *testing.T) (found channelSecret) {
	t.Helper()
	status, body := c.call(t, http.MethodGet, c.api+"/webhooks/outbound/secret?waId="+c.waID, nil)
	require.Equal(t, http.StatusOK, status, body)
	require.NoError(t, json.Unmarshal([]byte(body), &found))
	return found
}

func withSecret(s channelSecret) string { return "BRIDGE_WEBHOOK_KEYS=" + s.Secret }
func withKeySet(s channelSecret) string { return "BRIDGE_WEBHOOK_KEY_ID=" + s.ID }

// frontDoor is the way of the bridge to the service.
func (b *bridged) frontDoor(t *testing.T) string {
	t.Helper()
	service, err := url.Parse(b.api)
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(service)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b.away.Load() {
			panic(http.ErrAbortHandler) // the connection breaks off
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// start starts the process, and waits until Meta's verification succeeds.
func (b *bridged) start(t *testing.T) {
	t.Helper()
	b.launch(t)
	query := url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {bridgeVerifyToken}, "hub.challenge": {"1158201444"}}
	require.True(t, eventually(t, soon, func() bool {
		status, body, err := b.try(t.Context(), http.MethodGet, b.url+"/meta?"+query.Encode(), nil)
		return err == nil && status == http.StatusOK && body == "1158201444"
	}), "the bridge did not start")
}

// meta posts a webhook to the bridge as Meta does, and demands 200.
func (b *bridged) meta(t *testing.T, body []byte) {
	t.Helper()
	mac := hmac.New(sha256.New, []byte(bridgeAppSecret))
	_, _ = mac.Write(body)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+"/meta", bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func (b *bridged) says(t *testing.T, messages ...message) {
	t.Helper()
	b.meta(t, webhookBody(t, b.value(ana, messages...)))
}

// shown is a reply of the bot's as GET /conversations/{id}/messages shows it.
type shown struct {
	Direction, Type string
	Sequence        int
	Delivery        struct{ State string }
	Status          *struct{ Status string }
}

func (b *bridged) replies(t *testing.T, conversation string) []shown {
	t.Helper()
	status, body := b.call(t, http.MethodGet, b.api+"/conversations/"+conversation+"/messages", nil)
	require.Equal(t, http.StatusOK, status, body)
	var found struct{ Messages []shown }
	require.NoError(t, json.Unmarshal([]byte(body), &found))
	return slices.DeleteFunc(found.Messages, func(m shown) bool { return m.Direction != string(store.Out) || m.Type == "notice" })
}

// statusOf is a status of Meta's for a message that Graph took.
func (b *bridged) statusOf(t *testing.T, wamid, status string) []byte {
	t.Helper()
	return webhookBody(t, map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]string{"display_phone_number": b.waID, "phone_number_id": b.phoneNumberID},
		"statuses":          []any{map[string]string{"id": wamid, "status": status, "timestamp": "1773144000", "recipient_id": ana}},
	})
}

// A stub of Meta posts a signed webhook, the bot's reply arrives at the stub of Graph, and the status that
// Meta then posts is tied to our message.
func TestTheBridgeBringsMessagesToTheBotAndItsRepliesToGraph(t *testing.T) {
	t.Parallel()
	b := newBridged(t, withSecret)

	b.says(t, text("Hola"))
	b.graph.await(t, 2, soon)
	b.says(t, text("salir"))
	conversation := workflows.ConversationID(b.awaitEnd(t, ana).runID)
	said := b.graph.await(t, 3, soon)

	require.Len(t, said, 3, "the notice is not for Graph")
	for _, body := range b.graph.all() {
		require.NotContains(t, body, "chatBeenClosed")
		require.Contains(t, body, `"to":"`+ana+`"`)
	}
	log, err := os.ReadFile(b.log)
	require.NoError(t, err)
	require.Contains(t, string(log), `msg="the chat was closed"`)
	require.NotContains(t, string(log), ana)

	b.meta(t, b.statusOf(t, "wamid.graph.2", "read"))
	require.True(t, eventually(t, soon, func() bool {
		replies := b.replies(t, conversation)
		return len(replies) == 3 && replies[1].Status != nil && replies[1].Status.Status == "read"
	}), "the status has not found its message: %+v", b.replies(t, conversation))
	for i, reply := range b.replies(t, conversation) {
		require.Equal(t, "delivered", reply.Delivery.State)
		require.Equal(t, i+1, reply.Sequence)
		require.Equal(t, i == 1, reply.Status != nil)
	}
}

// The bridge answers Meta while the service is away, is killed, and loses and reorders nothing. It verifies
// with the public keys.
func TestTheBridgeKeepsWhatComesWhileTheServiceIsAway(t *testing.T) {
	t.Parallel()
	b := newBridged(t, withKeySet)
	b.says(t, text("Hola"))
	greeting := b.graph.await(t, 2, soon)
	b.away.Store(true)

	b.says(t, text("horario"))
	repeated := webhookBody(t, b.value(ana, text("dirección")))
	b.meta(t, repeated)
	b.kill()
	b.start(t)
	b.meta(t, repeated) // Meta had not seen the answer
	b.says(t, text("salir"))
	require.Len(t, b.graph.all(), len(greeting))
	b.away.Store(false)

	conversation := workflows.ConversationID(b.awaitEnd(t, ana).runID)
	var heard []string
	for _, e := range transcript(t, conversation) {
		if e.Direction == store.In {
			heard = append(heard, delivery{Body: string(e.Body)}.said())
		}
	}
	require.Equal(t, []string{"Hola", "horario", "dirección", "salir"}, heard)
	replies := b.replies(t, conversation)
	require.Len(t, b.graph.await(t, len(replies), soon), len(replies), "each reply once")
}

// Graph takes longer than the fast lane waits: the service sends the message again, and the bridge answers
// with what Graph answered to the first.
func TestTheBridgeSendsARepeatedMessageOnce(t *testing.T) {
	t.Parallel()
	b := newBridged(t, withSecret)
	var first sync.Once
	b.graph.before = func() {
		first.Do(func() {
			select {
			case <-time.After(4 * time.Second):
			case <-t.Context().Done():
			}
		})
	}

	b.says(t, text("Hola"))
	b.graph.await(t, 2, soon)
	b.says(t, text("salir"))
	conversation := workflows.ConversationID(b.awaitEnd(t, ana).runID)

	replies := b.replies(t, conversation)
	said := b.graph.await(t, 3, soon)
	require.Len(t, said, 3)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(b.graph.all()))), 3, "no message twice")
	b.meta(t, b.statusOf(t, "wamid.graph.1", "delivered"))
	require.True(t, eventually(t, soon, func() bool {
		replies = b.replies(t, conversation)
		return replies[0].Status != nil
	}), "Graph's id did not come with the answer to the repeat: %+v", replies)
	attempts, err := shared.store.Deliveries(t.Context(), store.DeliveryQuery{Channel: b.waID, Conversation: conversation, Limit: 10})
	require.NoError(t, err)
	require.NotEmpty(t, attempts, "it was repeated")
	log, err := os.ReadFile(b.log)
	require.NoError(t, err)
	require.Contains(t, string(log), "repeated=true")
	require.NotContains(t, string(log), "level=ERROR")
}

// Where the notice comes with the last words, Graph gets these without it.
func TestTheBridgeTakesTheNoticeOutOfTheLastWords(t *testing.T) {
	t.Parallel()
	b := newBridged(t, withSecret)
	status, body := b.call(t, http.MethodPatch, b.api+"/webhooks/outbound", encode(t, map[string]string{"waId": b.waID, "closeNotice": "merged"}))
	require.Equal(t, http.StatusOK, status, body)

	b.says(t, text("Hola"))
	b.graph.await(t, 2, soon)
	b.says(t, text("salir"))
	b.awaitEnd(t, ana)

	said := b.graph.await(t, 3, soon)
	require.Len(t, said, 3)
	require.Contains(t, said[2], "Gracias por escribirnos")
	require.NotContains(t, b.graph.all()[2], "chatBeenClosed")
	log, err := os.ReadFile(b.log)
	require.NoError(t, err)
	require.Contains(t, string(log), "with_message=true")
}
