package webhook

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync/atomic"
	"testing"

	"code.dny.dev/ssrf"
	"github.com/stretchr/testify/require"
)

// listen counts the connections to a port of this machine, over IPv4 and, where there is any, IPv6.
func listen(t *testing.T) (port uint16, accepted *atomic.Int32) {
	t.Helper()
	accepted = &atomic.Int32{}
	serve := func(address string) (net.Listener, error) {
		var lc net.ListenConfig
		listener, err := lc.Listen(t.Context(), "tcp", address)
		if err != nil {
			return nil, err
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				accepted.Add(1)
				_ = conn.Close()
			}
		}()
		t.Cleanup(func() { _ = listener.Close(); <-done })
		return listener, nil
	}
	first, err := serve("127.0.0.1:0")
	require.NoError(t, err)
	address, err := netip.ParseAddrPort(first.Addr().String())
	require.NoError(t, err)
	_, _ = serve("[::1]:" + strconv.Itoa(int(address.Port())))
	return address.Port(), accepted
}

// disguises are hosts that are, or lead to, this machine. A name among them resolves to 127.0.0.1, as
// some resolvers do with numbers.
func disguises() []string {
	return []string{
		"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.0.0.1", "017700000001", "0", "0.0.0.0",
		"127.9.9.9", "127.0.0.1.", "localhost", "LOCALHOST.", "api.localhost", "①②⑦.0.0.1", "１２７.0.0.1", "127。0。0。1",
		"[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "[fe80::1%25lo]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
		"[::ffff:127.0.0.1%25lo]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1:8000:63bf:f7f7:f7f7]",
		"rebind.example.com", "inside.example.com",
	}
}

// resolveDisguises has every name lead to this machine.
func (w *watched) resolveDisguises() {
	for _, host := range disguises() {
		w.resolves(host, addresses("127.0.0.1", "::1"))
	}
	w.resolves("rebind.example.com", addresses("93.184.216.34"), addresses("127.0.0.1"))
}

// The guard alone, without the grammar of URLs, with the very port allowed, and a listener that would
// answer: nothing reaches it, whatever the form of its address.
func TestNoDisguiseOfThisMachineReachesIt(t *testing.T) {
	port, accepted := listen(t)
	w := watch(t)
	w.guard.ranges = ssrf.New(ssrf.WithPorts(port))
	w.resolveDisguises()
	for _, host := range disguises() {
		for _, scheme := range []string{"http", "https"} {
			url := scheme + "://" + host + ":" + strconv.Itoa(int(port)) + "/"
			for range 2 { // a name may change its mind
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
				if err != nil {
					continue
				}
				_, err = w.sender.send(req, func(*http.Response) error { return nil })
				require.Error(t, err, url)
			}
			require.Equal(t, Forbidden, w.Call(t.Context(), Call{Method: http.MethodGet, URL: url}).Class, url)
			require.Equal(t, BadTarget, w.client.Post(t.Context(), request(url)).Class, url)
		}
	}
	require.Zero(t, accepted.Load())
	require.Equal(t, []string{"93.184.216.34:" + strconv.Itoa(int(port))}, w.addressesThrough(), "the name that was public at first")
	require.Greater(t, w.checked.Load(), int32(20))
}

// Were the guard not there, the listener would count.
func TestTheListenerCountsWhoReachesIt(t *testing.T) {
	port, accepted := listen(t)
	client := NewClient("test", NewGuard(WithLoopback()))
	t.Cleanup(client.Close)
	require.Equal(t, Connect, client.Post(t.Context(), request("http://127.0.0.1:"+strconv.Itoa(int(port))+"/")).Class)
	require.EqualValues(t, 1, accepted.Load())
}

// A proxy would connect for us, past the guard.
func TestNoTransportHasAProxy(t *testing.T) {
	t.Parallel()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://hooks.example.com/", nil)
	require.NoError(t, err)
	s := newSender(NewGuard())
	defer s.close()
	require.Nil(t, s.newPool(req.URL).transport.Proxy)
}
