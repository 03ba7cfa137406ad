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
	// maxHosts is how many hosts connections are kept to, idlePerHost how many to each, and
	// idleTimeout for how long. How many are open at once is not bounded here: channels of
	// different ISVs may share a host, and one whose path hangs must not hold up the others.
	maxHosts    = 1000
	idlePerHost = 20
	idleTimeout = time.Minute
	// pingAfter is how long an HTTP/2 connection may be silent before it is asked for a sign of
	// life, pingTimeout how long that may take. Together they are far below slowAttempt: whatever is
	// sent meanwhile goes the same dead way, and where the fast lane is not used nothing else times
	// out sooner.
	pingAfter   = 3 * time.Second
	pingTimeout = 2 * time.Second
)

// Option changes a Client or a Caller for tests. There is no other use for one, and no setting
// that makes one.
type Option func(*sender)

// sender sends requests to other people's servers. Each host has a pool of connections, which is
// given up as a whole when an attempt times out on one of them: what died without a word looks
// the same as what is slow, and the connections beside it have mostly died with it. What is
// under way in that pool ends in peace.
//
// Redirects are not followed, and a proxy of the environment is not used: it would make the
// connection for us, past the guard.
type sender struct {
	dialer *net.Dialer
	tests  map[string]testHost
	http2  http.HTTP2Config

	mu    sync.Mutex
	pools map[string]*pool
}

func newSender(guard *Guard, options []Option) *sender {
	s := &sender{
		dialer: &net.Dialer{Timeout: dialTimeout, ControlContext: guard.Control},
		tests:  map[string]testHost{},
		http2:  http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout},
		pools:  map[string]*pool{},
	}
	for _, option := range options {
		option(s)
	}
	return s
}

// send makes one exchange, within the time of the request's context, and gives the answer to
// take. A request that is lost with a connection which was kept from before, as the server was
// closing it, is sent again on a new one. The peer is the address that was connected to.
func (s *sender) send(req *http.Request, take func(*http.Response) error) (peer string, err error) {
	x, err := s.exchange(req, s.enter(req.URL), take)
	if !x.lost(err) {
		return x.peer, err
	}
	if req.Body, err = req.GetBody(); err != nil {
		return x.peer, err
	}
	x, err = s.exchange(req, s.newPool(req.URL), take)
	return x.peer, err
}

// exchange sends a request by a pool, and leaves the pool. When the time is over, that is the
// error, whatever the transport says.
func (s *sender) exchange(req *http.Request, p *pool, take func(*http.Response) error) (x *exchange, err error) {
	ctx := req.Context()
	x = &exchange{ctx: ctx}
	defer func() {
		x.release()
		s.leave(p, x.timedOut())
		if err != nil && ctx.Err() != nil {
			err = ctx.Err()
		}
	}()
	resp, err := p.transport.RoundTrip(req.WithContext(x.traced()))
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
	return x, take(resp)
}

// enter gives the pool of a URL's host. Who enters has to leave.
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

// leave closes a pool that is not wanted any more, when the last one leaves it.
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

// evict takes one unused pool out when there are too many.
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

// close drops the connections. Those in use are closed when their exchange has ended.
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

// newPool makes a pool with one user, that nobody else finds.
func (s *sender) newPool(u *url.URL) *pool {
	p := &pool{key: poolKey(u), users: 1, conns: map[*pooledConn]struct{}{}, dialNew: s.dialer.DialContext}
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if host, ok := s.tests[hostName(u)]; ok {
		secure.RootCAs, p.dialNew = host.authorities, host.dial
	}
	ping := s.http2
	p.transport = &http.Transport{
		Proxy:                  nil,
		DialContext:            p.dial,
		TLSClientConfig:        secure,
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

// hostName is a URL's host as it is compared.
func hostName(u *url.URL) string { return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) }

// pool is the connections to one host that were made since the last one that timed out.
type pool struct {
	key       string
	transport *http.Transport
	dialNew   func(ctx context.Context, network, addr string) (net.Conn, error)
	// users are the exchanges that are under way; the sender's lock guards it.
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

// close ends the connections themselves first: TLS would say goodbye, and wait for a server that
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

// pooledConn is a connection that its pool knows of for as long as it is open.
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
