package webhooktest

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Proxy stands between a client and a server, and can let connections die without a word, as
// firewalls and routers do that forget about them.
type Proxy struct {
	Addr netip.AddrPort

	to       string
	listener net.Listener
	running  sync.WaitGroup

	mu    sync.Mutex
	links []*link
}

// NewProxy forwards until the test is over.
func NewProxy(t testing.TB, to netip.AddrPort) *Proxy {
	t.Helper()
	var lc net.ListenConfig
	listener, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr, err := netip.ParseAddrPort(listener.Addr().String())
	require.NoError(t, err)
	p := &Proxy{Addr: addr, to: to.String(), listener: listener}
	p.running.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// Silence drops what is sent from now on over the connections that there are, in both
// directions. New ones work. What it returns is closed when the clients have closed all of them.
func (p *Proxy) Silence() (abandoned <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var open sync.WaitGroup
	for _, l := range p.links {
		l.silent.Store(true)
		open.Go(func() { <-l.abandoned })
	}
	all := make(chan struct{})
	p.running.Go(func() {
		open.Wait()
		close(all)
	})
	return all
}

// Connections is how many have been made so far.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.to) //nolint:noctx // a server of the same test
		if err != nil {
			_ = client.Close()
			continue
		}
		l := &link{client: client, server: server, abandoned: make(chan struct{})}
		p.mu.Lock()
		p.links = append(p.links, l)
		p.mu.Unlock()
		p.running.Go(func() {
			l.forward(server, client)
			close(l.abandoned)
		})
		p.running.Go(func() { l.forward(client, server) })
	}
}

func (p *Proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for _, l := range p.links {
		l.close()
	}
	p.mu.Unlock()
	p.running.Wait()
}

// link is one connection that is forwarded.
type link struct {
	client, server net.Conn
	silent         atomic.Bool
	abandoned      chan struct{}
}

// forward ends with the connection that it reads from.
func (l *link) forward(to io.Writer, from io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if !l.silent.Load() {
			_, _ = to.Write(buffer[:n])
		}
		if err != nil {
			l.close()
			return
		}
	}
}

func (l *link) close() {
	_ = l.client.Close()
	_ = l.server.Close()
}
