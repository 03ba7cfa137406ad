package e2e

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// process is a program that tests start, kill and start again. Its output goes to a log file.
type process struct {
	binary  string
	environ []string
	log     string
	running *exec.Cmd
}

// killAtTheEnd kills the process when the test ends, and shows its log if the test failed.
func (p *process) killAtTheEnd(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			log, _ := os.ReadFile(p.log)
			t.Logf("%s:\n%s", p.log, log[max(0, len(log)-8000):])
		}
	})
}

// launch starts the process and does not wait for it to be ready.
func (p *process) launch(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	defer log.Close() //nolint:errcheck // the process has it open for itself
	p.running = exec.CommandContext(t.Context(), p.binary)
	p.running.Env, p.running.Stdout, p.running.Stderr = p.environ, log, log
	p.running.SysProcAttr = dieWithParent()
	require.NoError(t, p.running.Start())
}

// kill ends the process as a power cut would, and waits until it is gone.
func (p *process) kill() {
	if p.running == nil {
		return
	}
	_ = p.running.Process.Kill()
	_ = p.running.Wait() // the error says that the process was killed
	p.running = nil
}
