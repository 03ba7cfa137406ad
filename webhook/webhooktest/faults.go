package webhooktest

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Fault is a server that breaks a rule of HTTP, or tries the patience of who speaks to it.
type Fault struct {
	// Name says what it does, and over which protocol.
	Name string
	// Body is how large a request has to be for the fault to show, in bytes; 0 is any.
	Body int

	handle func(w http.ResponseWriter, r *http.Request, done <-chan struct{})
	option Option
}

// Start serves until the test is over, and waits for what it began.
func (f Fault) Start(t testing.TB, name string) *Server {
	t.Helper()
	done := make(chan struct{})
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	server := New(t, name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Done()
		f.handle(w, r, done)
	}), f.option)
	t.Cleanup(func() { close(done) })
	return server
}

// large is more than the buffers on the way take: Linux gives a sender up to 4 MiB, and small keeps
// the receiver's.
const large = 6 << 20

// small makes the server's buffers small, and has it speak HTTP/1.1.
func small(s *httptest.Server) {
	http2Off(s)
	s.Listener = smallListener{s.Listener}
}

type smallListener struct{ net.Listener }

func (l smallListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4 << 10)
	}
	return conn, err
}

// Faults are all of them.
func Faults() []Fault {
	return slices.Concat(answerFaults(), bodyFaults(), connectionFaults(), frameFaults())
}

// answerFaults do not come to the end of an answer's head.
func answerFaults() []Fault {
	return []Fault{
		raw("101 and an open connection", says("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"), hold),
		raw("101 and data without end", says("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"), repeat("x", 0)),
		raw("101 that switches to nothing", says("HTTP/1.1 101 Switching Protocols\r\n\r\n"), hold),
		raw("103 and nothing more", says("HTTP/1.1 103 Early Hints\r\n\r\n"), hold),
		raw("103 without end", repeat("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 0)),
		raw("103 now and then", repeat("HTTP/1.1 103 Early Hints\r\n\r\n", pause)),
		raw("100 without end", repeat("HTTP/1.1 100 Continue\r\n\r\n", 0)),
		raw("a status below 100", says("HTTP/1.1 099 What\r\n\r\n"), hold),
		raw("a status line without end", says("HTTP/1.1 200 "), repeat(strings.Repeat("x", 1024), 0)),
		raw("a head without end", says("HTTP/1.1 200 OK\r\n"), repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 0)),
		raw("a head that drips", says("HTTP/1.1 200 OK\r\n"), repeat("X: x\r\n", pause)),
		raw("no answer", hold),
		raw("no HTTP", says("SSH-2.0-OpenSSH\r\n\r\n"), hold),
		raw("half a head", says("HTTP/1.1 200 OK\r\nContent-")),
		raw("closes before the answer", says("")),
		raw("resets the connection", reset),
		flow("103 without end, HTTP/2", func(w http.ResponseWriter) error {
			w.Header().Set("Link", "</x>")
			w.WriteHeader(http.StatusEarlyHints)
			return nil
		}, 0),
		flow("no answer, HTTP/2", func(http.ResponseWriter) error { return nil }, pause),
	}
}

// bodyFaults begin an answer well, and go on badly.
func bodyFaults() []Fault {
	const head = "HTTP/1.1 200 OK\r\n"
	bomb := packed()
	body := func(text string) func(http.ResponseWriter) error {
		return func(w http.ResponseWriter) error {
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
			return http.NewResponseController(w).Flush()
		}
	}
	return []Fault{
		raw("a body without end", says(head+"\r\n"), repeat(strings.Repeat("x", 1024), 0)),
		raw("a body that drips", says(head+"\r\n"), repeat("x", pause)),
		raw("a body of garbage", says(head+"Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"messages\":[\xff")),
		raw("a body of 10 MB", says(head+"Content-Length: 10485760\r\n\r\n"+strings.Repeat("x", 10<<20))),
		raw("a body shorter than announced", says(head+"Content-Length: 100\r\n\r\nok"), hold),
		raw("a body that breaks off", says(head+"Content-Length: 100\r\n\r\nok")),
		raw("a body longer than announced", says(head+"Content-Length: 2\r\n\r\nok"), repeat("x", 0)),
		raw("an announced body of petabytes", says(head+"Content-Length: 9000000000000000\r\n\r\n"), hold),
		raw("chunks that are none", says(head+"Transfer-Encoding: chunked\r\n\r\nzzz\r\n"), hold),
		raw("trailers without end", says(head+"Transfer-Encoding: chunked\r\n\r\n0\r\n"), repeat("X: x\r\n", 0)),
		flow("a body without end, HTTP/2", body(strings.Repeat("x", 1024)), 0),
		flow("a body that drips, HTTP/2", body("x"), pause),
		{
			Name: "a body that unpacks to megabytes", option: http2On,
			handle: func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = w.Write(bomb)
			},
		},
	}
}

// connectionFaults are about the connection or the request's body.
func connectionFaults() []Fault {
	return []Fault{
		{Name: "does not read", Body: large, handle: hijacked(hold), option: small},
		{Name: "does not read, HTTP/2", Body: large, handle: func(_ http.ResponseWriter, r *http.Request, done <-chan struct{}) {
			select {
			case <-r.Context().Done():
			case <-done:
			}
		}, option: http2On},
		{
			Name: "answers and does not read", Body: large, option: small,
			handle: hijacked(says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), hold),
		},
		{
			Name: "answers without end and does not read", Body: large, option: small,
			handle: hijacked(says("HTTP/1.1 200 OK\r\n\r\n"), repeat("x", pause)),
		},
		{Name: "a TLS handshake that hangs", handle: hijacked(), option: deaf},
		{Name: "a certificate for another name", handle: hijacked(), option: ForName("other.example")},
		{Name: "a certificate of yesterday", handle: hijacked(), option: Expired()},
	}
}

// pause is between two pieces of what drips.
const pause = 5 * time.Millisecond

func http2On(*httptest.Server)    {}
func http2Off(s *httptest.Server) { s.EnableHTTP2 = false }

// step is a part of what a fault does with a bare connection; it reports whether to go on.
type step func(conn net.Conn, done <-chan struct{}) bool

func says(text string) step {
	return func(conn net.Conn, _ <-chan struct{}) bool {
		_, err := io.WriteString(conn, text)
		return err == nil
	}
}

func hold(_ net.Conn, done <-chan struct{}) bool {
	<-done
	return false
}

// reset ends the connection with an RST.
func reset(conn net.Conn, _ <-chan struct{}) bool {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
	}
	return false
}

// repeat says the same until nobody is there any more.
func repeat(text string, every time.Duration) step {
	return func(conn net.Conn, done <-chan struct{}) bool {
		for wait(every, done) {
			if !says(text)(conn, done) {
				break
			}
		}
		return false
	}
}

func wait(pause time.Duration, done <-chan struct{}) bool {
	select {
	case <-done:
		return false
	case <-time.After(pause):
		return true
	}
}

// raw reads a request over HTTP/1.1 and then does as it likes with the connection.
func raw(name string, steps ...step) Fault {
	serve := hijacked(steps...)
	return Fault{Name: name, option: small, handle: func(w http.ResponseWriter, r *http.Request, done <-chan struct{}) {
		_, _ = io.Copy(io.Discard, r.Body)
		serve(w, r, done)
	}}
}

func hijacked(steps ...step) func(http.ResponseWriter, *http.Request, <-chan struct{}) {
	return func(w http.ResponseWriter, _ *http.Request, done <-chan struct{}) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		ended := make(chan struct{})
		defer close(ended)
		go func() { // a step may wait for somebody who does not read
			select {
			case <-done:
			case <-ended:
			}
			_ = conn.Close()
		}()
		for _, s := range steps {
			if !s(conn, done) {
				return
			}
		}
	}
}

// flow does the same again and again in a stream of HTTP/2.
func flow(name string, piece func(http.ResponseWriter) error, every time.Duration) Fault {
	return Fault{Name: name, option: http2On, handle: func(w http.ResponseWriter, r *http.Request, done <-chan struct{}) {
		_, _ = io.Copy(io.Discard, r.Body)
		for wait(every, done) && r.Context().Err() == nil {
			if piece(w) != nil {
				return
			}
		}
	}}
}

// packed is megabytes of nothing, as gzip sends them.
func packed() []byte {
	var few bytes.Buffer
	w := gzip.NewWriter(&few)
	_, _ = w.Write(make([]byte, 4<<20))
	_ = w.Close()
	return few.Bytes()
}

// deaf accepts connections and never reads from them.
func deaf(s *httptest.Server) { s.Listener = deafListener{s.Listener} }

type deafListener struct{ net.Listener }

func (l deafListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &deafConn{Conn: conn, closed: make(chan struct{})}, nil
}

type deafConn struct {
	net.Conn
	once   sync.Once
	closed chan struct{}
}

func (c *deafConn) Read([]byte) (int, error) {
	<-c.closed
	return 0, net.ErrClosed
}

func (c *deafConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}
