package ui_test

import (
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/ui"
)

func TestUIServesItsPageUntilItIsStopped(t *testing.T) {
	running, err := ui.Start(t.Context(), ui.Options{TemporalAddr: "127.0.0.1:1", Namespace: "default"})
	require.NoError(t, err)

	require.Contains(t, get(t, running.URL()+"/"), "<!doctype html>")
	require.NoError(t, running.Stop())
	require.NoError(t, running.Stop())

	_, err = new(net.Dialer).DialContext(t.Context(), "tcp", running.Addr())
	require.Error(t, err)
}

func TestUIOnABusyPortSaysSoInOneLine(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()

	_, err = ui.Start(t.Context(), ui.Options{Addr: listener.Addr().String(), TemporalAddr: "127.0.0.1:1"})

	require.EqualError(t, err, listener.Addr().String()+" is in use; stop what listens there, set CHATTIGO_TEMPORAL_UI_ADDR, or is `make run` already running?")
}

func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	require.Equal(t, http.StatusOK, response.StatusCode)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}
