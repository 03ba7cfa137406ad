package webhook

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/webhook/webhooktest"
)

// protocols are those that an ISV's server may speak.
func protocols() map[string]webhooktest.Option {
	return map[string]webhooktest.Option{
		"HTTP/2": func(*httptest.Server) {}, "HTTP/1.1": func(s *httptest.Server) { s.EnableHTTP2 = false },
	}
}

// overEach runs a test over each protocol.
func overEach(t *testing.T, test func(*testing.T, webhooktest.Option)) {
	for name, option := range protocols() {
		t.Run(name, func(t *testing.T) { test(t, option) })
	}
}

// behindProxy is a client whose connections to a server go through a proxy.
func behindProxy(t *testing.T, handler http.HandlerFunc, option webhooktest.Option) (*Client, *webhooktest.Proxy, Request) {
	t.Helper()
	server := webhooktest.New(t, apiName, handler, option)
	proxy := webhooktest.NewProxy(t, server.Addr)
	client := NewClient("test", webhooktest.Redirect(NewGuard(), server.Authorities, map[string]netip.AddrPort{apiName: proxy.Addr}))
	t.Cleanup(client.Close)
	return client, proxy, request(server.Base)
}

func TestAfterATimeoutNoConnectionFromBeforeIsUsed(t *testing.T) {
	t.Parallel()
	overEach(t, func(t *testing.T, option webhooktest.Option) {
		t.Parallel()
		var together sync.WaitGroup
		together.Add(3)
		client, proxy, r := behindProxy(t, func(_ http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Chattigo-Attempt") == "9" {
				together.Done()
				together.Wait()
			}
		}, option)
		var posting sync.WaitGroup
		for range 3 { // at the same time: over HTTP/1.1 three connections are kept
			posting.Go(func() {
				first := r
				first.Attempt = 9
				client.Post(t.Context(), first)
			})
		}
		posting.Wait()
		proxy.Silence()

		dead := r
		dead.Timeout = 100 * time.Millisecond
		require.Equal(t, Timeout, client.Post(t.Context(), dead).Class)
		require.Equal(t, Delivered, client.Post(t.Context(), r).Class)
		connections := proxy.Connections()
		require.Equal(t, Delivered, client.Post(t.Context(), r).Class)
		require.Equal(t, connections, proxy.Connections(), "the new one is kept")
	})
}

func TestAConnectionThatDiedIsFoundBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	client, proxy, r := behindProxy(t, func(http.ResponseWriter, *http.Request) {}, protocols()["HTTP/2"])
	ordinary := client.sender.http2
	client.sender.http2.SendPingTimeout, client.sender.http2.PingTimeout = 50*time.Millisecond, 50*time.Millisecond
	require.Equal(t, Delivered, client.Post(t.Context(), r).Class)
	select {
	case <-proxy.Silence():
	case <-time.After(5 * time.Second):
		require.Fail(t, "nobody asks the connection for a sign of life")
	}
	require.Equal(t, Delivered, client.Post(t.Context(), r).Class)
	require.Equal(t, 2, proxy.Connections())

	noticed := ordinary.SendPingTimeout + ordinary.PingTimeout
	require.LessOrEqual(t, noticed, 5*time.Second, "as long as a slow endpoint's messages go into a dead connection")
}

// Others may share a host with who lets us wait.
func TestATimeoutDisturbsNoOtherExchange(t *testing.T) {
	t.Parallel()
	overEach(t, func(t *testing.T, option webhooktest.Option) {
		t.Parallel()
		entered, release := make(chan struct{}), make(chan struct{})
		client, proxy, r := behindProxy(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			switch r.Header.Get("Chattigo-Attempt") {
			case "1":
				close(entered)
				<-release
			case "2":
				<-r.Context().Done()
			}
		}, option)
		post := func(attempt int, timeout time.Duration) Class {
			r := r
			r.Attempt, r.Timeout = attempt, timeout
			return client.Post(t.Context(), r).Class
		}
		slow := make(chan Class, 1)
		go func() { slow <- post(1, time.Minute) }()
		<-entered
		require.Equal(t, Timeout, post(2, 50*time.Millisecond))
		require.Equal(t, Delivered, post(3, time.Minute))
		close(release)
		require.Equal(t, Delivered, <-slow)
		require.LessOrEqual(t, proxy.Connections(), 3)
		require.Len(t, client.sender.pools, 1)
	})
}

// dying counts the requests by connection, and does what it is told with every second one.
type dying struct {
	mu  sync.Mutex
	got map[string]int
	all []string
	die func(http.ResponseWriter, *http.Request)
}

func (d *dying) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.got[r.RemoteAddr]++
	second := d.got[r.RemoteAddr] == 2
	d.all = append(d.all, fmt.Sprint(r.Header.Get("Webhook-Id"), " ", r.Header.Get("Chattigo-Attempt"), " ", r.ContentLength))
	d.mu.Unlock()
	if second {
		d.die(w, r)
	}
}

func (d *dying) requests() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.all)
}

type connKey struct{}

// withConn lets a handler reach its connection, whatever the protocol.
func withConn(s *httptest.Server) {
	s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }
}

// hangUp closes the connection below TLS, without an answer.
func hangUp(_ http.ResponseWriter, r *http.Request) {
	if secure, ok := r.Context().Value(connKey{}).(*tls.Conn); ok {
		_ = secure.NetConn().Close()
	}
}

// Some servers close a connection after each answer without saying so, and the next request
// meets that on the way.
func TestARequestThatIsLostWithAKeptConnectionIsSentAgainAtOnce(t *testing.T) {
	t.Parallel()
	overEach(t, func(t *testing.T, option webhooktest.Option) {
		t.Parallel()
		d := &dying{got: map[string]int{}, die: hangUp}
		client, _, r := behindProxy(t, d.ServeHTTP, func(s *httptest.Server) { option(s); withConn(s) })
		for n := range 5 {
			r.ID = "msg_" + strconv.Itoa(n)
			require.Equal(t, Delivered, client.Post(t.Context(), r).Class, n)
		}
		require.Equal(t, []string{
			"msg_0 2 27", "msg_1 2 27", "msg_1 2 27", "msg_2 2 27", "msg_3 2 27", "msg_3 2 27", "msg_4 2 27",
		}, d.requests(), "the repeat is the same attempt, with the same bytes, on a connection of its own")
	})
}

func TestACallThatIsLostWithAKeptConnectionIsSentAgainAtOnce(t *testing.T) {
	t.Parallel()
	overEach(t, func(t *testing.T, option webhooktest.Option) {
		t.Parallel()
		d := &dying{got: map[string]int{}, die: hangUp}
		caller, base := callTo(t, d.ServeHTTP, option, withConn)
		for _, method := range []string{"GET", "POST", "POST", "DELETE"} {
			require.Equal(t, Answered, caller.Call(t.Context(), Call{Method: method, URL: base, Body: []byte(`{}`)}).Class)
		}
		require.Len(t, d.requests(), 6)
	})
}

func TestAServerThatSaysGoodbyeLosesNothing(t *testing.T) {
	t.Parallel()
	overEach(t, func(t *testing.T, option webhooktest.Option) {
		t.Parallel()
		client, proxy, r := behindProxy(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close") // over HTTP/2 it becomes a GOAWAY
		}, option)
		for range 5 {
			require.Equal(t, Delivered, client.Post(t.Context(), r).Class)
		}
		require.Equal(t, 5, proxy.Connections())
	})
}

// What was read is not sent again: only a connection that ended leaves that open.
func TestARequestThatTheServerHasReadIsNotRepeated(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		over string
		die  func(http.ResponseWriter, *http.Request)
		want Class
	}{
		"it resets the stream": {"HTTP/2", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Connect},
		"it begins to answer": {"HTTP/1.1", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, "HTTP/1.1 2")
				_ = conn.Close()
			}
		}, Connect},
		"it lets us wait": {"HTTP/2", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &dying{got: map[string]int{}, die: tt.die}
			client, _, r := behindProxy(t, d.ServeHTTP, protocols()[tt.over])
			require.Equal(t, Delivered, client.Post(t.Context(), r).Class)
			r.Timeout = 300 * time.Millisecond
			require.Equal(t, tt.want, client.Post(t.Context(), r).Class)
			require.Len(t, d.requests(), 2)
		})
	}
}

func TestConnectionsAreKeptToABoundedNumberOfHosts(t *testing.T) {
	t.Parallel()
	s := newSender(NewGuard())
	at := func(host string) *url.URL { return &url.URL{Scheme: "https", Host: host} }
	busy := s.enter(at("busy.example.com"))
	for n := range maxHosts + 10 {
		s.leave(s.enter(at("h"+strconv.Itoa(n)+".example.com")), false)
	}
	require.Len(t, s.pools, maxHosts)
	require.Contains(t, s.pools, busy.key, "what is in use stays")
	s.close()
	require.Empty(t, s.pools)
}
