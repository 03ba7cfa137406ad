package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const corpus = "../../workflows/testdata/histories"

func TestReplayOfTheCorpus(t *testing.T) {
	files, err := filepath.Glob(corpus + "/*.json")
	require.NoError(t, err)
	tm := newTerminal(t)
	code, out, errOut := tm.run(t, "", "replay", corpus)
	require.Zero(t, code, errOut)
	require.Regexp(t, `(?m)^ok    slow-delivery\.json +\d+ events$`, out)
	require.Len(t, strings.Split(strings.TrimSpace(out), "\n"), len(files)+1, "one line a file, and the last one")
	require.NoDirExists(t, tm.dir, "a replay touches nothing")
}

// changed writes a history of the corpus with one thing said otherwise.
func changed(t *testing.T, name, was, is string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(corpus, name))
	require.NoError(t, err)
	require.Contains(t, string(content), was)
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(content), was, is, 1)), 0o600))
	return path
}

func TestReplaySaysWhatDeparts(t *testing.T) {
	tm := newTerminal(t)
	good := filepath.Join(corpus, "repeat-only.json")
	other := changed(t, "slow-delivery.json", `"name": "DeliverSlow"`, `"name": "DeliverLate"`)
	unknown := changed(t, "no-webhook.json", `"name": "Conversation"`, `"name": "Campaign"`)
	torn := filepath.Join(t.TempDir(), "torn.json")
	require.NoError(t, os.WriteFile(torn, []byte(`{"events": [`), 0o600))

	code, out, errOut := tm.run(t, "", "replay", good, other, unknown, torn)
	require.Equal(t, 1, code)
	require.Contains(t, out, "ok    repeat-only.json    7 events\n"+
		"FAIL  slow-delivery.json  [TMPRL1100] nondeterministic workflow: history event is ActivityTaskScheduled: …\n"+
		"FAIL  no-webhook.json     unable to find workflow type: Campaign. Supported types: [")
	require.Contains(t, out, "\nFAIL  torn.json           is no history as JSON: ")
	require.Contains(t, out, "\n-v shows the SDK's whole errors")
	require.Contains(t, out, "\nHow to go on: docs/")
	require.Equal(t, "chattigo: 3 of 4 histories cannot be replayed\n", errOut)

	_, out, _ = tm.run(t, "", "replay", "-v", other)
	require.Contains(t, out, "\n      the SDK says: [TMPRL1100] nondeterministic workflow: history event is ActivityTaskScheduled: (ActivityId:10, ActivityType:(Name:DeliverLate)")
	require.NotContains(t, out, "-v shows")
}

func TestMistakesOfReplaying(t *testing.T) {
	const see = " (see chattigo replay --help)\n"
	empty := t.TempDir()
	newTerminal(t).play(t, []step{
		{args: "replay", code: 2, wantErr: "chattigo: replay: a file, a folder or --workflow-id is needed" + see},
		{args: "replay x.json --workflow-id y", code: 2, wantErr: "chattigo: replay: files and --workflow-id can't be used together" + see},
		{args: "replay x.json --run-id y", code: 2, wantErr: "chattigo: replay: --run-id and --all-runs need --workflow-id" + see},
		{args: "replay x.json --all-runs", code: 2, wantErr: "chattigo: replay: --run-id and --all-runs need --workflow-id" + see},
		{args: "replay nowhere.json", code: 1, wantErr: "chattigo: open the history: stat nowhere.json: no such file or directory\n"},
		{args: "replay " + empty, code: 1, wantErr: "chattigo: folder " + empty + " has no *.json\n"},
	})
}
