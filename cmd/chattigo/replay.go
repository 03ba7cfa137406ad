package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/worker"
)

type replayCommand struct {
	Files      []string `arg:"" optional:"" name:"file" help:"A history as JSON, or a folder: all *.json in it."`
	WorkflowID string   `name:"workflow-id" help:"Replay a run from the Temporal server instead; the latest unless --run-id says which."`
	RunID      string   `name:"run-id" help:"The run of --workflow-id."`
	AllRuns    bool     `name:"all-runs" help:"With --workflow-id: also the runs before it that it goes on from, as far as the server has them."`
	Verbose    bool     `short:"v" help:"Show the Temporal SDK's own error as well. It may hold what contacts wrote."`
}

// Help is what --help shows above the flags.
func (replayCommand) Help() string {
	return `A conversation that is open while a release is rolled out goes on with the new code: its worker runs the workflow again from the beginning and compares what the code does with the history. Where they differ, the conversation stands still.

This command does the same comparison with the code of this binary. It posts nothing, writes nothing and needs no database.

  chattigo replay workflows/testdata/histories     the corpus that every release has to replay
  chattigo replay history.json                     one that was downloaded in the Temporal UI
  chattigo replay --workflow-id ID                 one on the server, open or closed

The server is the one of CHATTIGO_TEMPORAL_ADDR and CHATTIGO_TEMPORAL_NAMESPACE; Temporal's own TEMPORAL_* variables go before them, and add TLS and API keys.

Exit code 0: all replay. 1: one does not, or could not be read. 2: a mistake in the command line.`
}

// Validate is called when the command line is parsed.
func (c replayCommand) Validate() error {
	switch {
	case len(c.Files) == 0 && c.WorkflowID == "":
		return errors.New("a file, a folder or --workflow-id is needed")
	case len(c.Files) > 0 && c.WorkflowID != "":
		return errors.New("files and --workflow-id can't be used together")
	case strings.HasPrefix(c.WorkflowID, "cnv_"):
		return errors.New("cnv_… is a conversation's id; --workflow-id takes the workflow's, conversation:…, which the Temporal UI shows (its filter RunId finds what stands after cnv_)")
	case c.WorkflowID == "" && (c.RunID != "" || c.AllRuns):
		return errors.New("--run-id and --all-runs need --workflow-id")
	}
	return nil
}

// Run replays all histories, and fails at the end if one of them does not replay.
func (c replayCommand) Run(p *program) error {
	histories, err := c.histories(p)
	if err != nil {
		return err
	}
	width := 0
	for _, h := range histories {
		width = max(width, len(h.name))
	}
	failed := 0
	for _, h := range histories {
		if err := h.replay(); err != nil {
			failed++
			p.printf("FAIL  %-*s  %s\n", width, h.name, c.explain(err))
		} else {
			p.printf("ok    %-*s  %d events\n", width, h.name, len(h.events.GetEvents()))
		}
	}
	if failed > 0 {
		if !c.Verbose {
			p.printf("\n-v shows the SDK's whole errors, with the events; they may hold what contacts wrote.\n")
		}
		p.printf("How to go on: docs/changing-the-workflow.md, and docs/operations.md where conversations stand still.\n")
		return fmt.Errorf("%d of %s cannot be replayed", failed, count(len(histories)))
	}
	p.printf("%s: today's code does what they say.\n", count(len(histories)))
	return nil
}

func count(histories int) string {
	return fmt.Sprintf("%d %s", histories, choose(histories == 1, "history", "histories"))
}

// explain is one line, with -v followed by the cause.
func (c replayCommand) explain(err error) string {
	text := err.Error()
	if cause := errors.Unwrap(err); c.Verbose && cause != nil {
		text += "\n      the SDK says: " + strings.ReplaceAll(cause.Error(), "\n", "\n      ")
	}
	return text
}

// recorded is a history, or why it could not be read.
type recorded struct {
	name   string
	events *historypb.History
	err    error
}

func (h recorded) replay() error {
	if h.err != nil {
		return h.err
	}
	return worker.Replay(h.events, app.Payloads())
}

func (c replayCommand) histories(p *program) ([]recorded, error) {
	if c.WorkflowID != "" {
		return c.fromServer(p)
	}
	var found []recorded
	for _, path := range c.Files {
		files, err := jsonFiles(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			history, err := readHistory(file)
			found = append(found, recorded{filepath.Base(file), history, err})
		}
	}
	return found, nil
}

// jsonFiles are the files that a path names: itself, or all *.json of a folder.
func jsonFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open the history: %w", err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("read the folder: %w", err)
	}
	var files []string
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".json" {
			files = append(files, filepath.Join(path, entry.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("folder %s has no *.json", path)
	}
	return files, nil
}

func readHistory(path string) (*historypb.History, error) {
	file, err := os.Open(path) //nolint:gosec // the path that the person at the terminal named
	if err != nil {
		return nil, err
	}
	history, err := client.HistoryFromJSON(file, client.HistoryJSONOptions{})
	if err != nil {
		err = fmt.Errorf("is no history as JSON: %w", err)
	}
	return history, errors.Join(err, file.Close())
}

// fromServer reads a run from the Temporal server; with --all-runs, the runs before it come first.
func (c replayCommand) fromServer(p *program) ([]recorded, error) {
	var found []recorded
	err := p.withTemporal(func(ctx context.Context, t *app.Temporal) error {
		run, err := t.Run(ctx, c.WorkflowID, c.RunID)
		for err == nil {
			found = append(found, recorded{name: run.ID, events: run.History})
			if !c.AllRuns || run.Previous == "" {
				return nil
			}
			run, err = t.Run(ctx, c.WorkflowID, run.Previous)
		}
		var gone *serviceerror.NotFound
		if len(found) > 0 && errors.As(err, &gone) {
			return nil // the namespace's retention is over for the earlier ones
		}
		return err
	})
	slices.Reverse(found)
	return found, err
}
