package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheDocumentationPageNeedsNothingButThisServer(t *testing.T) {
	f := setUp(t)
	page := f.do(t, http.MethodGet, "/docs", nil, nil)
	require.Equal(t, http.StatusOK, page.Code)
	require.Equal(t, "text/html; charset=utf-8", page.Header().Get("Content-Type"))
	files := regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(page.Body.String(), -1)
	require.Len(t, files, 5)
	for _, file := range files {
		response := f.do(t, http.MethodGet, "/"+file[1], nil, nil) // as from the page, whose path has one part
		require.Equal(t, http.StatusOK, response.Code, file[1])
		require.NotEmpty(t, response.Body.Bytes())
	}
	require.NotRegexp(t, `//[a-z]`, page.Body.String(), "nothing is of another server")
}

// The policy forbids what the page must not have.
func TestTheDocumentationPageHasAStrictPolicyAndObeysIt(t *testing.T) {
	f := setUp(t)
	page := f.do(t, http.MethodGet, "/docs", nil, nil)
	require.Equal(t, strings.Count(page.Body.String(), "<script"), strings.Count(page.Body.String(), " defer></script>"), "no script within it")
	require.NotRegexp(t, `<style|\sstyle=|\son[a-z]+=|javascript:`, page.Body.String())
	for _, path := range []string{"/docs", "/docs/page.js", "/docs/swagger-ui-bundle.js"} {
		policy := f.do(t, http.MethodGet, path, nil, nil).Header().Get("Content-Security-Policy")
		require.NotContains(t, policy, "unsafe")
		require.NotRegexp(t, `https?:|\*`, policy)
		for _, directive := range []string{"default-src 'none'", "script-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} {
			require.Contains(t, strings.Split(policy, "; "), directive)
		}
	}
}

func TestAFileOfTheDocumentationPageIsCompressedForThoseWhoAcceptIt(t *testing.T) {
	f := setUp(t)
	get := func(accepted string) (encoding string, text []byte) {
		response := f.do(t, http.MethodGet, "/docs/swagger-ui.css", headers{"Accept-Encoding": accepted}, nil)
		require.Equal(t, http.StatusOK, response.Code)
		require.Equal(t, "text/css; charset=utf-8", response.Header().Get("Content-Type"))
		require.Equal(t, "public, max-age=3600", response.Header().Get("Cache-Control"))
		return response.Header().Get("Content-Encoding"), response.Body.Bytes()
	}
	_, plain := get("")
	require.Contains(t, string(plain), ".swagger-ui")
	for _, refused := range []string{"identity", "br", "gzip;q=0", "gzip; q=0.0", "gzip;q=x", "br, zstd"} {
		encoding, text := get(refused)
		require.Empty(t, encoding, refused)
		require.Equal(t, plain, text)
	}
	for _, accepted := range []string{"gzip", "br, gzip", "GZIP;q=0.5", "deflate, gzip;q=1.0, *;q=0.5"} {
		encoding, text := get(accepted)
		require.Equal(t, "gzip", encoding, accepted)
		reader, err := gzip.NewReader(bytes.NewReader(text))
		require.NoError(t, err)
		unzipped, err := io.ReadAll(reader)
		require.NoError(t, err)
		require.Equal(t, plain, unzipped)
	}
}

func TestTheDocumentationPageHasNoOtherFiles(t *testing.T) {
	f := setUp(t)
	for _, file := range []string{"page.html", "swagger-ui.css.gz", "oauth2-redirect.html", "x", "..", "%2e%2e%2fopenapi.yaml"} {
		response := f.do(t, http.MethodGet, "/docs/"+file, nil, nil)
		require.Equal(t, http.StatusNotFound, response.Code, file)
	}
	require.Equal(t, http.StatusNotFound, f.do(t, http.MethodGet, "/docs/", nil, nil).Code)
}
