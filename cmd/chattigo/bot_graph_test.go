package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGraphDraws(t *testing.T) {
	code, out, errOut := newTerminal(t).run(t, tiny, "bot", "graph", "-")
	require.Zero(t, code, errOut)
	require.Contains(t, out, "flowchart TD\n  start((\"tiny\"))\n  s1([\"a<br/>■ done\"]):::ends\n  start --> s1\n")
}
