package app

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func settings(t *testing.T, env string) config.Config {
	t.Helper()
	return config.Config{
		Env: env, HTTPAddr: "127.0.0.1:0", DatabaseURL: storetest.SQLiteURL(t),
		TemporalAddr: freeAddr(t), TemporalNamespace: "default",
		TokenKey: config.Secret(strings.Repeat("t", 32)), IDKey: config.Secret(strings.Repeat("i", 32)),
		WebhookRate: 50, ArchiveDays: 90, DatabaseConnections: 16,
	}
}

func everything() Options {
	return Options{API: true, Worker: true, Logger: slog.New(slog.DiscardHandler), Version: "test"}
}

func listen(t *testing.T, addr string) net.Listener {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// freeAddr is an address where nobody listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l := listen(t, "127.0.0.1:0")
	require.NoError(t, l.Close())
	return l.Addr().String()
}

func databaseFile(cfg config.Config) string { return strings.TrimPrefix(cfg.DatabaseURL, "sqlite:") }

func TestNewSaysThatThePortIsTaken(t *testing.T) {
	cfg := settings(t, config.Dev)
	cfg.HTTPAddr = listen(t, "127.0.0.1:0").Addr().String()
	_, err := New(t.Context(), cfg, everything())
	require.EqualError(t, err, cfg.HTTPAddr+" is in use; stop what listens there or set CHATTIGO_HTTP_ADDR")
	require.NoFileExists(t, databaseFile(cfg), "it binds before it opens anything")

	cfg.HTTPAddr = "nonsense"
	_, err = New(t.Context(), cfg, everything())
	require.ErrorContains(t, err, "listen on CHATTIGO_HTTP_ADDR: ")
}

func TestNewWantsAnUpToDateDatabaseInProduction(t *testing.T) {
	cfg := settings(t, config.Production)
	cfg.HTTPAddr = freeAddr(t)
	_, err := New(t.Context(), cfg, everything())
	require.ErrorContains(t, err, "run `chattigo migrate`")
	require.NotContains(t, err.Error(), "\n")
	require.NoError(t, listen(t, cfg.HTTPAddr).Close(), "the port is free again")

	s, err := store.Open(t.Context(), cfg.DatabaseURL)
	require.NoError(t, err)
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Close())
	a, err := New(t.Context(), cfg, everything())
	require.NoError(t, err)
	require.NoError(t, a.close())
}

// Whatever New has opened is closed when it fails; goleak sees the database's goroutines.
func TestNewClosesWhatItOpened(t *testing.T) {
	for name, spoil := range map[string]func(*testing.T, *config.Config){
		"no such database": func(_ *testing.T, cfg *config.Config) { cfg.DatabaseURL = "mysql://nowhere" },
		"no such folder":   func(_ *testing.T, cfg *config.Config) { cfg.DatabaseURL = "sqlite:/proc/none/chattigo.db" },
		"Temporal's settings cannot be read": func(t *testing.T, cfg *config.Config) {
			s, err := store.Open(t.Context(), cfg.DatabaseURL)
			require.NoError(t, err)
			require.NoError(t, s.Migrate(t.Context()))
			require.NoError(t, s.Close())
			t.Setenv("TEMPORAL_CONFIG_FILE", t.TempDir())
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := settings(t, config.Production)
			cfg.HTTPAddr = freeAddr(t)
			spoil(t, &cfg)
			_, err := New(t.Context(), cfg, everything())
			require.Error(t, err)
			require.NoError(t, listen(t, cfg.HTTPAddr).Close(), "the port is free again")
			goleak.VerifyNone(t)
		})
	}
}

func TestNewMakesADevDatabase(t *testing.T) {
	cfg := settings(t, config.Dev)
	a, err := New(t.Context(), cfg, Options{Worker: true, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.Empty(t, a.HTTPAddr(), "a worker listens nowhere")
	starter, err := definition.Load(definition.Starter())
	require.NoError(t, err)
	row, err := a.store.Bot(t.Context(), starter.Hash)
	require.NoError(t, err)
	require.Equal(t, definition.Starter(), row.Source)
	require.NoError(t, a.close())
	info, err := os.Stat(databaseFile(cfg))
	require.NoError(t, err)
	require.Positive(t, info.Size())
}

// Which database and which Temporal a process uses is seen in its first line.
func TestTheStartSaysWhatIsUsedAndWhere(t *testing.T) {
	cfg := settings(t, config.Production)
	s, err := store.Open(t.Context(), cfg.DatabaseURL)
	require.NoError(t, err)
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Close())
	t.Setenv("TEMPORAL_ADDRESS", "temporal.example.com:7233")
	t.Setenv("TEMPORAL_NAMESPACE", "talk")
	t.Setenv("TEMPORAL_API_KEY", "hunter2")
	var log bytes.Buffer
	opts := everything()
	opts.Logger = slog.New(slog.NewTextHandler(&log, nil))
	a, err := New(t.Context(), cfg, opts)
	require.NoError(t, err)
	require.NoError(t, a.close())

	first, _, _ := strings.Cut(log.String(), "\n")
	for _, want := range []string{
		"msg=starting", "version=test", "env=production", "api=true", "worker=true", "listen=" + a.HTTPAddr(), "database=SQLite", "database_place=" + databaseFile(cfg),
		"temporal=temporal.example.com:7233", "namespace=talk", "temporal_tls=true", "temporal_api_key=true", "data_dir=/",
	} {
		require.Contains(t, first, want)
	}
	for _, secret := range []string{"hunter2", string(cfg.TokenKey.Bytes()), string(cfg.IDKey.Bytes())} {
		require.NotContains(t, log.String(), secret)
	}
}

// silent is an address that takes connections and never says a word.
func silent(t *testing.T) string { t.Helper(); return listen(t, "127.0.0.1:0").Addr().String() }

func TestRunEndsWhileTemporalCannotBeReached(t *testing.T) {
	for name, addr := range map[string]func(*testing.T) string{"refused": freeAddr, "silent": silent} {
		t.Run(name, func(t *testing.T) {
			cfg := settings(t, config.Dev)
			cfg.TemporalAddr = addr(t)
			a, err := New(t.Context(), cfg, everything())
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error, 1)
			go func() { ended <- a.Run(ctx) }()

			require.Equal(t, http.StatusOK, get(t, a, "/healthz"))
			require.Equal(t, http.StatusServiceUnavailable, get(t, a, "/readyz"))
			start := time.Now()
			cancel()
			require.NoError(t, <-ended)
			require.Less(t, time.Since(start), 5*time.Second)
			require.NoError(t, listen(t, a.HTTPAddr()).Close(), "the port is free again")
			goleak.VerifyNone(t)
		})
	}
}

func get(t *testing.T, a *App, path string) int { t.Helper(); return getAt(t, a.HTTPAddr(), path) }

func getAt(t *testing.T, addr, path string) int {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+path, nil)
	require.NoError(t, err)
	resp, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

func TestRunEndsWhenAPartFails(t *testing.T) {
	a, err := New(t.Context(), settings(t, config.Dev), everything())
	require.NoError(t, err)
	require.NoError(t, a.listener.Close())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(t.Context()) }()
	select {
	case err := <-ended:
		require.ErrorContains(t, err, "serve HTTP: ")
		require.ErrorIs(t, err, net.ErrClosed)
	case <-time.After(5 * time.Second):
		require.Fail(t, "Run goes on without its API")
	}
}

func TestRunSaysWhichKeyIsMissing(t *testing.T) {
	cfg := settings(t, config.Dev)
	cfg.IDKey = "short"
	a, err := New(t.Context(), cfg, everything())
	require.NoError(t, err)
	require.ErrorContains(t, a.Run(t.Context()), "IDKey")
	require.ErrorIs(t, a.listener.Close(), net.ErrClosed)
}
