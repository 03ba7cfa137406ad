package webhook

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDeliveriesToNamesThatLeadInsideAreRefusedBeforeTheConnection(t *testing.T) {
	w := watch(t)
	for address := range strings.FieldsSeq(refusedAddresses) {
		if strings.Contains(address, "%") {
			continue // no DNS answer has a zone
		}
		w.resolves("hooks.evil.example", addresses(address))
		for _, url := range []string{"https://hooks.evil.example/", "https://HOOKS.evil.example.:8443/x"} {
			result := w.client.Post(t.Context(), request(url))
			result.Duration = 0
			require.Equal(t, Result{Class: Forbidden}, result, "%s: no address is told", address)
		}
	}
	w.resolves("rebind.example.com", addresses("93.184.216.34"), addresses("127.0.0.1"))
	require.Equal(t, Connect, w.client.Post(t.Context(), request("https://rebind.example.com/")).Class)
	require.Equal(t, Forbidden, w.client.Post(t.Context(), request("https://rebind.example.com/")).Class)
	require.Equal(t, map[string]int{"93.184.216.34:443": 1}, w.through)
}

// What may not be registered is not posted to either: a row may be older than the rule, or from
// a database that was dev's.
func TestDeliveriesToURLsThatNobodyMayRegisterAreRefused(t *testing.T) {
	w := watch(t)
	w.resolves("hooks.example.com", addresses("93.184.216.34"))
	for _, url := range []string{
		"http://hooks.example.com/", "http://hooks.example.com:443/", "https://hooks.example.com:22/", "https://user:x@hooks.example.com/",
		"https://127.0.0.1/", "http://127.0.0.1:8090/", "https://localhost/", "https://[::1]/", "https://93.184.216.34/",
	} {
		require.Equal(t, BadTarget, w.client.Post(t.Context(), request(url)).Class, url)
	}
	require.Zero(t, w.checked.Load())
}

func TestHostileURLsAreRefusedForDeliveriesBeforeTheyAreLookedUp(t *testing.T) {
	w := watch(t)
	for _, url := range hostileURLs() {
		if len(url) > maxCallURL {
			continue // a webhook's is shorter: see TestCheckTarget
		}
		result := w.client.Post(t.Context(), request(url))
		result.Duration = 0
		require.Equal(t, Result{Class: BadTarget}, result, url)
	}
	require.Empty(t, w.through)
	require.Zero(t, w.checked.Load())
	require.Empty(t, w.names.asked)
}

func TestDeliveriesUseNoProxyOfTheEnvironment(t *testing.T) {
	w := watch(t)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, "http://93.184.216.34:443")
	}
	w.resolves("inside.example.com", addresses("127.0.0.1"))
	require.Equal(t, Forbidden, w.client.Post(t.Context(), request("https://inside.example.com/")).Class)
	require.Empty(t, w.through)
}

// A redirect would lead past the check of the URL.
func TestDeliveriesAndCallsFollowNoRedirectInside(t *testing.T) {
	reached := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(inside.Close)
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inside.URL, http.StatusTemporaryRedirect)
	})
	require.Equal(t, Status, client.Post(t.Context(), request(url)).Class)
	require.False(t, reached)
}

func TestAGuardForDevLetsInThisMachineOnly(t *testing.T) {
	g := NewGuard(WithLoopback())
	for _, address := range []string{"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"} {
		for _, port := range []uint16{80, 443, 8090, 65535} {
			require.NoError(t, g.check(on(t, port, address)), address)
		}
	}
	for address := range strings.FieldsSeq(refusedAddresses) {
		if netip.MustParseAddr(address).Unmap().WithZone("").IsLoopback() {
			continue
		}
		require.ErrorIs(t, g.check(on(t, 443, address)), ErrForbidden, address)
	}
	require.ErrorIs(t, g.check(on(t, 443, "::1%lo")), ErrForbidden)
	require.ErrorIs(t, g.check(on(t, 80, "8.8.8.8")), ErrForbidden, "elsewhere it is the ordinary one")
	require.NoError(t, g.control(t.Context(), "tcp4", net.JoinHostPort("127.0.0.1", "8090"), nil))
}
