package store

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInsertSplitsManyRows(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{0, 1, 800, 801, 2000} {
		var inserted []any
		values := make([][]any, rows)
		for i := range values {
			values[i] = []any{i, -i}
		}
		for query, args := range insertStatements("things", "a, b", "", values) {
			require.True(t, strings.HasPrefix(query, "INSERT INTO things (a, b) VALUES (?, ?)"), query)
			require.Equal(t, len(args), strings.Count(query, "?"))
			require.LessOrEqual(t, len(args), maxValues)
			inserted = append(inserted, args...)
		}
		require.Len(t, inserted, 2*rows)
		for i := range rows {
			require.Equal(t, []any{i, -i}, inserted[2*i:2*i+2])
		}
	}
}

func TestOverwriteLeavesTheKeyAlone(t *testing.T) {
	t.Parallel()
	require.Equal(t, `ON CONFLICT (a, b) DO UPDATE SET c = excluded.c, d = excluded.d`, overwrite("a, b", "a, b,\n\tc, d"))
}
