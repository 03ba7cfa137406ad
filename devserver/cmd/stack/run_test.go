package main

import (
	"bytes"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/stack"
	"github.com/chattigo/api-isv/store/storetest"
)

func TestSettingsThatHaveNoPlaceHereAreRefusedInOneLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environ map[string]string
		said    string
	}{
		"another database":                   {map[string]string{"CHATTIGO_DATABASE_URL": "postgres://db/x"}, "unset CHATTIGO_DATABASE_URL"},
		"one address for the metrics of all": {map[string]string{"CHATTIGO_OPS_ADDR": "127.0.0.1:9464"}, "unset CHATTIGO_OPS_ADDR"},
		"production": {map[string]string{
			"CHATTIGO_ENV":        "production",
			"CHATTIGO_TOKEN_KEY":  strings.Repeat("t", 32),
			"CHATTIGO_ID_KEY":     strings.Repeat("i", 32),
			"CHATTIGO_SECRET_KEY": strings.Repeat("01", 32),
		}, "see docker-compose.yml for production"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var errOut bytes.Buffer

			status := run(t.Context(), c.environ, "chattigo", io.Discard, &errOut)

			require.Equal(t, 1, status)
			require.Contains(t, errOut.String(), c.said)
			require.Equal(t, 1, strings.Count(errOut.String(), "\n"))
		})
	}
}

func TestABusyPortIsNamedBeforeAnythingIsStarted(t *testing.T) {
	t.Parallel()
	storetest.RequirePrograms(t)
	cfg, err := stack.FreeConfig(filepath.Join(t.TempDir(), "data"))
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", cfg.HTTPAddr)
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	var out, errOut bytes.Buffer

	status := run(t.Context(), map[string]string{
		"CHATTIGO_DATA_DIR": cfg.DataDir, "CHATTIGO_HTTP_ADDR": cfg.HTTPAddr, "CHATTIGO_INBOX_ADDR": cfg.InboxAddr,
		"CHATTIGO_TEMPORAL_ADDR": cfg.TemporalAddr, "CHATTIGO_TEMPORAL_UI_ADDR": cfg.TemporalUIAddr,
	}, "chattigo", &out, &errOut)

	require.Equal(t, 1, status)
	require.Empty(t, out.String())
	require.Contains(t, errOut.String(), cfg.HTTPAddr+" is in use; stop what listens there, set CHATTIGO_HTTP_ADDR, ")
	require.NoDirExists(t, cfg.DataDir, "of a refused start nothing is seen")
}
