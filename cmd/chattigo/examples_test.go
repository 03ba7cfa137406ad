package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheExamplesAreGood keeps what authors copy from: definitions without a warning, tests that pass.
func TestTheExamplesAreGood(t *testing.T) {
	tm := newTerminal(t)
	bots, err := filepath.Glob("../../examples/*.bot.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, bots)
	for _, path := range bots {
		code, out, errOut := tm.run(t, "", "bot", "check", path)
		require.Zero(t, code, out+errOut)
		require.NotContains(t, out, "warning", path)
		code, out, errOut = tm.run(t, "", "bot", "test", path)
		require.Zero(t, code, out+errOut)
	}
}
