package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersion(t *testing.T) {
	code, out, _ := newTerminal(t).run(t, "", "version")
	require.Zero(t, code)
	require.Regexp(t, `^chattigo \S+.* go1\.\S+ \w+/\w+\n$`, out)
}
