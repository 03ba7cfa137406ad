package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// A link to a file of the repository, and a path of one in backticks.
var (
	docsLink = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	docsPath = regexp.MustCompile("`((?:activities|api|app|bot|cmd|config|devserver|examples|store|webhook|whatsapp|worker|workflows)/[a-z_/]+(?:\\.go)?)`")
)

func TestTheFilesThatTheDocumentationNamesExist(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	for _, page := range append(pages, "../../README.md", "../../CHANGELOG.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, link := range docsLink.FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(page), link[1]))
			require.NoError(t, err, page)
		}
	}
	text, err := os.ReadFile("../../docs/architecture.md")
	require.NoError(t, err)
	paths := docsPath.FindAllStringSubmatch(string(text), -1)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		_, err := os.Stat(filepath.Join("../..", strings.TrimSuffix(path[1], "/")))
		require.NoError(t, err)
	}
}

// A heading of a page, and a link to one.
var (
	docsHeading = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	docsAnchor  = regexp.MustCompile(`\]\(([^)#:]*)#([^)]+)\)`)
	docsCode    = regexp.MustCompile("(?ms)^```.*?^```$")
)

// anchors are those that a forge gives to the headings of a page.
func anchors(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var found []string
	for _, heading := range docsHeading.FindAllStringSubmatch(docsCode.ReplaceAllString(string(text), ""), -1) {
		name := strings.Map(func(c rune) rune {
			switch {
			case c == ' ':
				return '-'
			case unicode.IsLetter(c), unicode.IsDigit(c), c == '-', c == '_':
				return unicode.ToLower(c)
			}
			return -1
		}, heading[1])
		found = append(found, name)
	}
	return found
}

func TestTheHeadingsThatTheDocumentationLinksToExist(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, link := range docsAnchor.FindAllStringSubmatch(string(text), -1) {
			target := page
			if link[1] != "" {
				target = filepath.Join(filepath.Dir(page), link[1])
			}
			if strings.HasSuffix(target, ".md") {
				require.Contains(t, anchors(t, target), link[2], "%s links to %s", page, link[0])
			}
		}
	}
}
