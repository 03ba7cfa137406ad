package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// commandBlock is a block of a page: the language that it names, and its text.
var commandBlock = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// TestTheDocumentationShowsWhatExploreAndDiffPrint runs the commands of a page on the bots of the same
// page: the first of a name is NAME.bot.yaml, a second one NAME2.bot.yaml.
func TestTheDocumentationShowsWhatExploreAndDiffPrint(t *testing.T) {
	for _, name := range []string{"testing-bots.md", "probar-bots.md"} {
		t.Run(name, func(t *testing.T) {
			path, err := filepath.Abs(filepath.Join("../../docs", name))
			require.NoError(t, err)
			page, err := os.ReadFile(path)
			require.NoError(t, err)
			tm, dir, shown := newTerminal(t), t.TempDir(), 0
			t.Chdir(dir)
			now := commandBlock.ReplaceAllStringFunc(string(page), func(block string) string {
				text := commandBlock.FindStringSubmatch(block)[2]
				if strings.HasPrefix(block, "```yaml\nbot: v1\n") {
					writeDocsBot(t, dir, text)
				}
				command, _, _ := strings.Cut(text, "\n")
				if !strings.HasPrefix(command, "$ chattigo bot explore ") && !strings.HasPrefix(command, "$ chattigo bot diff ") {
					return block
				}
				shown++
				_, out, errOut := tm.run(t, "", strings.Fields(command)[2:]...)
				return "```\n" + command + "\n" + out + errOut + "```"
			})
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(now), 0o600))
				return
			}
			require.Equal(t, string(page), now, "run the test with -update to write it")
			require.GreaterOrEqual(t, shown, 2)
		})
	}
}

func writeDocsBot(t *testing.T, dir, src string) {
	t.Helper()
	name := regexp.MustCompile(`(?m)^name: (\S+)$`).FindStringSubmatch(src)[1]
	if _, err := os.Stat(filepath.Join(dir, name+".bot.yaml")); err == nil {
		name += "2"
	}
	write(t, dir, name+".bot.yaml", src)
}
