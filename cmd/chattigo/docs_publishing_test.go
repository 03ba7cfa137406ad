package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/definition"
)

// shell runs lines of the documentation in a folder of their own, with chattigo on its path.
type shell struct {
	dir     string
	environ []string
	// docs and here are pairs of what stands in the documentation and what it is here.
	docs, here *strings.Replacer
}

func newShell(t *testing.T, s *service) *shell {
	t.Helper()
	for _, needed := range []string{"bash", "curl", "jq"} {
		_, err := exec.LookPath(needed)
		require.NoError(t, err, "the pages' scripts need %s: install it (Debian: apt-get install %s)", needed, needed)
	}
	dir := t.TempDir()
	executable, err := os.Executable()
	require.NoError(t, err)
	bin, home, work := filepath.Join(dir, "bin"), filepath.Join(dir, "home"), filepath.Join(dir, "work")
	for _, folder := range []string{bin, home, work} {
		require.NoError(t, os.Mkdir(folder, 0o700))
	}
	command := fmt.Sprintf("#!/bin/sh\n%s=1 exec '%s' \"$@\"\n", asCommand, executable)
	require.NoError(t, os.WriteFile(filepath.Join(bin, "chattigo"), []byte(command), 0o700))
	return &shell{
		dir: work,
		environ: []string{
			"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + home, "LC_ALL=C.UTF-8", "TZ=UTC",
			"ISV_USER=acme", "ISV_PASSWORD=" + sitePassword, "CHANNEL=" + docsChannel, "PHONE_NUMBER_ID=100000000000000",
		},
		docs: strings.NewReplacer(s.URL, "https://api.example.com", home, "/home/ana"),
		here: strings.NewReplacer("https://api.example.com", s.URL),
	}
}

// run runs a script and returns what it said, as the documentation would show it.
func (sh *shell) run(t *testing.T, script, stdin string, environ ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "bash", "-c", sh.here.Replace(script))
	command.Dir, command.Env = sh.dir, append(append([]string{}, sh.environ...), environ...)
	command.Stdin = strings.NewReader(stdin)
	said, err := command.CombinedOutput()
	return sh.docs.Replace(string(said)), err
}

// What is different each time, and how the documentation has it.
var sameEachTime = []struct {
	form *regexp.Regexp
	text string
}{
	{regexp.MustCompile(`until \d\d:\d\d`), "until 18:30"},
	{regexp.MustCompile(`\(([0-9.]+)(µs|ms|s)\)`), "(2.1ms)"},
}

func canonical(text string) string {
	for _, one := range sameEachTime {
		text = one.form.ReplaceAllString(text, one.text)
	}
	return text
}

// A block of a page: its language and its text.
var docsBlock = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

// TestThePublishingPagesAreTrue plays both pages from their top to their bottom: what follows a `$` is
// run and has to say what stands below it; a YAML block that begins with a file's name is that file;
// scripts have to succeed. The first script is a story of its own.
func TestThePublishingPagesAreTrue(t *testing.T) {
	for _, page := range []string{"publishing-bots.md", "publicar-bots.md"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			path := "../../docs/" + page
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			s := newService(t)
			sh := newShell(t, s)
			s.archiveForPages(t)
			played := docsBlock.ReplaceAllStringFunc(string(text), func(block string) string {
				parts := docsBlock.FindStringSubmatch(block)
				switch parts[1] {
				case "console":
					return "```console\n" + sh.console(t, parts[2]) + "```"
				case "yaml":
					sh.yaml(t, s, parts[2])
				case "sh":
					if parts[2] == firstScript(t, string(text)) {
						return block
					}
					said, err := sh.run(t, parts[2], "", "CHATTIGO_URL="+s.URL, "TOKEN="+s.token(t, "acme"))
					require.NoError(t, err, "%s\n%s", parts[2], said)
				}
				return block
			})
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(played), 0o600))
				return
			}
			require.Equal(t, string(text), played, "run the test with -update to write what is said now")
		})
	}
}

// firstScript is the first script of a page.
func firstScript(t *testing.T, page string) string {
	t.Helper()
	for _, block := range docsBlock.FindAllStringSubmatch(page, -1) {
		if block[1] == "sh" {
			return block[2]
		}
	}
	t.Fatal("the page has no script")
	return ""
}

// console runs the lines that begin with `$`, and returns the block as it should be.
func (sh *shell) console(t *testing.T, block string) string {
	t.Helper()
	var played strings.Builder
	for line := range strings.Lines(block) {
		script, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		played.WriteString(line)
		if folder, ok := strings.CutPrefix(strings.TrimSpace(script), "cd "); ok {
			sh.dir = filepath.Join(sh.dir, folder)
			continue
		}
		said, _ := sh.run(t, script, sitePassword) // a refusal is part of the story
		played.WriteString(canonical(said))
	}
	return played.String()
}

// yaml writes a block that is a file, or runs the steps of one that is a workflow of GitHub's.
func (sh *shell) yaml(t *testing.T, s *service, block string) {
	t.Helper()
	if found := regexp.MustCompile(`\A# ([a-z.-]+\.yaml)\n`).FindStringSubmatch(block); found != nil {
		require.NoError(t, os.WriteFile(filepath.Join(sh.dir, found[1]), []byte(block), 0o600))
		return
	}
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Run string }
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(block), &workflow), block)
	require.Len(t, workflow.Jobs, 1, block)
	kept := filepath.Join(t.TempDir(), "env")
	require.NoError(t, os.WriteFile(kept, nil, 0o600))
	for _, job := range workflow.Jobs {
		for _, step := range job.Steps {
			if step.Run == "" || strings.Contains(step.Run, "go install") {
				continue
			}
			text, err := os.ReadFile(kept)
			require.NoError(t, err)
			said, err := sh.run(t, "set -e\n"+step.Run, "", append(strings.Fields(string(text)), "CHATTIGO_URL="+s.URL, "GITHUB_ENV="+kept)...)
			require.NoError(t, err, "%s\n%s", step.Run, said)
		}
	}
}

// TestSixCommandsFromAnEmptyDirectoryToALiveBot runs the script of both pages, and looks at what it did.
func TestSixCommandsFromAnEmptyDirectoryToALiveBot(t *testing.T) {
	for _, page := range []string{"publishing-bots.md", "publicar-bots.md"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile("../../docs/" + page)
			require.NoError(t, err)
			script := firstScript(t, string(text))
			require.Len(t, regexp.MustCompile(`(?m)^[^#\n]*\bchattigo (login|bot) `).FindAllString(script, -1), 6)
			s := newService(t)
			said, err := newShell(t, s).run(t, script, "", "CHATTIGO_URL="+s.URL)
			require.NoError(t, err, said)
			require.Contains(t, said, "Channel "+docsChannel+": the starter was live, hola version 1 is live now (publication 1).")
			require.Contains(t, said, `{"messages":1,"statuses":0,"ignored":0}`)
			require.Len(t, s.temporal.took, 1)
			bot, err := os.ReadFile(filepath.Join("newbot", "es.bot.yaml"))
			require.NoError(t, err)
			loaded, err := definition.Load(renamed(bot, "ejemplo", "hola"))
			require.NoError(t, err)
			require.Equal(t, loaded.Hash, s.temporal.took[0].Bot, "the next message is answered by it")
		})
	}
}
