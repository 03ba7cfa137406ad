package api_test

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
)

// process makes the handler of one API process; several share the store and Temporal.
func (f *fixture) process(t testing.TB) http.Handler {
	t.Helper()
	if f.logger == nil { // one for all, because their lines go to one buffer
		f.logger = slog.New(slog.NewJSONHandler(f.log, &slog.HandlerOptions{Level: f.level}))
	}
	var between api.Store = f.store
	if f.wrap != nil {
		between = f.wrap(f.store)
	}
	if f.keys == nil {
		vault, err := f.store.Vault(bytes.Repeat([]byte{1}, store.SealKeyBytes))
		require.NoError(t, err)
		f.keys = vault
	}
	handler, err := api.New(api.Deps{
		Store: between, Keys: f.keys, Poster: &f.poster, Temporal: f.temporal, Ready: f.isReady,
		TokenKey: []byte(cmp.Or(f.tokenKey, tokenKey)), TokenKeysOld: bytesOf(f.oldKeys), IDKey: []byte(idKey), StarterBot: starter, Dev: f.dev, TrustedProxies: f.proxies, AccountRate: f.rate,
		Logger: f.logger, Now: f.clock,
	})
	require.NoError(t, err)
	return handler
}

func bytesOf(texts []string) (all [][]byte) {
	for _, text := range texts {
		all = append(all, []byte(text))
	}
	return all
}

func (f *fixture) clock() time.Time {
	if f.ticks != 0 {
		f.now = f.now.Add(f.ticks)
	}
	return f.now
}

func (f *fixture) isReady(context.Context) error {
	if f.inReady != nil {
		f.inReady()
	}
	return f.ready
}
