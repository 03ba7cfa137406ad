package app

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// connections is a listener that hands out a number of connections at once, and fewer of one client. One more is
// handed out if a connection that waits for its next request can be closed for it; else it is closed at once, and
// the client tries again.
type connections struct {
	net.Listener

	most, ofOne int
	// clientOf names the client of an address; an empty name is not counted.
	clientOf func(netip.Addr) string
	// refused is called after a connection was closed at once.
	refused func()

	mu       sync.Mutex
	open     int
	byClient map[string]int
	// idle are the *connection that wait for their next request, the longest first.
	idle list.List
}

// connection is one that is counted until it is closed. It is a TCP connection in all else: net/http needs its
// CloseWrite to end one without a reset.
type connection struct {
	*net.TCPConn

	of     *connections
	client string
	// place is where it stands in idle; nil if it does not wait. The mutex of connections guards it.
	place  *list.Element
	closed sync.Once
}

// Accept waits for a connection that may be handed out.
func (l *connections) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		tcp, isTCP := accepted.(*net.TCPConn)
		if !isTCP {
			return accepted, nil
		}
		if c := l.admit(tcp); c != nil {
			return c, nil
		}
		_ = tcp.Close()
		l.refused()
	}
}

// admit counts a connection; nil if there are too many.
func (l *connections) admit(tcp *net.TCPConn) *connection {
	c := &connection{TCPConn: tcp, of: l}
	if address, isTCP := tcp.RemoteAddr().(*net.TCPAddr); isTCP {
		c.client = l.clientOf(address.AddrPort().Addr().Unmap())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.client != "" && l.byClient[c.client] >= l.ofOne && !l.closeIdle(c.client) {
		return nil
	}
	if l.open >= l.most && !l.closeIdle("") {
		return nil
	}
	l.open++
	if c.client != "" {
		l.byClient[c.client]++
	}
	return c
}

// closeIdle closes the connection of a client, or of any for an empty name, that has waited longest for its next
// request, and reports whether there was one.
func (l *connections) closeIdle(client string) bool {
	for place := l.idle.Front(); place != nil; place = place.Next() {
		c, isOurs := place.Value.(*connection)
		if isOurs && (client == "" || c.client == client) {
			c.closed.Do(c.forget)
			_ = c.TCPConn.Close()
			return true
		}
	}
	return false
}

// watch is the server's ConnState.
func (l *connections) watch(conn net.Conn, state http.ConnState) {
	c, isOurs := conn.(*connection)
	if !isOurs {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c.stopWaiting()
	if state == http.StateIdle {
		c.place = l.idle.PushBack(c)
	}
}

// Close closes the connection and counts it no more.
func (c *connection) Close() error {
	c.of.mu.Lock()
	c.closed.Do(c.forget)
	c.of.mu.Unlock()
	return c.TCPConn.Close()
}

// forget needs the mutex.
func (c *connection) forget() {
	c.stopWaiting()
	c.of.open--
	if c.client == "" {
		return
	}
	if c.of.byClient[c.client]--; c.of.byClient[c.client] == 0 {
		delete(c.of.byClient, c.client)
	}
}

func (c *connection) stopWaiting() {
	if c.place != nil {
		c.of.idle.Remove(c.place)
		c.place = nil
	}
}
