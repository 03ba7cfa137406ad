package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCommandsSayWhichTemporalDoesNotAnswer(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev", "CHATTIGO_TEMPORAL_ADDR=127.0.0.1:1")
	for _, args := range [][]string{{"replay", "--workflow-id", "x"}, {"temporal", "setup"}, {"temporal", "setup", "--check"}} {
		code, out, errOut := tm.run(t, "", args...)
		require.Equal(t, 1, code)
		require.Empty(t, out)
		require.Contains(t, errOut, "chattigo: no Temporal server answers at 127.0.0.1:1: ")
	}
}
