package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptrace"
	"sync/atomic"
)

// exchange is what is known of one request that was sent.
type exchange struct {
	ctx context.Context
	// peer is the address that was connected to; reused says that the connection was kept from
	// before.
	peer   string
	reused bool
	// answered says that the first byte of an answer has come.
	answered atomic.Bool
	// keep calls off that the connection is closed when the time is over.
	keep func() bool
}

// traced is the request's context, by which the transport tells of its connection.
func (x *exchange) traced() context.Context {
	return httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{
		GotConn:              x.got,
		GotFirstResponseByte: func() { x.answered.Store(true) },
	})
}

// got looks at the connection. One of HTTP/1 is this exchange's alone, so it is closed with the
// exchange's time: then nothing can wait for it any longer, whatever the transport does. In one
// of HTTP/2 others may be under way.
func (x *exchange) got(info httptrace.GotConnInfo) {
	x.release()
	x.peer, x.reused = info.Conn.RemoteAddr().String(), info.Reused
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
	x.keep = context.AfterFunc(x.ctx, func() { _ = conn.Close() })
}

// release lets the connection live on.
func (x *exchange) release() {
	if x.keep != nil {
		x.keep()
		x.keep = nil
	}
}

// timedOut reports whether a connection was there and the time ran out.
func (x *exchange) timedOut() bool {
	return x.peer != "" && errors.Is(x.ctx.Err(), context.DeadlineExceeded)
}

// lost reports whether the request went down with a kept connection before anything was
// answered: the server was closing it as we wrote. A server that resets a single stream of
// HTTP/2 has read the request.
func (x *exchange) lost(err error) bool {
	var stream streamError
	return err != nil && x.reused && !x.answered.Load() && x.ctx.Err() == nil && !errors.As(err, &stream)
}

// streamError has the fields of net/http's own error for one stream of HTTP/2, which is not
// exported but converts itself to a type that has them.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (e streamError) Error() string { return "the stream was reset" }
