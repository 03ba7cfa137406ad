package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
)

// serving makes a program whose servers are the given function.
func serving(t *testing.T, environ map[string]string, serve func(context.Context, config.Config, app.Options) error) (*program, *bytes.Buffer) {
	t.Helper()
	var stderr bytes.Buffer
	return &program{ctx: t.Context(), environ: environ, stdin: strings.NewReader(""), stdout: &bytes.Buffer{}, stderr: &stderr, serve: serve}, &stderr
}

func TestServersStartAsTheyAreCalled(t *testing.T) {
	for command, want := range map[string]app.Options{
		"all": {API: true, Worker: true}, "api": {API: true}, "worker": {Worker: true},
	} {
		t.Run(command, func(t *testing.T) {
			environ := map[string]string{"CHATTIGO_ENV": "dev", "CHATTIGO_DATA_DIR": t.TempDir(), "CHATTIGO_LOG_FORMAT": "json", "CHATTIGO_LOG_LEVEL": "warn"}
			p, stderr := serving(t, environ, func(ctx context.Context, cfg config.Config, got app.Options) error {
				got.Logger.InfoContext(ctx, "unheard")
				got.Logger.WarnContext(ctx, "heard", "key", cfg.TokenKey)
				require.False(t, got.Logger.Enabled(ctx, slog.LevelInfo))
				got.Logger = nil
				want.Version = buildVersion()
				require.Equal(t, want, got)
				require.NoError(t, cfg.Validate())
				require.NotEmpty(t, cfg.IDKey, "dev has keys")
				return nil
			})
			require.Equal(t, 0, p.run([]string{command}))
			require.Contains(t, stderr.String(), `"msg":"heard","key":"••••••••"`)
			require.NotContains(t, stderr.String(), "unheard")
		})
	}
}

func TestServersEndOnSIGTERM(t *testing.T) {
	environ := map[string]string{"CHATTIGO_ENV": "dev", "CHATTIGO_DATA_DIR": t.TempDir()}
	p, _ := serving(t, environ, func(ctx context.Context, _ config.Config, _ app.Options) error {
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGTERM))
		<-ctx.Done()
		return nil
	})
	require.Equal(t, 0, p.run([]string{"all"}))
}

func TestAServersFailureIsOneLine(t *testing.T) {
	environ := map[string]string{"CHATTIGO_ENV": "dev", "CHATTIGO_DATA_DIR": t.TempDir()}
	p, stderr := serving(t, environ, func(context.Context, config.Config, app.Options) error {
		return errors.Join(errors.New("listen tcp 127.0.0.1:8080: address already in use"), errors.New("b"))
	})
	require.Equal(t, 1, p.run([]string{"api"}))
	require.Equal(t, "chattigo: listen tcp 127.0.0.1:8080: address already in use; b\n", stderr.String())
}

func TestServersDoNotStartWithoutKeysInProduction(t *testing.T) {
	p, stderr := serving(t, nil, func(context.Context, config.Config, app.Options) error {
		return errors.New("started")
	})
	require.Equal(t, 1, p.run([]string{"all"}))
	require.Contains(t, stderr.String(), "CHATTIGO_TOKEN_KEY must be set in production")
	require.Contains(t, stderr.String(), "CHATTIGO_ID_KEY must be set in production")
	require.Contains(t, stderr.String(), "CHATTIGO_SECRET_KEY must be set in production")
}

// lockedBuffer may be written to and read at the same time.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// An ISV's server that sends two responses to one request makes net/http's client log it.
func TestTheStandardLoggerWritesToTheServicesLog(t *testing.T) {
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	var logged lockedBuffer
	redirectStandardLog(slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))

	received := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		const response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
		_, _ = io.WriteString(conn, response)
		<-received
		_, _ = io.WriteString(conn, response)
	}))
	t.Cleanup(server.Close)
	response, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	close(received)
	require.Eventually(t, func() bool { return logged.String() != "" }, 5*time.Second, 5*time.Millisecond)
	require.Contains(t, logged.String(), `"level":"DEBUG","msg":"Unsolicited response`)
}
