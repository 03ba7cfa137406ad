package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/screen"
	"github.com/chattigo/api-isv/devserver/stack"
	"github.com/chattigo/api-isv/examples/isv"
	"github.com/chattigo/api-isv/store"
)

// The lines that the screen shows are run by a shell as they stand, against the real thing.
func TestTheLinesOnTheScreenWorkAsPrinted(t *testing.T) {
	running := start(t, t.TempDir())

	shell := exec.CommandContext(t.Context(), "bash", "-eu", "-o", "pipefail")
	shell.Stdin = strings.NewReader(commands(welcome(running.Config())))
	out, err := shell.CombinedOutput()

	require.NoError(t, err, string(out))
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	answers = slices.DeleteFunc(answers, func(line string) bool { return line == "" })
	require.Len(t, answers, 4, "each answer on a line of its own: %s", out)
	require.Contains(t, answers[0], `"externalWebhookIsvBot":"`+running.InboxURL()+`"`)
	require.Contains(t, answers[1], `"messages":1`)
	var replies []isv.Message
	require.NoError(t, json.Unmarshal([]byte(answers[2]), &replies))
	require.Len(t, replies, 2, "the greeting and the menu: %s", answers[2])
	require.Contains(t, answers[3], `"messages":1`)
	require.Eventually(t, func() bool {
		received := running.Inbox().List(isv.Filter{Contact: "56911112222"})
		return len(received) > 0 && strings.Contains(string(received[len(received)-1].Body), "chatBeenClosed")
	}, 20*time.Second, 50*time.Millisecond, "the second message has an id of its own, and ends the chat")
}

// zsh takes a comment that is pasted for a command. It says so and goes on, unless the
// comment has a sign that means something to it.
func TestCommentsOnTheScreenAreHarmlessToAShellThatKnowsNone(t *testing.T) {
	for line := range strings.SplitSeq(commands(defaultScreen(t)), "\n") {
		if strings.HasPrefix(line, "#") {
			require.NotRegexp(t, "['\"`$;&|<>(){}*?!\\[\\]]", line)
		}
	}
}

func TestTheREADMEHoldsTheLinesOfTheScreen(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, block, _ := strings.Cut(string(readme), "```sh\n# 1.")
	block, _, _ = strings.Cut(block, "```\n")

	require.Equal(t, commands(defaultScreen(t)), "# 1."+block)
}

func welcome(cfg config.Config) string {
	return screen.Welcome(screen.Content{Config: cfg, Command: "make run"})
}

// defaultScreen is the screen of a `make run` without any setting.
func defaultScreen(t *testing.T) string {
	t.Helper()
	cfg, err := loadConfig(map[string]string{})
	require.NoError(t, err)
	return welcome(cfg)
}

func TestStartingAgainKeepsWhatTheDeveloperChanged(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir)
	require.Equal(t, first.InboxURL(), webhook(t, first.Config().DatabaseURL))
	db := open(t, first.Config().DatabaseURL)
	require.NoError(t, db.SetWebhook(t.Context(), stack.DemoWaID, "https://example.com/changed", "", time.Now()))
	require.NoError(t, first.Stop(t.Context()))

	second := start(t, dir)

	require.Equal(t, "https://example.com/changed", webhook(t, second.Config().DatabaseURL))
	require.Equal(t, first.Config().IDKey.Bytes(), second.Config().IDKey.Bytes())
}

func TestTheServiceAloneCanBeStoppedAndStarted(t *testing.T) {
	running := start(t, t.TempDir())

	require.NoError(t, running.StopService(t.Context()))
	require.NoError(t, running.StartService(t.Context()))
}

func TestASecondStartOnTheSameDirectoryIsRefusedInOneLine(t *testing.T) {
	dir := t.TempDir()
	start(t, dir)
	other, err := stack.FreeConfig(dir)
	require.NoError(t, err)
	var out, errOut bytes.Buffer

	status := run(t.Context(), environ(other), &out, &errOut)

	require.Equal(t, 1, status)
	require.Empty(t, out.String())
	require.Equal(t, fmt.Sprintf("%s is in use by another `make run` (process %d); stop it, or set CHATTIGO_DATA_DIR\n", dir, os.Getpid()), errOut.String())
}

func TestBusyPortsAreNamedOneALineAndTheStatusIsOne(t *testing.T) {
	cfg, err := stack.FreeConfig(filepath.Join(t.TempDir(), "data"))
	require.NoError(t, err)
	for _, addr := range []string{cfg.HTTPAddr, cfg.InboxAddr} {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", addr)
		require.NoError(t, err)
		defer func() { require.NoError(t, listener.Close()) }()
	}
	var out, errOut bytes.Buffer

	status := run(t.Context(), environ(cfg), &out, &errOut)

	require.Equal(t, 1, status)
	require.Empty(t, out.String())
	require.Equal(t, cfg.HTTPAddr+" is in use; stop what listens there, set CHATTIGO_HTTP_ADDR, or is `make run` already running?\n"+
		cfg.InboxAddr+" is in use; stop what listens there, set CHATTIGO_INBOX_ADDR, or is `make run` already running?\n", errOut.String())
	require.NoDirExists(t, cfg.DataDir, "of a refused start nothing is seen")
}

func TestProductionIsRefused(t *testing.T) {
	var errOut bytes.Buffer

	status := run(t.Context(), map[string]string{
		"CHATTIGO_ENV":        "production",
		"CHATTIGO_TOKEN_KEY":  strings.Repeat("t", 32),
		"CHATTIGO_ID_KEY":     strings.Repeat("i", 32),
		"CHATTIGO_SECRET_KEY": strings.Repeat("01", 32),
	}, io.Discard, &errOut)

	require.Equal(t, 1, status)
	require.Contains(t, errOut.String(), "run `chattigo all` for production")
}

// commands are the lines of the screen that are not indented prose: from the first to the
// last comment, and what belongs to that.
func commands(screen string) string {
	_, lines, _ := strings.Cut(screen, "# 1.")
	lines, _, _ = strings.Cut(lines, "\n\n  ")
	return "# 1." + lines + "\n"
}

// environ is a configuration as the program reads it.
func environ(cfg config.Config) map[string]string {
	return map[string]string{
		"CHATTIGO_DATA_DIR":         cfg.DataDir,
		"CHATTIGO_HTTP_ADDR":        cfg.HTTPAddr,
		"CHATTIGO_INBOX_ADDR":       cfg.InboxAddr,
		"CHATTIGO_TEMPORAL_ADDR":    cfg.TemporalAddr,
		"CHATTIGO_TEMPORAL_UI_ADDR": cfg.TemporalUIAddr,
	}
}

func webhook(t *testing.T, databaseURL string) string {
	t.Helper()
	channel, err := open(t, databaseURL).Channel(t.Context(), stack.DemoWaID)
	require.NoError(t, err)
	return channel.WebhookURL
}

func open(t *testing.T, databaseURL string) *store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), databaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func start(t *testing.T, dir string) *stack.Stack {
	t.Helper()
	cfg, err := stack.FreeConfig(dir)
	require.NoError(t, err)
	running, err := stack.Start(t.Context(), stack.Options{
		Config:    cfg,
		WithoutUI: true,
		Logger:    slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), stack.StopTimeout)
		defer cancel()
		require.NoError(t, running.Stop(ctx))
	})
	return running
}
