package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

func TestConfigShowsEverythingAndHidesSecrets(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_TOKEN_KEY="+strings.Repeat("t", 32), "CHATTIGO_ID_KEY="+strings.Repeat("i", 32), "CHATTIGO_SECRET_KEY="+oneKey)
	code, out, errOut := tm.run(t, "", "config")
	require.Zero(t, code, errOut)
	for _, v := range (config.Config{}).Variables() {
		require.Contains(t, out, v.Name)
	}
	require.NotContains(t, out, strings.Repeat("t", 32))

	code, out, errOut = newTerminal(t, "CHATTIGO_ENV=x").run(t, "", "config")
	require.Equal(t, 1, code)
	require.Contains(t, out, "CHATTIGO_HTTP_ADDR", "shown although something is wrong")
	require.Contains(t, errOut, `chattigo: configuration: CHATTIGO_ENV must be dev or production, not "x"`)
}
