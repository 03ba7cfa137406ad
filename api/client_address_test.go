package api

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheClientIsWhoeverTheTrustedProxiesSay(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, tc := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"no proxy", "192.0.2.1:1234", nil, "192.0.2.1"},
		{"whoever is no proxy makes it up", "192.0.2.1:1234", []string{"198.51.100.7"}, "192.0.2.1"},
		{"one proxy", "10.0.0.1:1234", []string{"198.51.100.7"}, "198.51.100.7"},
		{"the client has made up what stands before", "10.0.0.1:1234", []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7"},
		{"also in a header of its own", "10.0.0.1:1234", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7"},
		{"two proxies", "10.0.0.1:1234", []string{"198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		{"with a port", "10.0.0.1:1234", []string{"198.51.100.7:55555"}, "198.51.100.7"},
		{"IPv6 in brackets", "[fd00::1]:1234", []string{"[2001:db8::7]:55555"}, "2001:db8::7"},
		{"IPv6", "[fd00::1]:1234", []string{"2001:db8::7"}, "2001:db8::7"},
		{"IPv4 within IPv6", "[::ffff:10.0.0.1]:1234", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		{"nonsense counts as the proxy", "10.0.0.1:1234", []string{"198.51.100.7, unknown"}, "10.0.0.1"},
		{"an empty header", "10.0.0.1:1234", []string{""}, "10.0.0.1"},
		{"only proxies", "10.0.0.1:1234", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"more hops than anybody has", "10.0.0.1:1234", []string{"198.51.100.7," + strings.Repeat("10.0.0.2,", maxHops) + "10.0.0.2"}, "10.0.0.2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.RemoteAddr = tc.peer
			r.Header["X-Forwarded-For"] = tc.forwarded
			p := &proxies{trusted: trusted, unlisted: func(netip.Addr) {}}
			require.Equal(t, tc.want, p.clientOf(r).String())
		})
	}
}

func TestAProxyThatIsNotListedIsNamedOnce(t *testing.T) {
	var named []netip.Addr
	p := &proxies{unlisted: func(peer netip.Addr) { named = append(named, peer) }}
	for _, peer := range []string{"192.0.2.1:1", "172.18.0.1:1", "172.18.0.1:2"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = peer
		r.Header.Set("X-Forwarded-For", "198.51.100.7")
		require.Equal(t, parseAddress(peer), p.clientOf(r))
	}
	require.Equal(t, []netip.Addr{netip.MustParseAddr("172.18.0.1")}, named, "anybody may send the header; a private address is a proxy's")
}
