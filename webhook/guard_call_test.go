package webhook

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hostileURLs are forms that have led such checks astray, whatever a URL parser thinks of them.
func hostileURLs() []string {
	urls := []string{
		// no https
		"", "/", "//api.example.com/", "api.example.com", "http://api.example.com/", "HTTP://api.example.com/", "ftp://api.example.com/",
		"file:///etc/passwd", "gopher://127.0.0.1:25/_HELO", "unix:///run/docker.sock", "javascript:alert(1)", "data:text/plain,x",
		"https:127.0.0.1", "https:/127.0.0.1/", "https:///127.0.0.1/", "https://", "https://:443/", "https://[]/",
		// users, fragments, ports
		"https://api.example.com@127.0.0.1/", "https://127.0.0.1@api.example.com/", "https://user:pw@api.example.com/",
		"https://api.example.com#@127.0.0.1/", "https://127.0.0.1#.example.com/", `https://api.example.com\@127.0.0.1/`,
		"https://api.example.com:22/", "https://api.example.com:80/", "https://api.example.com:6379/", "https://api.example.com:65535/",
		"https://api.example.com:99999/", "https://api.example.com:/", "https://api.example.com:443:80/", "https://api.example.com:0443/",
		// numbers that some resolvers take for 127.0.0.1 and its like
		"https://2130706433/", "https://017700000001/", "https://0x7f000001/", "https://127.1/", "https://127.0.1/", "https://0/",
		"https://0177.0.0.1/", "https://0x7f.0.0.1/", "https://0x7f.0x0.0x0.0x1/", "https://0177.0x0.0x0.0x1/", "https://3232235777/",
		"https://192.168.257/", "https://169.254.16962/", "https://1.2.3.4.5/", "https://api.0x7f/", "https://api.0x/", "https://api.127/",
		"https://127.0.0.1./", "https://2852039166/latest/meta-data/",
		// letters that become digits and dots
		"https://①②⑦.0.0.1/", "https://１２７.0.0.1/", "https://127。0。0。1/", "https://127．0．0．1/", "https://127.0.0.1\u200b/",
		"https://127.0.0.1\u00ad/", "https://127.0.0.1%2eexample.com/", "https://exa%6dple.com%00.127.0.0.1/", "https://bücher.example/",
		// names of this machine
		"https://localhost/", "https://LOCALHOST./", "https://api.localhost/", "https://metadata/", "https://printer/",
		"https://a_b.example.com/", "https://-a.example.com/", "https://a..example.com/", "https://../",
		// control characters
		"https://api.example.com/\r\nX-Evil: 1", "https://api.example.com\x00.evil.example/", "https://api.example.com/ x",
		"https://api.example.com/" + strings.Repeat("a", maxCallURL),
	}
	for _, address := range append(strings.Fields(refusedAddresses), strings.Fields(permittedAddresses)...) {
		if strings.Contains(address, ":") {
			address = "[" + strings.ReplaceAll(address, "%", "%25") + "]"
		}
		urls = append(urls, "https://"+address+"/", "https://"+address+":8443/", "http://"+address+"/")
	}
	return urls
}

func TestHostileURLsAreRefusedBeforeTheyAreLookedUp(t *testing.T) {
	w := watch(t)
	for _, url := range hostileURLs() {
		_, err := parsePublicTarget(url, maxCallURL)
		require.Error(t, err, url)
		require.Equal(t, Forbidden, w.Call(t.Context(), Call{Method: "GET", URL: url}).Class, url)
	}
	require.Empty(t, w.through)
	require.Zero(t, w.checked.Load())
	require.Empty(t, w.names.asked)
}

// The grammar of URLs is quick feedback; the guard holds without it.
func TestTheGuardHoldsWithoutTheGrammar(t *testing.T) {
	w := watch(t)
	for _, url := range hostileURLs() {
		if strings.Contains(url, "api.example.com") || reachesPublic(url) {
			continue
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			continue
		}
		_, err = w.sender.send(req, func(*http.Response) error { return nil })
		require.Error(t, err, url)
	}
	require.Empty(t, w.through)
	require.Positive(t, w.checked.Load())
}

// reachesPublic are public addresses written as such on 443 and 8443: nothing is wrong with
// those but that a bot has to name its host.
func reachesPublic(url string) bool {
	for address := range strings.FieldsSeq(permittedAddresses) {
		if strings.HasPrefix(url, "https://"+address) || strings.HasPrefix(url, "https://["+address+"]") {
			return true
		}
	}
	return false
}

func TestNamesThatLeadInsideAreRefusedBeforeTheConnection(t *testing.T) {
	w := watch(t)
	for address := range strings.FieldsSeq(refusedAddresses) {
		if strings.Contains(address, "%") {
			continue // no DNS answer has a zone
		}
		w.resolves("api.evil.example", addresses(address))
		for _, url := range []string{"https://api.evil.example/", "https://API.evil.example.:8443/x"} {
			response := w.Call(t.Context(), Call{Method: "GET", URL: url})
			require.Equal(t, Forbidden, response.Class, address)
		}
	}
	require.Empty(t, w.through)
	require.Positive(t, w.checked.Load())
}

func TestNamesThatLeadOutsideAreLetThrough(t *testing.T) {
	w := watch(t)
	for address := range strings.FieldsSeq(permittedAddresses) {
		w.resolves("api.clinicasur.example", addresses(address))
		require.Equal(t, Connect, w.Call(t.Context(), Call{Method: "GET", URL: "https://api.clinicasur.example/"}).Class, address)
		parsed := addresses(address)[0].Unmap().String()
		require.Equal(t, map[string]int{net.JoinHostPort(parsed, "443"): 1}, w.through, address)
		clear(w.through)
	}
}

// What is checked is what is connected to: there is no moment between the two.
func TestANameThatChangesItsMindIsRefused(t *testing.T) {
	w := watch(t)
	w.resolves("rebind.example.com", addresses("93.184.216.34"), addresses("127.0.0.1"), addresses("169.254.169.254"))
	call := Call{Method: "GET", URL: "https://rebind.example.com/"}
	require.Equal(t, Connect, w.Call(t.Context(), call).Class, "public at first")
	require.Equal(t, Forbidden, w.Call(t.Context(), call).Class)
	require.Equal(t, Forbidden, w.Call(t.Context(), call).Class)
	require.Equal(t, map[string]int{"93.184.216.34:443": 1}, w.through)
}

func TestOfSeveralAddressesOnlyPublicOnesAreConnectedTo(t *testing.T) {
	w := watch(t)
	w.resolves("mixed.example.com", addresses("127.0.0.1", "::1", "10.0.0.1", "93.184.216.34", "fd00:ec2::254"))
	w.Call(t.Context(), Call{Method: "GET", URL: "https://mixed.example.com/"})
	require.Equal(t, map[string]int{"93.184.216.34:443": 1}, w.through)

	w.resolves("inside.example.com", addresses("127.0.0.1", "::1", "10.0.0.1"))
	require.Equal(t, Forbidden, w.Call(t.Context(), Call{Method: "GET", URL: "https://inside.example.com/"}).Class)
	require.Len(t, w.through, 1)
}

func TestAProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	w := watch(t)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, "http://93.184.216.34:443")
	}
	w.resolves("inside.example.com", addresses("127.0.0.1"))
	require.Equal(t, Forbidden, w.Call(t.Context(), Call{Method: "GET", URL: "https://inside.example.com/"}).Class)
	require.Empty(t, w.through)
}

func TestCallTargetsThatAreFine(t *testing.T) {
	for _, url := range []string{
		"https://api.clinicasur.example/horas?especialidad=derma&desde=2026-03-10", "https://api.clinicasur.example",
		"https://api.clinicasur.example:443/", "https://api.clinicasur.example:8443/", "HTTPS://API.Clinicasur.Example./",
		"https://xn--bcher-kva.example/", "https://1and1.com/", "https://8.8.8.8.in-addr.arpa/", "https://metadata.google.internal/",
		"https://api.example.com/?q=" + strings.Repeat("a", 8000),
	} {
		_, err := parsePublicTarget(url, maxCallURL)
		require.NoError(t, err, url)
	}
}
