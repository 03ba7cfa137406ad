package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/stack"
	"github.com/chattigo/api-isv/examples/isv"
	"github.com/chattigo/api-isv/store"
)

// The lines that the screen shows are run by a shell as they stand, against the real thing.
func TestTheLinesOnTheScreenWorkAsPrinted(t *testing.T) {
	running := start(t, t.TempDir())

	shell := exec.CommandContext(t.Context(), "bash", "-eu", "-o", "pipefail")
	shell.Stdin = strings.NewReader(commands(welcome(running.Config())))
	out, err := shell.CombinedOutput()

	require.NoError(t, err, string(out))
	require.Contains(t, string(out), `"externalWebhookIsvBot":"`+running.InboxURL()+`"`)
	require.Contains(t, string(out), `"messages":1`)
	require.Eventually(t, func() bool {
		return len(running.Inbox().List(isv.Filter{Contact: "56911112222"})) >= 2
	}, 20*time.Second, 50*time.Millisecond)
}

func TestStartingAgainKeepsWhatTheDeveloperChanged(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir)
	require.Equal(t, first.InboxURL(), webhook(t, first.Config().DatabaseURL))
	db := open(t, first.Config().DatabaseURL)
	require.NoError(t, db.SetWebhook(t.Context(), stack.DemoWaID, "https://example.com/changed", "", time.Now()))
	require.NoError(t, first.Stop(t.Context()))

	second := start(t, dir)

	require.Equal(t, "https://example.com/changed", webhook(t, second.Config().DatabaseURL))
	require.Equal(t, first.Config().IDKey.Bytes(), second.Config().IDKey.Bytes())
}

func TestTheServiceAloneCanBeStoppedAndStarted(t *testing.T) {
	running := start(t, t.TempDir())

	require.NoError(t, running.StopService(t.Context()))
	require.NoError(t, running.StartService(t.Context()))
}

func TestBusyPortsAreNamedOneALineAndTheStatusIsOne(t *testing.T) {
	cfg, err := stack.FreeConfig(t.TempDir())
	require.NoError(t, err)
	for _, addr := range []string{cfg.HTTPAddr, cfg.InboxAddr} {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", addr)
		require.NoError(t, err)
		defer func() { require.NoError(t, listener.Close()) }()
	}
	var out, errOut bytes.Buffer

	status := run(t.Context(), map[string]string{
		"CHATTIGO_DATA_DIR":         cfg.DataDir,
		"CHATTIGO_HTTP_ADDR":        cfg.HTTPAddr,
		"CHATTIGO_INBOX_ADDR":       cfg.InboxAddr,
		"CHATTIGO_TEMPORAL_ADDR":    cfg.TemporalAddr,
		"CHATTIGO_TEMPORAL_UI_ADDR": cfg.TemporalUIAddr,
	}, &out, &errOut)

	require.Equal(t, 1, status)
	require.Empty(t, out.String())
	require.Equal(t, cfg.HTTPAddr+" is in use; stop what listens there or set CHATTIGO_HTTP_ADDR\n"+
		cfg.InboxAddr+" is in use; stop what listens there or set CHATTIGO_INBOX_ADDR\n", errOut.String())
	require.NoFileExists(t, filepath.Join(cfg.DataDir, "temporal.db"))
}

func TestProductionIsRefused(t *testing.T) {
	var errOut bytes.Buffer

	status := run(t.Context(), map[string]string{
		"CHATTIGO_ENV":       "production",
		"CHATTIGO_TOKEN_KEY": strings.Repeat("t", 32),
		"CHATTIGO_ID_KEY":    strings.Repeat("i", 32),
	}, io.Discard, &errOut)

	require.Equal(t, 1, status)
	require.Contains(t, errOut.String(), "run `chattigo all` for production")
}

func TestATemporalLogThatIsFullDropsTheRest(t *testing.T) {
	file, err := openTemporalLog(t.TempDir())
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	file.left = 5

	for range 3 {
		written, err := file.Write([]byte("1234"))
		require.NoError(t, err)
		require.Equal(t, 4, written)
	}

	info, err := file.Stat()
	require.NoError(t, err)
	require.Equal(t, int64(4), info.Size())
}

// commands are the lines of the screen that are not indented prose.
func commands(screen string) string {
	_, lines, _ := strings.Cut(screen, "# 1.")
	lines, _, _ = strings.Cut(lines, "  Ctrl-C")
	return "# 1." + lines
}

func webhook(t *testing.T, databaseURL string) string {
	t.Helper()
	channel, err := open(t, databaseURL).Channel(t.Context(), stack.DemoWaID)
	require.NoError(t, err)
	return channel.WebhookURL
}

func open(t *testing.T, databaseURL string) *store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), databaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func start(t *testing.T, dir string) *stack.Stack {
	t.Helper()
	cfg, err := stack.FreeConfig(dir)
	require.NoError(t, err)
	running, err := stack.Start(t.Context(), stack.Options{
		Config:    cfg,
		WithoutUI: true,
		Logger:    slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), stack.StopTimeout)
		defer cancel()
		require.NoError(t, running.Stop(ctx))
	})
	return running
}
