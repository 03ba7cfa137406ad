package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
)

// pathOf is a path of a route, with something in the place of its variables.
func pathOf(rt api.Route) string {
	return regexp.MustCompile(`\{\w+\}`).ReplaceAllString(rt.Path, "x")
}

// Each of these is in the document for every route that it can happen to, with its headers and its body.
func TestEveryRouteRefusesAsTheOpenAPIDocumentSays(t *testing.T) {
	f := setUp(t)
	refused := func(rt api.Route, want int, as, body string, with headers) {
		t.Helper()
		if as != "" {
			with["Authorization"] = f.token(as)
		}
		response := f.do(t, rt.Method, pathOf(rt), with, strings.NewReader(body))
		require.Equal(t, want, response.Code, "%s %s: %s", rt.Method, rt.Path, response.Body)
	}
	for _, rt := range api.Routes() {
		if rt.Role != "" {
			refused(rt, http.StatusUnauthorized, "", "", headers{})
			refused(rt, http.StatusUnauthorized, "gone", "", headers{})
		}
		if rt.Role == "tenant" {
			refused(rt, http.StatusUnauthorized, "operator", "", headers{})
		}
		if rt.MaxBody > 0 {
			refused(rt, http.StatusRequestEntityTooLarge, "isv", strings.Repeat(" ", int(rt.MaxBody)+1), headers{})
			refused(rt, http.StatusUnsupportedMediaType, "isv", "{}", headers{"Content-Encoding": "gzip"})
			refused(rt, http.StatusUnsupportedMediaType, "isv", "{}", headers{"Content-Type": "text/html"})
		}
	}
	f.rate = 1
	f.handler = f.process(t)
	f.ask(t, "isv", "GET", "/bots", "")
	f.ask(t, "isv", "GET", "/bots", "")
	for _, rt := range api.Routes() {
		if rt.Role != "" {
			refused(rt, http.StatusTooManyRequests, "isv", "", headers{})
		}
	}
	f.rate = 0
	f.handler = f.process(t)
	require.NoError(t, f.store.Close())
	for _, rt := range api.Routes() {
		if rt.Role != "" {
			refused(rt, http.StatusServiceUnavailable, "isv", "", headers{})
		}
	}
}
