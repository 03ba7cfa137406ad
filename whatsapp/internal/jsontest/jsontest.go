// Package jsontest holds what the tests of both halves of package whatsapp share: golden files, and
// JSON documents that are changed place by place. Only tests import it; it imports nothing of ours.
package jsontest

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files")

// Golden compares with a file, or writes it when asked to.
func Golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	want, err := os.ReadFile(path) //nolint:gosec // a golden file of the test
	require.NoError(t, err, "run the test with -update to write it")
	require.Equal(t, string(want), string(got))
}

// Mutate changes each place of a tree in turn, calls try, and puts it back.
func Mutate(node any, try func()) {
	switch v := node.(type) {
	case map[string]any:
		for key, child := range v {
			delete(v, key)
			try()
			for _, other := range replacements(child) {
				v[key] = other
				try()
			}
			v[key] = child
			Mutate(child, try)
		}
		v["unknown_key"] = []any{1, map[string]any{"a": nil}}
		try()
		delete(v, "unknown_key")
	case []any:
		for i, child := range v {
			for _, other := range replacements(child) {
				v[i] = other
				try()
			}
			v[i] = child
			Mutate(child, try)
		}
	}
}

func replacements(child any) []any {
	all := []any{nil, true, "x", -1.5, []any{}, []any{"x"}, map[string]any{}, map[string]any{"x": "y"}}
	if text, ok := child.(string); ok {
		all = append(all, json.Number("12345678901234567890"), text+"\x00", strings.Repeat(text, 100))
	}
	return all
}
