package bridge

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// forwarding runs a bridge with a clock that tests set, until the test is over. The webhooks are there
// before it begins.
func forwarding(t *testing.T, n *network, webhooks ...string) (*Bridge, *log, func()) {
	t.Helper()
	b, l := openBridge(t, settingsIn(t.TempDir()), n)
	for _, body := range webhooks {
		require.NoError(t, b.queue.put([]byte(body)))
	}
	return b, l, run(t, b)
}

// run lets a bridge forward until the function that it returns was called.
func run(t *testing.T, b *Bridge) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); b.Run(ctx) }()
	return func() { cancel(); <-ended }
}

func waiting(b *Bridge) int {
	n, _ := b.queue.sizes()
	return n
}

func setAsideFiles(t *testing.T, b *Bridge) map[string]string {
	t.Helper()
	dir := filepath.Join(b.settings.DataDir, "refused")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	found := map[string]string{}
	for _, e := range entries {
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		found[e.Name()] = string(body)
	}
	return found
}

func TestWebhooksAreForwardedInOrderAndUnchanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		var sent []string
		for i := range 20 {
			sent = append(sent, webhookOf(fmt.Sprint("wamid.", i)))
		}
		b, _, stop := forwarding(t, n, sent...)
		defer stop()
		synctest.Wait()

		require.Equal(t, sent, bodies(n.inbound()))
		require.Zero(t, waiting(b))
		require.Equal(t, 1, n.logins)
		for _, r := range n.inbound() {
			require.Equal(t, "token-1", r.auth)
		}
		require.NoError(t, b.queue.put([]byte("{}")))
		synctest.Wait()
		require.Zero(t, waiting(b), "what comes later goes at once")
	})
}

func TestTheTokenIsRenewedBeforeItExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		b, _, stop := forwarding(t, n, "{}")
		defer stop()
		synctest.Wait()
		for _, test := range []struct {
			wait   time.Duration
			logins int
		}{{6 * time.Hour, 1}, {time.Hour, 2}, {7*time.Hour - time.Second, 2}, {time.Second, 3}} {
			pass(test.wait)
			require.NoError(t, b.queue.put([]byte("{}")))
			synctest.Wait()
			require.Equal(t, test.logins, n.logins)
		}
	})
}

func TestARefusedTokenIsReplacedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		n := &network{}
		n.api = func(r *http.Request, _ string) *http.Response {
			if r.URL.Path != "/login" && r.Header.Get("Authorization") == "token-1" {
				return response(401, `{"message":"JWT was invalid"}`)
			}
			return usual()
		}
		b, l, stop := forwarding(t, n, "{}", "{}")
		defer stop()
		synctest.Wait()

		require.Zero(t, waiting(b))
		require.Len(t, n.inbound(), 3)
		require.Equal(t, 2, n.logins)
		require.Zero(t, time.Since(began))
		require.NotContains(t, l.String(), "WARN")
	})
}

func TestWhileTheServiceIsAwayWebhooksWait(t *testing.T) {
	down := func(*http.Request, string) *http.Response { return nil }
	for _, test := range []struct {
		name string
		api  func(*http.Request, string) *http.Response
		// waits are the pauses between attempts at least; each is at most a fifth longer.
		waits []time.Duration
	}{
		{"no connection", down, []time.Duration{1, 2, 4, 8, 16, 32, 60, 60}},
		{"503", func(*http.Request, string) *http.Response { return response(503, `{"message":"later"}`) }, []time.Duration{1, 2, 4, 8, 16, 32, 60, 60}},
		{"503 with Retry-After", func(*http.Request, string) *http.Response { return response(503, `{}`, "Retry-After", "20") }, []time.Duration{20, 20, 20, 20, 20, 32, 60}},
		{"429 with an absurd Retry-After", func(*http.Request, string) *http.Response { return response(429, `{}`, "Retry-After", "999999") }, []time.Duration{900, 900}},
		{"429 with a negative Retry-After", func(*http.Request, string) *http.Response { return response(429, `{}`, "Retry-After", "-5") }, []time.Duration{1, 2}},
		{"502 of a proxy", func(*http.Request, string) *http.Response { return response(502, `<html>`) }, []time.Duration{1, 2, 4}},
		{"404: the URL is wrong", func(*http.Request, string) *http.Response { return response(404, `{}`) }, []time.Duration{1, 2, 4}},
		{"302", func(*http.Request, string) *http.Response {
			return response(302, ``, "Location", "https://elsewhere.test/")
		}, []time.Duration{1, 2, 4}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &network{}
				n.api = func(r *http.Request, body string) *http.Response {
					if r.URL.Path == "/login" && test.name != "no connection" {
						return usual()
					}
					return test.api(r, body)
				}
				b, l, stop := forwarding(t, n, "{}", "{}")
				attempts := func() []request {
					if test.name == "no connection" {
						return n.to("/login")
					}
					return n.inbound()
				}
				for len(attempts()) <= len(test.waits) {
					pass(time.Second)
				}
				for i, wait := range test.waits {
					pause := attempts()[i+1].at.Sub(attempts()[i].at)
					require.GreaterOrEqual(t, pause, wait*time.Second)
					require.LessOrEqual(t, pause, wait*time.Second*6/5, "after attempt %d", i+1)
				}
				require.Equal(t, 2, waiting(b))
				require.Contains(t, l.String(), "they wait")
				require.Contains(t, serve(b, health()).Body.String(), `"status":"waiting for Chattigo"`)

				n.setAPI(nil)
				pass(20 * time.Minute)
				synctest.Wait()
				require.Zero(t, waiting(b), "and goes on by itself")
				require.Empty(t, setAsideFiles(t, b))
				require.Contains(t, serve(b, health()).Body.String(), `"status":"ok"`)
				stop()
			})
		})
	}
}

func health() *http.Request {
	r, _ := http.NewRequest(http.MethodGet, "/healthz", http.NoBody) // the method is good
	return r
}

func TestAnHTTPDateIsObeyed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := time.Now().Add(90 * time.Second).UTC()
		require.Equal(t, 90*time.Second, retryAfter(http.Header{"Retry-After": {at.Format(http.TimeFormat)}}))
		require.Zero(t, retryAfter(http.Header{"Retry-After": {"yesterday"}}))
		require.Zero(t, retryAfter(http.Header{"Retry-After": {at.Add(-time.Hour).Format(http.TimeFormat)}}))
	})
}

func TestAWrongPasswordIsNotTriedInALoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		n.api = func(r *http.Request, _ string) *http.Response {
			return response(400, `{"message":"invalid Password"}`)
		}
		b, l, stop := forwarding(t, n, "{}")
		defer stop()
		pass(time.Hour)
		synctest.Wait()

		require.Equal(t, 1, waiting(b))
		require.Less(t, len(n.to("/login")), 75)
		require.Empty(t, n.inbound())
		require.Contains(t, l.String(), "the login was answered with 400")
	})
}

func TestATokenThatStaysInvalidHoldsTheQueueAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		n.api = func(r *http.Request, _ string) *http.Response {
			if r.URL.Path == "/login" {
				return usual()
			}
			return response(401, `{"message":"JWT was invalid"}`)
		}
		b, _, stop := forwarding(t, n, "{}")
		defer stop()
		pass(10 * time.Minute)
		synctest.Wait()

		require.Equal(t, 1, waiting(b))
		require.Empty(t, setAsideFiles(t, b))
	})
}

func TestWhatWaitsIsForwardedAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{api: func(*http.Request, string) *http.Response { return nil }}
		b, _, stop := forwarding(t, n, webhookOf("wamid.1"), webhookOf("wamid.2"))
		synctest.Wait()
		stop()
		require.NoError(t, b.Close())

		n = &network{}
		b, _ = openBridge(t, b.settings, n)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); b.Run(ctx) }()
		synctest.Wait()
		cancel()
		<-ended

		require.Equal(t, []string{webhookOf("wamid.1"), webhookOf("wamid.2")}, bodies(n.inbound()))
	})
}

func TestAFileThatSomebodyRemovedHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := openBridge(t, settingsIn(t.TempDir()), &network{})
		require.NoError(t, b.queue.put([]byte("{}")))
		require.NoError(t, b.queue.waiting.remove(fileName(1)))

		require.Zero(t, b.forwarder.forward(t.Context(), entry{1, 2}))

		require.Zero(t, waiting(b))
	})
}
