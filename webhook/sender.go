package webhook

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	dialTimeout      = 5 * time.Second
	handshakeTimeout = 5 * time.Second
	maxHeaderBytes   = 32 << 10
	// maxHosts is to how many hosts idle connections are kept, idlePerHost how many to each, and
	// idleTimeout for how long. The number of open connections is not bounded here: channels of
	// different ISVs may share a host, and one whose path hangs must not hold up the others.
	maxHosts    = 1000
	idlePerHost = 20
	idleTimeout = time.Minute
	// pingAfter is how long an HTTP/2 connection may be silent before it is pinged, pingTimeout how long
	// the reply may take. Together they are far below the usual timeout of a slow delivery (15 s): whatever
	// is sent on a dead connection meanwhile is lost.
	pingAfter   = 3 * time.Second
	pingTimeout = 2 * time.Second
	// streamBuffer is how much of a response over HTTP/2 is buffered before it is read. The transport's
	// 4 MiB, in each of hundreds of attempts, are for a server that never ends. There is no such bound
	// for a connection: one stream would hold up the others.
	streamBuffer = 128 << 10
)

// sender sends requests to other people's servers. Each host has a pool of connections, which is
// retired as a whole when an attempt times out on one of them: a dead connection looks the same as
// a slow server, and the others of its pool have mostly died with it. Exchanges that are in flight
// in a retired pool are not disturbed.
//
// Redirects are not followed, and a proxy of the environment is not used: it would make the
// connection for us, past the guard.
type sender struct {
	network Network
	http2   http.HTTP2Config

	mu    sync.Mutex
	pools map[string]*pool
}

func newSender(network Network) *sender {
	return &sender{
		network: network,
		http2:   http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout, MaxReceiveBufferPerStream: streamBuffer},
		pools:   map[string]*pool{},
	}
}

// send makes one exchange, within the time of the request's context, and calls read with the
// response. A request that is lost with a reused connection, as the server was closing it, is sent
// again on a new one. It returns the exchange that was made last.
func (s *sender) send(req *http.Request, read func(*http.Response) error) (x *exchange, err error) {
	x, err = s.exchange(req, s.enter(req.URL), read)
	if !x.lost(err) {
		return x, err
	}
	if req.Body, err = req.GetBody(); err != nil {
		return x, err
	}
	return s.exchange(req, s.newPool(req.URL), read)
}

// exchange sends a request through a pool, and leaves the pool. Once the time is over, the error is
// the context's, whatever the transport returns.
func (s *sender) exchange(req *http.Request, p *pool, read func(*http.Response) error) (x *exchange, err error) {
	ctx := req.Context()
	sending, giveUp := context.WithCancel(ctx)
	x = &exchange{ctx: ctx, giveUp: giveUp, began: time.Now()}
	defer func() {
		giveUp()
		x.release()
		s.leave(p, x.timedOut())
		if err != nil && ctx.Err() != nil {
			err = ctx.Err()
		}
	}()
	resp, err := p.transport.RoundTrip(req.WithContext(x.traced(sending)))
	if err != nil {
		return x, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < http.StatusOK {
		// What comes after a 101 is another protocol: the body is the bare connection then, which
		// no context ends.
		_ = resp.Body.Close()
		resp.Body = http.NoBody
	}
	return x, read(resp)
}

// enter returns the pool of a URL's host. Each enter needs a leave.
func (s *sender) enter(u *url.URL) *pool {
	key := poolKey(u)
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pools[key]
	if p == nil {
		p = s.newPool(u)
		p.users = 0
		s.pools[key] = p
	}
	p.users++
	return p
}

// leave closes a retired pool when its last user leaves it. retire retires the pool.
func (s *sender) leave(p *pool, retire bool) {
	s.mu.Lock()
	current := s.pools[p.key] == p
	if retire && current {
		delete(s.pools, p.key)
		current = false
	}
	p.users--
	unwanted := p.users == 0 && !current
	evicted := s.evict()
	s.mu.Unlock()
	if unwanted {
		p.close()
	}
	if evicted != nil {
		evicted.close()
	}
}

// evict removes one unused pool if there are too many.
func (s *sender) evict() *pool {
	if len(s.pools) <= maxHosts {
		return nil
	}
	for key, p := range s.pools {
		if p.users == 0 {
			delete(s.pools, key)
			return p
		}
	}
	return nil
}

// close closes the connections. Those in use are closed when their exchange has ended.
func (s *sender) close() {
	s.mu.Lock()
	var unused []*pool
	for key, p := range s.pools {
		delete(s.pools, key)
		if p.users == 0 {
			unused = append(unused, p)
		}
	}
	s.mu.Unlock()
	for _, p := range unused {
		p.close()
	}
}

func poolKey(u *url.URL) string { return u.Scheme + "://" + strings.ToLower(u.Host) }

// newPool makes a pool with one user, which nobody else finds.
func (s *sender) newPool(u *url.URL) *pool {
	p := &pool{key: poolKey(u), users: 1, conns: map[*pooledConn]struct{}{}, dialNew: s.network.DialContext}
	ping := s.http2
	p.transport = &http.Transport{
		Proxy:                  nil,
		DialContext:            p.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.network.Authorities()},
		TLSHandshakeTimeout:    handshakeTimeout,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &ping,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConnsPerHost:    idlePerHost,
		IdleConnTimeout:        idleTimeout,
	}
	return p
}

// hostName returns a URL's host in the form in which hosts are compared.
func hostName(u *url.URL) string { return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) }

// pool holds the connections to one host. It is made by the first exchange with the host, and again
// after each retirement.
type pool struct {
	key       string
	transport *http.Transport
	dialNew   func(ctx context.Context, network, addr string) (net.Conn, error)
	// users counts the exchanges that are in flight; the sender's lock guards it.
	users int

	mu     sync.Mutex
	conns  map[*pooledConn]struct{}
	closed bool
}

func (p *pool) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	raw, err := p.dialNew(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed { // a dial outlives the request that it was begun for
		_ = raw.Close()
		return nil, net.ErrClosed
	}
	conn := &pooledConn{Conn: raw, pool: p}
	p.conns[conn] = struct{}{}
	return conn, nil
}

// close closes the raw connections first: TLS would send a close_notify, and wait for a server that
// does not read.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	for conn := range p.conns {
		_ = conn.Conn.Close()
	}
	clear(p.conns)
	p.mu.Unlock()
	p.transport.CloseIdleConnections()
}

// pooledConn is a connection that its pool lists for as long as it is open.
type pooledConn struct {
	net.Conn
	pool *pool
}

func (c *pooledConn) Close() error {
	c.pool.mu.Lock()
	delete(c.pool.conns, c)
	c.pool.mu.Unlock()
	return c.Conn.Close()
}
