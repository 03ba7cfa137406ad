package app

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
	"github.com/chattigo/api-isv/webhook/webhooktest"
)

func TestNoProcessStartsWithoutTheKeyOfItsSecrets(t *testing.T) {
	cfg := settings(t, config.Production)
	s, err := store.Open(t.Context(), cfg.DatabaseURL)
	require.NoError(t, err)
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "demo"}))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "56900000001", Account: "demo"}))
	start := func(cfg config.Config, options Options) error {
		options.Logger = slog.New(slog.DiscardHandler)
		a, err := New(t.Context(), cfg, options)
		if err == nil {
			require.NoError(t, a.close())
		}
		return err
	}
	require.NoError(t, start(cfg, Options{Worker: true}), "there are no secrets")

	vault, err := s.Vault(bytes.Repeat([]byte{1}, store.SealKeyBytes))
	require.NoError(t, err)
	require.NoError(t, vault.Put(t.Context(), "56900000001", "agenda", "x", time.Now()))
	require.NoError(t, s.Close())

	require.ErrorContains(t, start(cfg, Options{Worker: true}), "set CHATTIGO_SECRET_KEY to it")
	require.ErrorContains(t, start(cfg, Options{}), "set CHATTIGO_SECRET_KEY to it", "the API signs its test deliveries")
	cfg.SecretKey = config.Secret(strings.Repeat("02", 32))
	require.ErrorContains(t, start(cfg, Options{Worker: true}), "CHATTIGO_SECRET_KEYS_OLD where it has changed")
	cfg.SecretKeysOld = config.Secret(strings.Repeat("01", 32))
	require.NoError(t, start(cfg, Options{Worker: true}))
	cfg.SecretKey, cfg.SecretKeysOld = cfg.SecretKeysOld, ""
	require.NoError(t, start(cfg, Options{Worker: true}))
	cfg.SecretKey = "damaged"
	require.ErrorContains(t, start(cfg, Options{Worker: true}), "CHATTIGO_SECRET_KEY must be 32 bytes")
}

func TestAnotherNetworkOfCallsIsForDevOnly(t *testing.T) {
	const name = "api.clinicasur.example"
	server := webhooktest.New(t, name, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "here")
	}))
	options := Options{Logger: slog.New(slog.DiscardHandler), CallNetwork: func(n webhook.Network) webhook.Network { return server.Redirect(n) }}
	_, err := New(t.Context(), settings(t, config.Production), options)
	require.EqualError(t, err, "the network of calls is not the one of production, but this is not dev")

	a, err := New(t.Context(), settings(t, config.Dev), options)
	require.NoError(t, err)
	defer func() { require.NoError(t, a.close()) }()
	caller, err := a.caller()
	require.NoError(t, err)
	defer caller.Close()
	require.Equal(t, "here", caller.Call(t.Context(), webhook.Call{Method: "GET", URL: server.Base}).Body)
	require.Equal(t, webhook.Forbidden, caller.Call(t.Context(), webhook.Call{Method: "GET", URL: server.URL}).Class, "its address is none of it")
}

// A webhook on this machine is for dev: production does not deliver there, whatever stands in the database.
func TestOnlyDevDeliversToThisMachine(t *testing.T) {
	got := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got++ }))
	t.Cleanup(server.Close)
	secure := webhooktest.New(t, "localhost", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got++ }))
	for env, want := range map[string]webhook.Class{config.Production: webhook.BadTarget, config.Dev: webhook.Delivered} {
		a := &App{config: settings(t, env)}
		poster, err := a.poster()
		require.NoError(t, err)
		t.Cleanup(poster.Close)
		post := func(url string) webhook.Class {
			return poster.Post(t.Context(), webhook.Request{URL: url, Body: []byte(`{}`), Timeout: 5 * time.Second}).Class
		}
		require.Equal(t, want, post(server.URL), env)
		require.NotEqual(t, webhook.Delivered, post(secure.URL), "its certificate is of an authority that nobody knows")
		require.NotEqual(t, webhook.Delivered, post("https://169.254.169.254/latest/meta-data/"))
	}
	require.Equal(t, 1, got)
}

// No setting, nor a proxy of the environment, opens plain http or this machine in production: each
// variable is set to whatever might, and what the configuration accepts is used.
func TestNoSettingOpensThisMachineInProduction(t *testing.T) {
	var accepted atomic.Int32
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			accepted.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, server.URL)
	}
	t.Setenv("NO_PROXY", "")
	address := server.Listener.Addr().String()
	values := []string{
		"1", "0", "true", "yes", "on", "*", "all", "dev", "local", "localhost", "127.0.0.1", address, server.URL, "http",
		"0.0.0.0/0", "127.0.0.0/8", "::/0", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "debug", strings.Repeat("ab", 32),
	}
	tried := 0
	for _, variable := range (config.Config{}).Variables() {
		for _, value := range values {
			environ := map[string]string{
				"CHATTIGO_ENV": config.Production, "CHATTIGO_DATABASE_URL": "sqlite:x", "CHATTIGO_TOKEN_KEY": strings.Repeat("t", 32),
				"CHATTIGO_ID_KEY": strings.Repeat("i", 32), "CHATTIGO_SECRET_KEY": strings.Repeat("09", 32),
			}
			environ[variable.Name] = value
			cfg, err := config.Load(environ)
			if err != nil || cfg.IsDev() {
				continue
			}
			tried++
			requireThisMachineClosed(t, &App{config: cfg}, server.URL, variable.Name+"="+value)
		}
	}
	require.Greater(t, tried, 30)
	require.Zero(t, accepted.Load())
}

// requireThisMachineClosed demands that neither deliveries nor calls reach a server on this machine.
func requireThisMachineClosed(t *testing.T, a *App, server, setting string) {
	t.Helper()
	poster, err := a.poster()
	require.NoError(t, err, setting)
	defer poster.Close()
	caller, err := a.caller()
	require.NoError(t, err, setting)
	defer caller.Close()
	port := server[strings.LastIndex(server, ":"):]
	for _, url := range []string{
		server, "https://127.0.0.1" + port, "http://localhost" + port, "http://[::1]" + port, "http://hooks.example.com/", "https://localhost:8443/",
	} {
		require.Error(t, webhook.CheckTarget(url, a.config.IsDev()), "%s %s", setting, url)
		delivered := poster.Post(t.Context(), webhook.Request{URL: url, Body: []byte(`{}`), Timeout: 5 * time.Second})
		require.Equal(t, webhook.BadTarget, delivered.Class, "%s %s", setting, url)
		called := caller.Call(t.Context(), webhook.Call{Method: http.MethodGet, URL: url})
		require.Equal(t, webhook.Forbidden, called.Class, "%s %s", setting, url)
	}
}

func TestThePosterKnowsTheNetworksNAT64(t *testing.T) {
	a := &App{config: settings(t, config.Production)}
	a.config.NAT64Prefix = "64:ff9b::"
	_, err := a.poster()
	require.ErrorContains(t, err, "CHATTIGO_NAT64_PREFIX must be")
}

func TestTheCallerKnowsTheNetworksNAT64(t *testing.T) {
	cfg := settings(t, config.Dev)
	cfg.NAT64Prefix = "64:ff9b::/96"
	a := &App{config: cfg}
	caller, err := a.caller()
	require.NoError(t, err)
	caller.Close()
	a.config.NAT64Prefix = "64:ff9b::"
	_, err = a.caller()
	require.ErrorContains(t, err, "CHATTIGO_NAT64_PREFIX must be")
}
