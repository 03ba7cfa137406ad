package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHealthAsksTheProcessOfItsEnvironment(t *testing.T) {
	status, asked := http.StatusOK, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"status":"as it is"}`)
	}))
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	for _, addr := range []string{"127.0.0.1:" + port, "0.0.0.0:" + port, ":" + port} {
		code, out, errOut := newTerminal(t, "CHATTIGO_OPS_ADDR="+addr).run(t, "", "health")
		require.Zero(t, code, errOut)
		require.Equal(t, "{\"status\":\"as it is\"}\n", out)
		require.Equal(t, "/readyz", asked)
	}
	tm := newTerminal(t, "CHATTIGO_OPS_ADDR=127.0.0.1:"+port)
	code, _, errOut := tm.run(t, "", "health", "--live")
	require.Zero(t, code, errOut)
	require.Equal(t, "/healthz", asked)
	status = http.StatusServiceUnavailable
	code, out, errOut := tm.run(t, "", "health")
	require.Equal(t, 1, code)
	require.Contains(t, out, "as it is", "which part is missing")
	require.Contains(t, errOut, "/readyz answered 503")
}

func TestHealthSaysThatNobodyAnswers(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	code, _, errOut := newTerminal(t, "CHATTIGO_OPS_ADDR="+strings.TrimPrefix(server.URL, "http://")).run(t, "", "health")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "no process answers")
	code, _, errOut = newTerminal(t, "CHATTIGO_OPS_ADDR=off").run(t, "", "health")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "the process has no address to ask")
}

func TestAnAddressOfEveryInterfaceIsAskedOnTheLoopback(t *testing.T) {
	for addr, want := range map[string]string{
		":9464": "127.0.0.1:9464", "0.0.0.0:9464": "127.0.0.1:9464", "[::]:9464": "[::1]:9464",
		"10.0.0.7:9464": "10.0.0.7:9464", "worker:9464": "worker:9464",
	} {
		require.Equal(t, want, localAddr(addr))
	}
}
