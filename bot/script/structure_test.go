package script_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/script"
)

// TestStructure plays bots that are made of parts: subroutines, digressions, messages for each element
// of a list, variables that outlive a conversation. Their cases go every way that there is.
func TestStructure(t *testing.T) {
	tests, err := filepath.Glob("testdata/structure/*.test.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, tests)
	for _, path := range tests {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test.yaml"), func(t *testing.T) {
			b, f := loadBot(t, strings.Replace(path, ".test.", ".bot.", 1)), load(t, read(t, path))
			require.Empty(t, b.Warnings())
			c := script.NewCoverage(b)
			results, text := play(b, f, path, 80)
			for _, r := range results {
				require.True(t, r.Passed(), text)
				c.Add(r.Entries)
			}
			missed, _ := c.Edges()
			require.Empty(t, missed, "ways that no case goes")
		})
	}
}
