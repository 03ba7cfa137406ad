package bridge

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
)

const (
	verifyToken = "a-verify-token"
	appSecret   = "an-app-secret"
	graphToken  = "a-graph-token"
	apiPassword = "an-api-password"
	phoneNumber = "100000000000001"
	channel     = "56900000001"
)

// secret is the whsec_ key of tests, otherSecret that of somebody else.
var (
	secret      = secretPrefix + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32))
	otherSecret = secretPrefix + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{2}, 32))
)

func private(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func public(n byte) []byte { return private(n)[ed25519.SeedSize:] }

// settingsIn are settings whose API and Graph are names that only a stub of the network knows.
func settingsIn(dir string) Settings {
	return Settings{
		VerifyToken: verifyToken, AppSecrets: []string{appSecret},
		GraphURL: "https://graph.test", GraphVersion: "v26.0", GraphToken: graphToken, PhoneNumberID: phoneNumber,
		APIURL: "https://api.test", User: "acme", Password: apiPassword, Keys: []string{secret},
		DataDir: dir, QueueFiles: 100, QueueBytes: maxWebhook,
	}
}

// request is one that the bridge made.
type request struct {
	at     time.Time
	url    string
	method string
	auth   string
	body   string
}

// network stands for Chattigo's API and for Graph: no connection is made, so that tests may set the clock.
type network struct {
	mu sync.Mutex
	// api and graph answer; nil is the usual answer. setAPI changes it while the bridge runs.
	api, graph func(*http.Request, string) *http.Response

	requests []request
	logins   int
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	n.requests = append(n.requests, request{time.Now(), r.URL.String(), r.Method, r.Header.Get("Authorization"), string(body)})
	n.mu.Unlock()
	answer := n.answer
	if r.URL.Host == "graph.test" {
		answer = n.answerAsGraph
	}
	found := answer(r, string(body))
	if found == nil {
		return nil, io.ErrUnexpectedEOF
	}
	return found, r.Context().Err()
}

func (n *network) answer(r *http.Request, body string) *http.Response {
	n.mu.Lock()
	api := n.api
	n.mu.Unlock()
	if api != nil {
		if found := api(r, body); found == nil || found.StatusCode != 0 {
			return found
		}
	}
	switch r.URL.Path {
	case "/login":
		n.mu.Lock()
		n.logins++
		token := fmt.Sprintf("token-%d", n.logins)
		n.mu.Unlock()
		return response(200, `{"user":"acme","access":true,"access_token":"`+token+`"}`)
	case "/channels/" + channel:
		return response(200, `{"waId":"`+channel+`","phoneNumberId":"200000000000002"}`)
	case "/webhooks/inbound":
		return response(200, `{"messages":1,"statuses":0,"ignored":0}`)
	}
	return response(404, `{"message":"there is no such route"}`)
}

func (n *network) answerAsGraph(r *http.Request, body string) *http.Response {
	if n.graph != nil {
		return n.graph(r, body)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	sent := slices.DeleteFunc(slices.Clone(n.requests), func(r request) bool { return !strings.HasPrefix(r.url, "https://graph.test/") })
	return response(200, fmt.Sprintf(`{"messaging_product":"whatsapp","messages":[{"id":"wamid.%d"}]}`, len(sent)))
}

func (n *network) setAPI(answer func(*http.Request, string) *http.Response) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.api = answer
}

// pass lets time go by in a test whose clock is not the real one.
func pass(d time.Duration) { <-time.After(d) }

// usual is what a stub returns to leave the answer to the network.
func usual() *http.Response { return &http.Response{} }

func response(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// to returns the requests to a path.
func (n *network) to(part string) []request {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(n.requests), func(r request) bool { return !strings.Contains(r.url, part) })
}

func (n *network) inbound() []request { return n.to("/webhooks/inbound") }
func (n *network) sent() []request    { return n.to("graph.test") }

func bodies(requests []request) []string {
	var all []string
	for _, r := range requests {
		all = append(all, r.body)
	}
	return all
}

// log is what a bridge logged; it is safe for concurrent use.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// openBridge opens a bridge that forwards nothing, until the test ends.
func openBridge(t *testing.T, s Settings, n *network) (*Bridge, *log) {
	t.Helper()
	l := &log{}
	b, err := open(s, slog.New(slog.NewTextHandler(l, nil)), n)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b, l
}

// webhookOf is a webhook of Meta's with one message.
func webhookOf(id string) string {
	return `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[` + changeOf(id) + `]}]}`
}

func changeOf(id string) string {
	return `{"field":"messages","value":{"metadata":{"phone_number_id":"` + phoneNumber + `"},"messages":[{"from":"56911112222","id":"` + id + `","text":{"body":"<Hola> & chao"}}]}}`
}

func metaSignature(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// fromMeta is a signed webhook.
func fromMeta(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/meta", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Hub-Signature-256", metaSignature(appSecret, body))
	return r
}

func hello(id string) string {
	return `{"messaging_product":"whatsapp","to":"56911112222","type":"text","text":{"body":"Hola, ` + id + ` <b>&"}}`
}

// fromChattigo is a delivery that is signed with the secret of tests.
func fromChattigo(t *testing.T, id, body string) *http.Request {
	t.Helper()
	return signedAt(t, secret, id, body, time.Now())
}

func signedAt(t *testing.T, secret, id, body string, at time.Time) *http.Request {
	t.Helper()
	library, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	signature, err := library.Sign(id, at, []byte(body))
	require.NoError(t, err)
	return delivery(id, body, at, signature)
}

func delivery(id, body string, at time.Time, signatures ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/chattigo", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("Webhook-Signature", strings.Join(signatures, " "))
	r.Header.Set("Chattigo-Wa-Id", channel)
	r.Header.Set("Chattigo-Conversation", "cnv_1")
	return r
}

func v1a(key ed25519.PrivateKey, id, body string, at time.Time) string {
	signed := fmt.Sprintf("%s.%d.%s", id, at.Unix(), body)
	return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(signed)))
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func wamid(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	var said struct{ Messages []struct{ ID string } }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &said))
	require.Len(t, said.Messages, 1)
	return said.Messages[0].ID
}
