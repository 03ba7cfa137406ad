package app

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
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
