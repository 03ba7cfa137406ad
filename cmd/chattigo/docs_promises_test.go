package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheDocumentationNamesTestsOfItsPromisesThatExist keeps docs/promises.md true when a test is renamed.
func TestTheDocumentationNamesTestsOfItsPromisesThatExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/promises.md")
	require.NoError(t, err)
	exist := namesOfTests(t, "../..")
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(page), -1)
	require.Greater(t, len(named), 30)
	for _, name := range named {
		require.True(t, exist[name[1]], "docs/promises.md names %s, and there is no such test", name[1])
	}
	require.Equal(t, 6, strings.Count(string(page), "\n## ")-1, "each promise is a section")
}

// namesOfTests are the names of all tests of both modules.
func namesOfTests(t *testing.T, root string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		for _, name := range declared.FindAllStringSubmatch(string(src), -1) {
			names[name[1]] = true
		}
		return err
	})
	require.NoError(t, err)
	return names
}
