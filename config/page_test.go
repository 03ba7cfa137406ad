package config_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

var update = flag.Bool("update", false, "write docs/configuration.md")

const pageFile = "../docs/configuration.md"

const pageHead = `# Configuration

The service is set by environment variables, and by nothing else. ` + "`chattigo config`" + ` prints this table with the
values in use, secrets masked; ` + "`chattigo config check`" + ` says what is missing or not safe. An empty variable counts as
unset. In production a ` + "`CHATTIGO_*`" + ` variable that is not in this table stops the start: a misspelt setting would
silently have its default. Where Temporal needs TLS or an API key, Temporal's own ` + "`TEMPORAL_*`" + ` variables are read.

`

// TestTheConfigurationPageListsEverySetting holds docs/configuration.md against the settings; -update
// writes it.
func TestTheConfigurationPageListsEverySetting(t *testing.T) {
	var b strings.Builder
	b.WriteString(pageHead)
	b.WriteString("| Variable | Default | What it is for |\n|---|---|---|\n")
	for _, v := range (config.Config{}).Variables() {
		help := v.Help
		if v.DevOnly {
			help += ". Only in dev"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.Name, code(v.Default), cell(help))
	}
	if *update {
		require.NoError(t, os.WriteFile(pageFile, []byte(b.String()), 0o600))
		return
	}
	page, err := os.ReadFile(pageFile)
	require.NoError(t, err)
	require.Equal(t, string(page), b.String(), "run go test ./config -run ConfigurationPage -update")
}

func code(value string) string {
	if value == "" {
		return ""
	}
	return "`" + value + "`"
}

// cell is a sentence in a table: what looks like a placeholder would be taken for HTML.
func cell(text string) string {
	return strings.NewReplacer("<", "‹", ">", "›", "|", `\|`).Replace(text)
}
