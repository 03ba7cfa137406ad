package bridge

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMetaVerifiesTheWebhook(t *testing.T) {
	b, _ := openBridge(t, settingsIn(t.TempDir()), &network{})
	for _, test := range []struct {
		name, mode, token, challenge string
		want                         int
	}{
		{"the token", "subscribe", verifyToken, "1158201444", 200},
		{"markup in the challenge is text", "subscribe", verifyToken, "<script>", 200},
		{"another token", "subscribe", "a-verify-tokeN", "1", 403},
		{"a longer token", "subscribe", verifyToken + "x", "1", 403},
		{"no token", "subscribe", "", "1", 403},
		{"another mode", "unsubscribe", verifyToken, "1", 403},
		{"no challenge", "subscribe", verifyToken, "", 403},
		{"a huge challenge", "subscribe", verifyToken, strings.Repeat("1", maxChallenge+1), 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			query := url.Values{"hub.mode": {test.mode}, "hub.verify_token": {test.token}, "hub.challenge": {test.challenge}}

			w := serve(b, httptest.NewRequest(http.MethodGet, "/meta?"+query.Encode(), nil))

			require.Equal(t, test.want, w.Code)
			if test.want == 200 {
				require.Equal(t, test.challenge, w.Body.String())
				require.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
				require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
			} else {
				require.NotContains(t, w.Body.String(), verifyToken)
			}
		})
	}
}

func TestAWebhookOfMetaIsWrittenDownBeforeItIsAnswered(t *testing.T) {
	b, _ := openBridge(t, settingsIn(t.TempDir()), &network{})
	body := "{\"object\": \"whatsapp_business_account\",\n \"entry\": [\"\\u00a1hola\"]}"

	w := serve(b, fromMeta(body))

	require.Equal(t, http.StatusOK, w.Code)
	e, ok := b.queue.first()
	require.True(t, ok)
	kept, err := b.queue.read(e)
	require.NoError(t, err)
	require.Equal(t, body, string(kept), "byte for byte")
}

func TestOfAWebhookThatMetaDidNotSignNothingIsKept(t *testing.T) {
	s := settingsIn(t.TempDir())
	s.AppSecrets = []string{appSecret, "the-next-secret"}
	b, _ := openBridge(t, s, &network{})
	body := webhookOf("wamid.1")
	right := metaSignature(appSecret, body)
	for _, test := range []struct {
		name, signature string
		want            int
	}{
		{"unsigned", "", 401},
		{"of another secret", metaSignature("another", body), 403},
		{"of no secret", metaSignature("", body), 403},
		{"of another body", metaSignature(appSecret, body+" "), 403},
		{"without the name of the hash", strings.TrimPrefix(right, "sha256="), 403},
		{"of another hash", strings.Replace(right, "sha256", "sha1", 1), 403},
		{"cut", right[:len(right)-2], 403},
		{"longer", right + "00", 403},
		{"no hex", "sha256=" + strings.Repeat("zz", 32), 403},
		{"empty", "sha256=", 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := fromMeta(body)
			r.Header.Del("X-Hub-Signature-256")
			if test.signature != "" {
				r.Header.Set("X-Hub-Signature-256", test.signature)
			}
			require.Equal(t, test.want, serve(b, r).Code)
			waiting, _ := b.queue.sizes()
			require.Zero(t, waiting)
		})
	}
	r := fromMeta(body)
	r.Header.Set("X-Hub-Signature-256", metaSignature("the-next-secret", body))
	require.Equal(t, 200, serve(b, r).Code, "while the app's secret is replaced")
}

func TestAWebhookOfMetaHasBounds(t *testing.T) {
	b, _ := openBridge(t, settingsIn(t.TempDir()), &network{})
	for _, test := range []struct {
		name  string
		spoil func(*http.Request)
		body  string
		want  int
	}{
		{"too large", nil, strings.Repeat("x", maxWebhook+1), 413},
		{"compressed", func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, "{}", 415},
		{"a form", func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, "{}", 415},
		{"another method", func(r *http.Request) { r.Method = http.MethodPut }, "{}", 405},
		{"another path", func(r *http.Request) { r.URL.Path = "/meta/../../etc/passwd" }, "{}", 307},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := fromMeta(test.body)
			if test.spoil != nil {
				test.spoil(r)
			}
			require.Equal(t, test.want, serve(b, r).Code)
			waiting, _ := b.queue.sizes()
			require.Zero(t, waiting)
		})
	}
	largest := fromMeta(strings.Repeat("x", maxWebhook))
	require.Equal(t, 200, serve(b, largest).Code, "what Meta may send is taken")
}

func TestAFullQueueMakesMetaSendAgain(t *testing.T) {
	body := webhookOf("wamid.1")
	for name, limit := range map[string]func(*Settings){
		"files": func(s *Settings) { s.QueueFiles = 2 },
		"bytes": func(s *Settings) { s.QueueBytes = maxWebhook + int64(len(body)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := settingsIn(t.TempDir())
			limit(&s)
			b, _ := openBridge(t, s, &network{})
			require.Equal(t, 200, serve(b, fromMeta(body)).Code)
			if name == "bytes" {
				require.Equal(t, 200, serve(b, fromMeta(strings.Repeat("x", maxWebhook))).Code)
			} else {
				require.Equal(t, 200, serve(b, fromMeta(body)).Code)
			}

			w := serve(b, fromMeta(body))

			require.Equal(t, 503, w.Code)
			require.Equal(t, "30", w.Header().Get("Retry-After"))
			e, _ := b.queue.first()
			require.NoError(t, b.queue.remove(e))
			require.Equal(t, 200, serve(b, fromMeta(body)).Code, "there is room again")
		})
	}
}

func TestManyWebhooksAtOnceAreAllKept(t *testing.T) {
	b, _ := openBridge(t, settingsIn(t.TempDir()), &network{})
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			if w := serve(b, fromMeta(webhookOf(fmt.Sprint("wamid.", i)))); w.Code != 200 {
				t.Errorf("answered with %d", w.Code)
			}
		})
	}
	group.Wait()

	kept := map[string]bool{}
	last := uint64(0)
	for range 40 {
		e, ok := b.queue.first()
		require.True(t, ok)
		require.Greater(t, e.number, last)
		last = e.number
		body, err := b.queue.read(e)
		require.NoError(t, err)
		kept[string(body)] = true
		require.NoError(t, b.queue.remove(e))
	}
	require.Len(t, kept, 40)
}

// A caller that sends a byte now and then holds neither a place nor a connection for long.
func TestASlowBodyIsCutOff(t *testing.T) {
	b, _ := openBridge(t, settingsIn(t.TempDir()), &network{})
	server := newServer(b)
	require.Equal(t, 15*time.Second, server.ReadTimeout)
	server.ReadTimeout = 50 * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }()
	defer server.Close() //nolint:errcheck // the test is over
	conn, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close() //nolint:errcheck // the test is over

	_, err = fmt.Fprintf(conn, "POST /meta HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	status, err := bufio.NewReader(conn).ReadString('\n')

	require.NoError(t, err)
	require.Contains(t, status, "400")
	require.Zero(t, b.bodies.used.Load())
	waiting, _ := b.queue.sizes()
	require.Zero(t, waiting)
}

func TestBodiesTakeABoundedAmountOfMemory(t *testing.T) {
	b, _ := openBridge(t, settingsIn(t.TempDir()), &network{})
	body := webhookOf("wamid.1")
	b.bodies.limit = int64(len(body))
	r := fromMeta(body)
	before, slow := io.Pipe()
	r.Body = before
	answered := make(chan int)
	go func() { answered <- serve(b, r).Code }()
	_, err := slow.Write([]byte(body[:10]))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return b.bodies.used.Load() == 10 }, 10*time.Second, time.Millisecond)

	w := serve(b, fromMeta(body))
	require.Equal(t, 503, w.Code)
	require.Equal(t, "1", w.Header().Get("Retry-After"))

	_, err = slow.Write([]byte(body[10:]))
	require.NoError(t, err)
	require.NoError(t, slow.Close())
	require.Equal(t, 200, <-answered, "what began goes on")
	require.Zero(t, b.bodies.used.Load())
	require.Equal(t, 200, serve(b, fromMeta(body)).Code)
}
