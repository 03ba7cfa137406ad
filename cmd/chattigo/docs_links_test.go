package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
