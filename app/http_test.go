package app

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience bounds each wait of these tests.
const patience = 30 * time.Second

// quick are limits that are reached at once.
func quick() httpLimits {
	l := productionLimits()
	l.header, l.write, l.idle = 50*time.Millisecond, 200*time.Millisecond, 50*time.Millisecond
	return l
}

// serveWith serves on a real connection, as App does. All clients are counted apart from nobody: they share an address.
func serveWith(t *testing.T, l httpLimits, handler http.Handler) string {
	t.Helper()
	server := l.server(handler, slog.New(slog.DiscardHandler))
	listener := l.limit(server, listen(t, "127.0.0.1:0"), nil, slog.New(slog.DiscardHandler))
	limited, isOurs := listener.(*connections)
	require.True(t, isOurs)
	limited.clientOf = netip.Addr.String
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-served, http.ErrServerClosed)
	})
	return listener.Addr().String()
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	return conn
}

func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	_, err := io.WriteString(conn, text)
	require.NoError(t, err)
}

// status reads a response and its body.
func status(t *testing.T, conn net.Conn) int {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

// ended reports whether the server has closed a connection, which it does within the test's patience.
func ended(conn net.Conn) bool {
	_, err := io.Copy(io.Discard, conn)
	return err == nil || errors.Is(err, syscall.ECONNRESET)
}

func fine(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

const getRequest = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

func TestAConnectionOnWhichNothingComesIsClosed(t *testing.T) {
	addr := serveWith(t, quick(), http.HandlerFunc(fine))
	for name, text := range map[string]string{
		"no byte":                "",
		"half a request line":    "GET / HT",
		"a header without end":   "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n",
		"half of a header field": "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-F",
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, addr)
			send(t, conn, text)
			require.True(t, ended(conn))
		})
	}
	t.Run("no second request", func(t *testing.T) {
		conn := dial(t, addr)
		send(t, conn, getRequest)
		require.Equal(t, http.StatusNoContent, status(t, conn))
		require.True(t, ended(conn))
	})
}

func TestAClientThatDoesNotReadItsResponseIsCutOff(t *testing.T) {
	failed := make(chan error, 1)
	addr := serveWith(t, quick(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for {
			if _, err := w.Write(chunk); err != nil {
				failed <- err
				return
			}
		}
	}))
	send(t, dial(t, addr), getRequest)
	select {
	case err := <-failed:
		require.Error(t, err)
	case <-time.After(patience):
		require.Fail(t, "the response is still being written")
	}
}

func TestALongHeaderIsRefused(t *testing.T) {
	addr := serveWith(t, productionLimits(), http.HandlerFunc(fine))
	for name, header := range map[string]string{
		"one field":   "X-A: " + strings.Repeat("a", 64<<10) + "\r\n",
		"many fields": strings.Repeat("X-A: "+strings.Repeat("a", 100)+"\r\n", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, addr)
			send(t, conn, "GET / HTTP/1.1\r\nHost: x\r\n"+header+"\r\n")
			require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, status(t, conn))
		})
	}
	conn := dial(t, addr)
	send(t, conn, "GET / HTTP/1.1\r\nHost: x\r\nX-A: "+strings.Repeat("a", 16<<10)+"\r\n\r\n")
	require.Equal(t, http.StatusNoContent, status(t, conn))
}

// HTTP/2 is the proxy's.
func TestOnlyHTTP1IsServed(t *testing.T) {
	addr := serveWith(t, productionLimits(), http.HandlerFunc(fine))
	conn := dial(t, addr)
	send(t, conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	require.Equal(t, http.StatusNoContent, status(t, conn), "it is answered in HTTP/1.1; the API has no such route")
	conn = dial(t, addr)
	send(t, conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n")
	require.Equal(t, http.StatusNoContent, status(t, conn), "it is not upgraded")
}

// held is a handler whose requests are answered when the test says so.
type held struct{ began, answer chan struct{} }

func newHeld() held { return held{make(chan struct{}, 16), make(chan struct{})} }

func (h held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/held" {
		h.began <- struct{}{}
		<-h.answer
	}
	fine(w, r)
}

// busy opens a connection whose request is being served.
func busy(t *testing.T, h held, addr string) net.Conn {
	t.Helper()
	conn := dial(t, addr)
	send(t, conn, strings.Replace(getRequest, "/ ", "/held ", 1))
	select {
	case <-h.began:
	case <-time.After(patience):
		require.Fail(t, "the request is not served")
	}
	return conn
}

// served reports whether a new connection is served.
func served(t *testing.T, addr string) bool {
	t.Helper()
	conn := dial(t, addr)
	if _, err := io.WriteString(conn, getRequest); err != nil {
		return false
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusNoContent
}

func TestConnectionsAreBounded(t *testing.T) {
	for name, change := range map[string]func(*httpLimits){
		"of all":        func(l *httpLimits) { l.connections = 3 },
		"of one client": func(l *httpLimits) { l.ofOneClient = 3 },
	} {
		t.Run(name, func(t *testing.T) {
			l, h := productionLimits(), newHeld()
			change(&l)
			addr := serveWith(t, l, h)
			for range 3 {
				busy(t, h, addr)
			}
			for range 5 {
				require.False(t, served(t, addr))
			}
			close(h.answer)
			require.Eventually(t, func() bool { return served(t, addr) }, patience, time.Millisecond)
		})
	}
}

func TestAConnectionThatIsClosedMakesRoom(t *testing.T) {
	l, h := productionLimits(), newHeld()
	l.ofOneClient = 1
	addr := serveWith(t, l, h)
	for range 20 {
		conn := dial(t, addr)
		require.Eventually(t, func() bool {
			_, err := io.WriteString(conn, getRequest)
			if err == nil {
				_, err = http.ReadResponse(bufio.NewReader(conn), nil)
			}
			if err != nil {
				conn = dial(t, addr)
			}
			return err == nil
		}, patience, time.Millisecond)
		require.NoError(t, conn.Close())
	}
}

// Clients that keep a connection for later lose it to one that needs it now.
func TestAConnectionThatWaitsMakesRoomForANewOne(t *testing.T) {
	l, h := productionLimits(), newHeld()
	l.connections = 2
	addr := serveWith(t, l, h)
	busy(t, h, addr)
	waiting := dial(t, addr)
	send(t, waiting, getRequest)
	require.Equal(t, http.StatusNoContent, status(t, waiting))
	require.Eventually(t, func() bool { return served(t, addr) }, patience, time.Millisecond)
	require.True(t, ended(waiting))
	close(h.answer)
}

// Proxies and private networks are many clients.
func TestConnectionsOfProxiesAreNotCountedByAddress(t *testing.T) {
	l := productionLimits()
	listener := l.limit(&http.Server{}, nil, []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}, slog.New(slog.DiscardHandler))
	limited, isOurs := listener.(*connections)
	require.True(t, isOurs)
	for address, want := range map[string]string{
		"127.0.0.1": "", "10.1.2.3": "", "fd00::1": "", "198.51.100.7": "",
		"192.0.2.1": "192.0.2.1", "2001:db8::7": "2001:db8::/64",
	} {
		require.Equal(t, want, limited.clientOf(netip.MustParseAddr(address)), address)
	}
}
