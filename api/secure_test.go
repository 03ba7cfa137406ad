package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
)

// What openapi.yaml says of each route is checked in passing; here it is said once for all.
func TestEveryResponseTellsBrowsersWhatNotToDo(t *testing.T) {
	f := setUp(t)
	paths := []string{"/nowhere", "/docs", "/docs/page.js", "/docs/nothing", "/openapi.yaml", "/healthz"}
	for _, rt := range api.Routes() {
		paths = append(paths, pathOf(rt))
	}
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions, http.MethodTrace} {
			response := f.do(t, method, path, nil, strings.NewReader("{}"))
			header := response.Header()
			require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), path)
			require.Equal(t, "no-referrer", header.Get("Referrer-Policy"), path)
			require.Equal(t, "same-origin", header.Get("Cross-Origin-Resource-Policy"), path)
			policy := header.Get("Content-Security-Policy")
			for _, directive := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
				require.Contains(t, policy, directive, path)
			}
			require.NotContains(t, policy, "unsafe", path)
			require.Empty(t, header.Values("Set-Cookie"), path)
			require.Empty(t, header.Values("Access-Control-Allow-Origin"), path)
			require.Empty(t, header.Values("Strict-Transport-Security"), "it is the proxy's")
			require.Empty(t, header.Values("Server"), path)
			if !strings.Contains(header.Get("Cache-Control"), "no-store") {
				require.Contains(t, []string{"/docs", "/docs/page.js", "/openapi.yaml", "/.well-known/jwks.json"}, path, "data is kept nowhere")
			}
		}
	}
}

// An id that comes with a request is not ours: it could be one of another's, or a forged line of the log.
func TestTheIDOfARequestIsMadeHere(t *testing.T) {
	f := setUp(t)
	seen := map[string]bool{}
	for range 10 {
		response := f.do(t, http.MethodGet, "/bots", headers{"X-Request-Id": "mine", "Authorization": f.token("isv")}, nil)
		id := response.Header().Get("X-Request-Id")
		require.Len(t, id, 26)
		require.False(t, seen[id])
		seen[id] = true
	}
	require.NotContains(t, f.log.String(), "mine")
}
