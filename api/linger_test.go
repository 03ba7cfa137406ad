package api_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

const megabyte = 1 << 20

// listening serves a fixture on a real connection, as package app does.
func (f *fixture) listening(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(f.handler)
	server.Config.ReadHeaderTimeout, server.Config.WriteTimeout = 5*time.Second, time.Minute
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func dialTCP(t testing.TB, addr string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	return conn
}

// plain and chunked write the lines of a body's length, and the body.
func plain(size int) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", size, strings.Repeat(" ", size))
}

func chunked(size int) string {
	const chunk = 32 << 10
	one := fmt.Sprintf("%x\r\n%s\r\n", chunk, strings.Repeat(" ", chunk))
	return "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat(one, size/chunk) + "0\r\n\r\n"
}

// Most clients write all of their body before they read the answer.
func TestARefusalReachesAClientThatWritesItsWholeBodyFirst(t *testing.T) {
	f := setUp(t)
	broken := setUp(t)
	token := f.token("isv")
	addr, brokenAddr := f.listening(t), broken.listening(t)
	require.NoError(t, broken.store.Close())
	good, bad := "Authorization: "+token+"\r\n", "Authorization: x\r\n"
	for _, tt := range []struct {
		name, line, headers, body string
		addr                      string
		want                      int
	}{
		{name: "too large", headers: good, body: plain(5 * megabyte), want: 413},
		{name: "far too large", headers: good, body: plain(20 * megabyte), want: 413},
		{name: "too large in chunks", headers: good, body: chunked(5 * megabyte), want: 413},
		{name: "far too large in chunks", headers: good, body: chunked(20 * megabyte), want: 413},
		{name: "too large, over HTTP/1.0", line: "POST /webhooks/inbound HTTP/1.0", headers: good, body: plain(20 * megabyte), want: 413},
		{name: "too large for a form", line: "POST /login HTTP/1.1", body: plain(megabyte), want: 413},
		{name: "too large and not asked to wait", headers: good + "Expect: 100-continue\r\n", body: plain(20 * megabyte), want: 413},
		{name: "an old token", headers: bad, body: plain(3 * megabyte), want: 401},
		{name: "an old token, in chunks", headers: bad, body: chunked(3 * megabyte), want: 401},
		{name: "an old token, and the end of the connection", headers: bad + "Connection: close\r\n", body: plain(200 << 10), want: 401},
		{name: "an old token, over HTTP/1.0", line: "POST /webhooks/inbound HTTP/1.0", headers: bad, body: plain(200 << 10), want: 401},
		{name: "another content type", headers: good + "Content-Type: image/png\r\n", body: plain(20 * megabyte), want: 415},
		{name: "no such route", line: "POST /webhook HTTP/1.1", body: plain(20 * megabyte), want: 404},
		{name: "no such method", line: "PUT /webhooks/inbound HTTP/1.1", body: plain(20 * megabyte), want: 405},
		{name: "a query that cannot be", line: "GET /conversations?limit=0 HTTP/1.1", headers: good, body: plain(5 * megabyte), want: 400},
		{name: "a database that does not answer", headers: good, body: plain(3 * megabyte), addr: brokenAddr, want: 503},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.line == "" {
				tt.line = "POST /webhooks/inbound HTTP/1.1"
			}
			if tt.addr == "" {
				tt.addr = addr
			}
			conn := dialTCP(t, tt.addr)
			_, err := io.WriteString(conn, tt.line+"\r\nHost: x\r\n"+tt.headers+tt.body)
			require.NoError(t, err, "the connection was reset")
			answered, err := io.ReadAll(conn) // to the end of the connection, as HTTP/1.0 clients do
			require.NoError(t, err)
			response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answered)), nil)
			require.NoError(t, err)
			said, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, tt.want, response.StatusCode)
			require.True(t, response.Close, "the client is told that the connection ends")
			require.Contains(t, string(said), `{"message":"`)
		})
	}
}

// Clients that wait for 100 Continue are spared the sending.
func TestAClientThatAsksFirstGetsTheRefusalInstead(t *testing.T) {
	f := setUp(t)
	conn := dialTCP(t, f.listening(t))
	_, err := fmt.Fprintf(conn, "POST /webhooks/inbound HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", f.token("isv"), 20*megabyte)
	require.NoError(t, err)
	line, err := bufio.NewReader(conn).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 413 Request Entity Too Large\r\n", line)
}

func TestAConnectionIsKeptAfterARefusedShortBody(t *testing.T) {
	f := setUp(t)
	conn := dialTCP(t, f.listening(t))
	in := bufio.NewReader(conn)
	for range 2 {
		_, err := io.WriteString(conn, "POST /webhooks/inbound HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\n"+plain(200<<10))
		require.NoError(t, err)
		response, err := http.ReadResponse(in, nil)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, 401, response.StatusCode)
		require.False(t, response.Close)
	}
}

func TestAClientThatNeverStopsIsNotReadForEver(t *testing.T) {
	f := setUp(t)
	conn := dialTCP(t, f.listening(t))
	_, err := io.WriteString(conn, "POST /webhooks/inbound HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\nTransfer-Encoding: chunked\r\n\r\n")
	require.NoError(t, err)
	piece := []byte(fmt.Sprintf("%x\r\n%s\r\n", megabyte, strings.Repeat(" ", megabyte)))
	written := 0
	for err == nil && written < 1000 {
		_, err = conn.Write(piece)
		written++
	}
	require.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE), "%v", err)
	require.GreaterOrEqual(t, written, 64)
	require.Less(t, written, 100, "64 MiB, and what fits into the buffers of both sides")
}

// refusedOverAPipe begins a large body on a connection with a clock of the test's, and reads the
// refusal.
func refusedOverAPipe(t *testing.T, conn net.Conn) {
	t.Helper()
	_, err := fmt.Fprint(conn, "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{")
	require.NoError(t, err)
	status, _ := answer(t, conn)
	require.Equal(t, 413, status)
}

// closedAfter writes a byte now and then until the other side has closed.
func closedAfter(conn net.Conn, every time.Duration) time.Duration {
	start := time.Now()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for range tick.C {
		if _, err := conn.Write([]byte(" ")); err != nil {
			break
		}
	}
	return time.Since(start)
}

func TestAClientThatSendsNothingMoreIsWaitedForFor5Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, slowStore{})
		refusedOverAPipe(t, conn)
		start := time.Now()
		_, err := conn.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
		require.InDelta(t, 5, time.Since(start).Seconds(), 1)
	})
}

func TestAClientThatSendsByteByByteIsReadFor20Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, slowStore{})
		refusedOverAPipe(t, conn)
		require.InDelta(t, 20, closedAfter(conn, time.Second).Seconds(), 2)
	})
}

func TestOnlySoManyConnectionsAreReadOnAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := serve(t, slowStore{})
		conns := make([]net.Conn, 257)
		for i := range conns {
			conns[i] = dial()
			refusedOverAPipe(t, conns[i])
		}
		synctest.Wait()
		require.Less(t, closedAfter(conns[256], 100*time.Millisecond), 2*time.Second)
		require.Greater(t, closedAfter(conns[0], 100*time.Millisecond), 10*time.Second)
	})
}
