package definition_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// yamlBlocks are the blocks of a page that are YAML.
func yamlBlocks(t *testing.T, path string) []string {
	t.Helper()
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	var all []string
	for _, found := range regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllSubmatch(page, -1) {
		all = append(all, string(found[1]))
	}
	return all
}

func TestTheBotsInTheDocumentationAreGood(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	loaded := 0
	for _, path := range append(pages, "../../README.md") {
		for _, src := range yamlBlocks(t, path) {
			if !strings.HasPrefix(src, "bot: v1\n") {
				continue
			}
			loaded++
			b, err := definition.Load([]byte(src))
			require.NoError(t, err, "%s:\n%s", path, src)
			require.Empty(t, b.Warnings(), "%s:\n%s", path, src)
		}
	}
	require.NotZero(t, loaded)
}

// TestTheFragmentsOfTheGuideStandInTheExamples keeps true what cannot be loaded by itself.
func TestTheFragmentsOfTheGuideStandInTheExamples(t *testing.T) {
	paths, err := filepath.Glob("../../examples/bots/*.bot.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var examples strings.Builder
	for _, path := range paths {
		src, err := os.ReadFile(path)
		require.NoError(t, err)
		examples.Write(src)
	}
	for _, src := range yamlBlocks(t, "../../docs/bots.md") {
		if !strings.HasPrefix(src, "bot: v1\n") {
			require.Contains(t, examples.String(), src)
		}
	}
}
