package e2e

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
)

// asWorker is the variable that makes this test program a worker and nothing else, so that it
// can be killed.
const asWorker = "CHATTIGO_TEST_WORKER"

// runWorker runs conversations until the process is killed.
func runWorker() error {
	cfg, err := config.Load(config.Environ(os.Environ()))
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.New(context.Background(), cfg, app.Options{Worker: true, Logger: logger, Version: "e2e"})
	if err != nil {
		return err
	}
	return a.Run(context.Background())
}

// workerProcess is a process that only runs conversations.
type workerProcess struct {
	environ []string
	log     string
	running *exec.Cmd
}

func newWorkerProcess(t *testing.T, cfg config.Config, name string) *workerProcess {
	t.Helper()
	w := &workerProcess{
		log: filepath.Join(t.TempDir(), name+".log"),
		environ: append(os.Environ(), asWorker+"=1", "CHATTIGO_ENV=dev", "CHATTIGO_DATABASE_URL="+cfg.DatabaseURL,
			"CHATTIGO_DATA_DIR="+cfg.DataDir, "CHATTIGO_TEMPORAL_ADDR="+cfg.TemporalAddr,
			"CHATTIGO_ID_KEY="+string(cfg.IDKey.Bytes()), "CHATTIGO_TOKEN_KEY="+string(cfg.TokenKey.Bytes())),
	}
	t.Cleanup(func() {
		w.kill()
		if t.Failed() {
			said, _ := os.ReadFile(w.log)
			t.Logf("%s said:\n%s", name, said[max(0, len(said)-4000):])
		}
	})
	return w
}

func (w *workerProcess) start(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(w.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	defer log.Close() //nolint:errcheck // the process has it open for itself
	w.running = exec.CommandContext(t.Context(), os.Args[0])
	w.running.Env, w.running.Stdout, w.running.Stderr = w.environ, log, log
	w.running.SysProcAttr = dieWithParent()
	require.NoError(t, w.running.Start())
}

// kill ends the process as a power cut would, and waits until it is gone.
func (w *workerProcess) kill() {
	if w.running == nil {
		return
	}
	_ = w.running.Process.Kill()
	_ = w.running.Wait() // it says that the process was killed
	w.running = nil
}
