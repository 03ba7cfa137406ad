package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
	webhookclient "github.com/chattigo/api-isv/webhook"
)

// What package app hands in must fit.
var (
	_ api.Store    = (*store.Store)(nil)
	_ api.Signaler = client.Client(nil)
	_ api.Keys     = (*store.Vault)(nil)
	_ api.Poster   = (*webhookclient.Client)(nil)
)

func TestMissingPartsAreNamed(t *testing.T) {
	handler, err := api.New(api.Deps{})
	require.Nil(t, handler)
	for _, part := range []string{"Store", "Keys", "Poster", "Temporal", "Ready", "TokenKey", "IDKey", "StarterBot", "Logger", "Now"} {
		require.ErrorContains(t, err, "api: "+part)
	}
}
