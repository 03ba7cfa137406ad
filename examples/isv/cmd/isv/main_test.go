package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/examples/isv/bridge"
)

func bridgeEnviron(dir string) []string {
	return []string{
		"BRIDGE_META_VERIFY_TOKEN=a", "BRIDGE_META_APP_SECRET=b", "BRIDGE_GRAPH_TOKEN=c", "BRIDGE_API_URL=http://127.0.0.1:1",
		"BRIDGE_API_USER=acme", "BRIDGE_API_PASSWORD=d", "BRIDGE_WEBHOOK_KEY_ID=whk_0123456789", "BRIDGE_DATA_DIR=" + filepath.Join(dir, "data"),
	}
}

// output is what the program says; it is safe for concurrent use.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// get starts the program, asks for a path, stops it, and returns the status.
func get(t *testing.T, path string, environ ...string) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := listener.Addr().String()
	require.NoError(t, listener.Close())
	ctx, cancel := context.WithCancel(t.Context())
	said, ended := &output{}, make(chan int, 1)
	go func() { ended <- run(ctx, nil, append(environ, "BRIDGE_ADDR="+addr), io.Discard, said) }()
	status := 0
	require.Eventually(t, func() bool {
		found, err := http.Get("http://" + addr + path)
		if err != nil {
			return false
		}
		status = found.StatusCode
		return found.Body.Close() == nil
	}, 10*time.Second, 5*time.Millisecond, said)
	cancel()
	require.Zero(t, <-ended, said)
	return status
}

func TestWithoutSettingsItIsTheInbox(t *testing.T) {
	require.Equal(t, 200, get(t, "/messages", "PATH=/bin", "ISV_USER=acme"))
	require.Equal(t, 404, get(t, "/healthz"))
}

func TestWithSettingsItIsTheBridge(t *testing.T) {
	require.Equal(t, 200, get(t, "/healthz", bridgeEnviron(t.TempDir())...))
	require.Equal(t, 404, get(t, "/messages", bridgeEnviron(t.TempDir())...))
}

func TestItRefusesToStartWithHalfOfTheSettings(t *testing.T) {
	for _, test := range []struct{ environ, want string }{
		{"BRIDGE_API_USER=acme", "BRIDGE_META_APP_SECRET is missing"},
		{"BRIDGE_API_URI=x", "BRIDGE_API_URI is no setting"},
	} {
		said := &output{}
		require.Equal(t, 1, run(t.Context(), nil, []string{test.environ}, io.Discard, said))
		require.Contains(t, said.String(), test.want)
	}
}

func TestHelpListsTheSettings(t *testing.T) {
	for args, want := range map[string]int{"--help": 0, "-h": 0, "--bridge": 2} {
		said := &output{}
		require.Equal(t, want, run(t.Context(), []string{args}, nil, said, io.Discard))
		for _, name := range append(bridge.Names(), "BRIDGE_ADDR") {
			require.Contains(t, said.String(), fmt.Sprintf("  %s\n", name))
		}
		require.NotContains(t, strings.ToLower(said.String()), "isv_")
	}
}
