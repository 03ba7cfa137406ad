package whatsapp_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDecodeNumbersAndStringsAreTheSame writes each number of each golden webhook as a
// string, and each string of digits as a number, one at a time: what is decoded stays the
// same.
func TestDecodeNumbersAndStringsAreTheSame(t *testing.T) {
	count := 0
	for _, name := range inbound(t) {
		var tree any
		dec := json.NewDecoder(strings.NewReader(string(read(t, name))))
		dec.UseNumber()
		require.NoError(t, dec.Decode(&tree))
		want := pruned(t, shown(&decode(t, read(t, name)).Values[0]))
		swap(tree, func() {
			count++
			swapped, err := json.Marshal(tree)
			require.NoError(t, err)
			require.Equal(t, string(want), string(pruned(t, shown(&decode(t, swapped).Values[0]))), "%s: %s", name, swapped)
		})
	}
	require.Greater(t, count, 400)
}

// swap changes each scalar in turn, calls try, and puts it back.
func swap(node any, try func()) {
	switch v := node.(type) {
	case map[string]any:
		for key, child := range v {
			if other, ok := swapped(child); ok {
				v[key] = other
				try()
				v[key] = child
			}
			swap(child, try)
		}
	case []any:
		for _, child := range v {
			swap(child, try)
		}
	}
}

func swapped(child any) (any, bool) {
	switch v := child.(type) {
	case json.Number:
		return v.String(), true
	case string:
		if n := json.Number(v); json.Valid([]byte(v)) && strings.Trim(v, "-.0123456789") == "" {
			return n, true
		}
	}
	return nil, false
}
