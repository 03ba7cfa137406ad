package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binary is the program `chattigo`, built once for all tests that need it.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "chattigo-bin-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "chattigo")
	build := exec.Command("go", "build", "-o", path, "./cmd/chattigo")
	build.Dir = filepath.Join("..", "..") // the service's own module
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("cannot build the program: %w: %s", err, out), os.RemoveAll(dir))
	}
	shared.closers = append(shared.closers, func() error { return os.RemoveAll(dir) })
	return path, nil
})

// desk is where an ISV's developer works: an empty directory, and a home of its own.
type desk struct {
	dir     string
	environ []string
}

func newDesk(t *testing.T, isv *tenant) *desk {
	t.Helper()
	program, err := binary()
	require.NoError(t, err)
	home := t.TempDir()
	return &desk{dir: t.TempDir(), environ: []string{
		"PATH=" + filepath.Dir(program) + string(os.PathListSeparator) + os.Getenv("PATH"),
		"HOME=" + home, "XDG_CONFIG_HOME=" + filepath.Join(home, ".config"),
		"CHATTIGO_URL=" + isv.api, "ISV_USER=" + isv.account, "ISV_PASSWORD=" + password,
		"CHANNEL=" + isv.waID, "PHONE_NUMBER_ID=" + isv.phoneNumberID,
	}}
}

// run runs a shell script, and returns what it printed and its exit code.
func (d *desk) run(t *testing.T, script string) (out string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	shell := exec.CommandContext(ctx, "sh", "-c", script)
	shell.Dir, shell.Env = d.dir, d.environ
	var both bytes.Buffer
	shell.Stdout, shell.Stderr = &both, &both
	err := shell.Run()
	if shell.ProcessState == nil {
		require.NoError(t, err)
	}
	return both.String(), shell.ProcessState.ExitCode()
}

// must is run for a script that must succeed.
func (d *desk) must(t *testing.T, script string) string {
	t.Helper()
	out, code := d.run(t, script)
	require.Zero(t, code, out)
	return out
}

// shellBlock is the first block of shell in a page.
func shellBlock(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
	require.NoError(t, err)
	_, after, found := strings.Cut(string(text), "```sh\n")
	require.True(t, found, "%s has no block of shell", page)
	block, _, _ := strings.Cut(after, "```")
	return block
}

func TestSixCommandsLeadFromAnEmptyDirectoryToALiveBot(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"publishing-bots.md", "publicar-bots.md"} {
		t.Run(page, func(t *testing.T) {
			isv, hook := newISV(t, nil)

			out := newDesk(t, isv).must(t, shellBlock(t, page))

			require.Contains(t, out, `"messages":1`, "the service accepted the contact's message")
			got := hook.await(t, 1, soon)
			status, body := isv.call(t, "GET", isv.api+"/channels/"+isv.waID, nil)
			require.Equal(t, 200, status)
			require.Contains(t, body, `"bot":{"name":"hola","version":1,`)
			require.Equal(t, "¡Hola! 👋 Soy el asistente virtual.", got[0].said())
		})
	}
}

// A conversation of a contact becomes a test. When the bot says something else, the test fails, and the
// re-run names the conversation.
func TestARealConversationBecomesATestThatHoldsTheBot(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	d := newDesk(t, isv)
	d.must(t, `printf '%s\n' "$ISV_PASSWORD" | chattigo login --user "$ISV_USER" && chattigo bot init hola --lang en &&
		chattigo bot publish hola/hola.bot.yaml --channel "$CHANNEL"`)
	isv.post(t, ana, text("hello"))
	hook.await(t, 1, soon)
	isv.post(t, ana, text("bye"))
	hook.awaitThat(t, soon, func() bool { got := hook.taken(); return got[len(got)-1].isNotice() })
	got := hook.taken()
	conversation := got[0].Conversation
	isv.awaitEnd(t, ana)

	d.must(t, "chattigo bot record "+conversation+" --bot hola/hola.bot.yaml --output real.test.yaml")
	recorded, err := os.ReadFile(filepath.Join(d.dir, "real.test.yaml"))
	require.NoError(t, err)
	require.NotContains(t, string(recorded), ana)
	require.Contains(t, d.must(t, "chattigo bot test real.test.yaml"), "1 case passed")
	require.Contains(t, d.must(t, `chattigo bot rerun hola/hola.bot.yaml --channel "$CHANNEL"`), "1 the same")

	old := got[len(got)-2].said()
	require.NotEmpty(t, old)
	file := filepath.Join(d.dir, "hola", "hola.bot.yaml")
	source, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(source), old)
	require.NoError(t, os.WriteFile(file, bytes.ReplaceAll(source, []byte(old), []byte("So long.")), 0o600))

	out, code := d.run(t, "chattigo bot test real.test.yaml")
	require.Equal(t, 1, code, out)
	require.Contains(t, out, old)
	require.Contains(t, out, "So long.")
	out = d.must(t, `chattigo bot rerun hola/hola.bot.yaml --channel "$CHANNEL"`)
	require.Contains(t, out, conversation)
	require.Contains(t, out, "says something else (1 conversation)")
	require.Contains(t, out, "So long.")
}
