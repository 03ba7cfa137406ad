package main

import (
	"fmt"
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
	text := requireNamedTestsExist(t, "promises.md", 30)
	require.Equal(t, 6, strings.Count(text, "\n## ")-1, "each promise is a section")
}

// TestTheDocumentationNamesTestsOfItsSecurityThatExist does the same for docs/security.md.
func TestTheDocumentationNamesTestsOfItsSecurityThatExist(t *testing.T) {
	text := requireNamedTestsExist(t, "security.md", 100)
	for chapter := range 17 {
		require.Contains(t, text, fmt.Sprintf("\n## V%d ", chapter+1), "each chapter is answered")
	}
	row := regexp.MustCompile(`(?m)^\| [0-9][0-9., to]* \|.*\|$`)
	ids := regexp.MustCompile(`^\| \d+\.\d+(\.\d+)?(( to |, )\d+\.\d+(\.\d+)?)* \| [^|]+ \| [^|]+ \|$`)
	rows := row.FindAllString(text, -1)
	require.Greater(t, len(rows), 90)
	for _, one := range rows {
		require.Regexp(t, ids, one, "a requirement, how it is met, and the test or the reason")
	}
}

// requireNamedTestsExist checks that every test that a page names exists, and that it names more than some; it
// returns the page.
func requireNamedTestsExist(t *testing.T, name string, some int) string {
	t.Helper()
	text := page(t, name)
	exist := namesOfTests(t, "../..")
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(text, -1)
	require.Greater(t, len(named), some)
	for _, one := range named {
		require.True(t, exist[one[1]], "docs/%s names %s, and there is no such test", name, one[1])
	}
	return text
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
