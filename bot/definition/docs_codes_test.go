package definition_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// TestTheReferenceNamesEveryCode holds the table of codes against the constants, both ways.
func TestTheReferenceNamesEveryCode(t *testing.T) {
	var codes []string
	for _, path := range []string{"problem.go", "../expr/problem.go", "../tree/problem.go"} {
		src, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`(?m)^\tCode\w+ +(?:Code +)?= "([a-z-]+)"`).FindAllSubmatch(src, -1) {
			codes = append(codes, string(found[1]))
		}
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	require.Contains(t, codes, string(definition.CodeSecret)) // of package expr
	require.Contains(t, codes, string(definition.CodeSyntax)) // of package tree

	page, err := os.ReadFile("../../docs/bot-v1.md")
	require.NoError(t, err)
	_, section, ok := strings.Cut(string(page), "\n## Problems\n")
	require.True(t, ok)
	section, _, _ = strings.Cut(section, "\n## ")
	var named []string
	for _, found := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(section, -1) {
		named = append(named, found[1])
	}
	slices.Sort(named)
	require.Equal(t, codes, named)
}
