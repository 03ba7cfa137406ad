package e2e

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

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

// newWorkerProcess is this test program as a process that only runs conversations.
func newWorkerProcess(t *testing.T, cfg config.Config, name string) *process {
	t.Helper()
	w := &process{
		binary: os.Args[0],
		log:    filepath.Join(t.TempDir(), name+".log"),
		environ: append(os.Environ(), asWorker+"=1", "CHATTIGO_ENV=dev", "CHATTIGO_WEBHOOK_RATE=10000", "CHATTIGO_OPS_ADDR=off", "CHATTIGO_DATABASE_URL="+cfg.DatabaseURL,
			"CHATTIGO_DATA_DIR="+cfg.DataDir, "CHATTIGO_TEMPORAL_ADDR="+cfg.TemporalAddr,
			"CHATTIGO_ID_KEY="+string(cfg.IDKey.Bytes()), "CHATTIGO_TOKEN_KEY="+string(cfg.TokenKey.Bytes()),
			"CHATTIGO_SECRET_KEY="+string(cfg.SecretKey.Bytes())),
	}
	w.killAtTheEnd(t)
	return w
}
