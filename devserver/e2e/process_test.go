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
	binary  string
	environ []string
	log     string
	api     string
	running *exec.Cmd
}

// newServer builds the program; start starts it.
func newServer(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	s := &server{binary: filepath.Join(dir, "chattigo-dev"), log: filepath.Join(dir, "log")}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", s.binary, ".")
	build.Dir = ".."
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)

	addr := freeAddr()
	s.api = "http://" + addr
	s.environ = append(os.Environ(), "CHATTIGO_ENV=dev", "CHATTIGO_DATABASE_URL=",
		"CHATTIGO_DATA_DIR="+filepath.Join(dir, "data"), "CHATTIGO_HTTP_ADDR="+addr, "CHATTIGO_INBOX_ADDR="+freeAddr(),
		"CHATTIGO_TEMPORAL_ADDR="+freeAddr(), "CHATTIGO_TEMPORAL_UI_ADDR="+freeAddr())
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			said, _ := os.ReadFile(s.log)
			t.Logf("the process said:\n%s", said)
		}
	})
	return s
}

func freeAddr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(int(ports.Free()))) }

// start returns when /readyz says that a message can be accepted.
func (s *server) start(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	defer log.Close() //nolint:errcheck // the process has it open for itself
	s.running = exec.CommandContext(t.Context(), s.binary)
	s.running.Env, s.running.Stdout, s.running.Stderr = s.environ, log, log
	s.running.SysProcAttr = dieWithParent()
	began := time.Now()
	require.NoError(t, s.running.Start())
	nobody := &tenant{}
	require.True(t, eventually(t, time.Minute, func() bool {
		status, _, err := nobody.try(t.Context(), http.MethodGet, s.api+"/readyz", nil)
		return err == nil && status == http.StatusOK
	}), "it did not become ready")
	t.Logf("ready after %s", time.Since(began).Round(10*time.Millisecond))
}

// kill ends the process as a power cut would, and waits until it is gone.
func (s *server) kill() {
	if s.running == nil {
		return
	}
	_ = s.running.Process.Kill()
	_ = s.running.Wait() // it says that the process was killed
	s.running = nil
}

// interrupt presses Ctrl-C and demands that the process ends by itself, in order and in time.
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

// demo is the account that the program makes for itself.
func (s *server) demo(t *testing.T, hook *receiver) *tenant {
	t.Helper()
	c := &tenant{api: s.api, account: stack.DemoAccount, waID: stack.DemoWaID, phoneNumberID: stack.DemoPhoneNumberID}
	c.login(t, stack.DemoPassword)
	c.setWebhook(t, hook.url)
	return c
}
