package e2e

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/ports"
	"github.com/chattigo/api-isv/devserver/stack"
)

// server is `make run` as a process of its own, on free ports and a directory of its own.
type server struct {
	process
	api string
}

// newServer builds the program; start starts it.
func newServer(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	s := &server{process: process{binary: filepath.Join(dir, "chattigo-dev"), log: filepath.Join(dir, "server.log")}}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", s.binary, ".")
	build.Dir = ".."
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)

	addr := freeAddr()
	s.api = "http://" + addr
	s.environ = append(os.Environ(), "CHATTIGO_ENV=dev", "CHATTIGO_DATABASE_URL=", "CHATTIGO_WEBHOOK_RATE=10000", "CHATTIGO_OPS_ADDR=off",
		"CHATTIGO_DATA_DIR="+filepath.Join(dir, "data"), "CHATTIGO_HTTP_ADDR="+addr, "CHATTIGO_INBOX_ADDR="+freeAddr(),
		"CHATTIGO_TEMPORAL_ADDR="+freeAddr(), "CHATTIGO_TEMPORAL_UI_ADDR="+freeAddr())
	s.killAtTheEnd(t)
	return s
}

func freeAddr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(int(ports.Free()))) }

// start starts the process and waits for /readyz.
func (s *server) start(t *testing.T) {
	t.Helper()
	began := time.Now()
	s.launch(t)
	nobody := &tenant{}
	require.True(t, eventually(t, time.Minute, func() bool {
		status, _, err := nobody.try(t.Context(), http.MethodGet, s.api+"/readyz", nil)
		return err == nil && status == http.StatusOK
	}), "it did not become ready")
	t.Logf("ready after %s", time.Since(began).Round(10*time.Millisecond))
}

// interrupt sends Ctrl-C and requires that the process stops by itself with exit status 0, in time.
func (s *server) interrupt(t *testing.T, within time.Duration) {
	t.Helper()
	running, ended := s.running, make(chan error, 1)
	s.running = nil
	began := time.Now()
	require.NoError(t, running.Process.Signal(os.Interrupt))
	go func() { ended <- running.Wait() }()
	select {
	case err := <-ended:
		require.NoError(t, err, "its exit status was not 0")
	case <-time.After(within):
		_ = running.Process.Kill()
		err := <-ended
		require.FailNow(t, "the interrupted process did not end", "within %s, then: %v", within, err)
	}
	t.Logf("ended %s after the interrupt", time.Since(began).Round(10*time.Millisecond))
}

// demo logs in as the account that `make run` adds.
func (s *server) demo(t *testing.T, hook *receiver) *tenant {
	t.Helper()
	c := &tenant{api: s.api, account: stack.DemoAccount, waID: stack.DemoWaID, phoneNumberID: stack.DemoPhoneNumberID}
	c.login(t, stack.DemoPassword)
	c.setWebhook(t, hook.url)
	return c
}
