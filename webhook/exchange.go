package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// maxDials is how many new connections one exchange may make. The transport makes the next by itself
// when a server says goodbye before it has read a request, and a server that always does so would be
// dialled more than a hundred times a second.
const maxDials = 3

// exchange is one request that is sent, and its connection. It is made by sender.exchange and filled
// in by the transport, through an httptrace.
type exchange struct {
	ctx context.Context
	// giveUp ends the exchange before its time; dials counts its new connections.
	giveUp context.CancelFunc
	dials  int
	// peer is the address that was connected to; reused is set if the connection is an older one.
	peer   string
	reused bool
	// began is when the exchange began; what follows is reported as the time since then, by goroutines
	// of the transport too.
	began                        time.Time
	connected, secured, answered elapsed
	// cancelClose stops closeInTime from closing the connection; nil if nothing is to be stopped.
	cancelClose func() bool
}

// traced returns a context with hooks by which the transport reports its connection.
func (x *exchange) traced(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              x.gotConn,
		ConnectDone:          func(_, _ string, err error) { x.connected.set(x.began, err) },
		TLSHandshakeDone:     func(_ tls.ConnectionState, err error) { x.secured.set(x.began, err) },
		GotFirstResponseByte: func() { x.answered.set(x.began, nil) },
	})
}

// elapsed is the time from the beginning of an exchange to an event; 0 until it happens.
type elapsed struct{ nanoseconds atomic.Int64 }

// set records the event, the first time that it happens without an error.
func (e *elapsed) set(began time.Time, err error) {
	if err == nil {
		e.nanoseconds.CompareAndSwap(0, max(1, int64(time.Since(began))))
	}
}

func (e *elapsed) duration() time.Duration { return time.Duration(e.nanoseconds.Load()) }

// timings returns when the connection that was used was there, and when a response began. A dial may
// outlive the exchange that used another connection instead.
func (x *exchange) timings() Timings {
	t := Timings{FirstByte: x.answered.duration()}
	if !x.reused {
		t.Connected, t.Secured = x.connected.duration(), x.secured.duration()
	}
	return t
}

// gotConn is called with the connection. One of HTTP/1 is this exchange's alone, so it is closed when
// the exchange's time is over: then nothing can wait for it any longer, whatever the transport
// does. One of HTTP/2 may carry other exchanges.
func (x *exchange) gotConn(info httptrace.GotConnInfo) {
	x.release()
	x.peer, x.reused = info.Conn.RemoteAddr().String(), info.Reused
	if !info.Reused {
		x.dials++
	}
	if x.dials > maxDials {
		x.giveUp()
	}
	conn := info.Conn
	if secure, ok := conn.(*tls.Conn); ok {
		if secure.ConnectionState().NegotiatedProtocol == "h2" {
			return
		}
		conn = secure.NetConn()
	}
	x.closeInTime(conn)
}

func (x *exchange) closeInTime(conn net.Conn) {
	x.cancelClose = context.AfterFunc(x.ctx, func() { _ = conn.Close() })
}

// release keeps the connection open after the exchange.
func (x *exchange) release() {
	if x.cancelClose != nil {
		x.cancelClose()
		x.cancelClose = nil
	}
}

// timedOut reports whether the time ran out on an open connection.
func (x *exchange) timedOut() bool {
	return x.peer != "" && errors.Is(x.ctx.Err(), context.DeadlineExceeded)
}

// lost reports whether the request was lost with a reused connection before any response came: the
// server was closing it as we wrote. A server that resets a single stream of HTTP/2 has read the
// request.
func (x *exchange) lost(err error) bool {
	var stream streamError
	return err != nil && x.reused && x.answered.duration() == 0 && x.ctx.Err() == nil && !errors.As(err, &stream)
}

// streamError has the fields of net/http's own error for one stream of HTTP/2. That type is not
// exported, but its As method fills in any type with these fields.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (e streamError) Error() string { return "the stream was reset" }
