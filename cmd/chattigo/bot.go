package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/tree"
)

// botCommands are the tools of bot authors. The first ones only read and write files: no settings, no
// database, no network. The others speak to the server of `chattigo login`, see server.go.
type botCommands struct {
	Init  botInit  `cmd:"" group:"Files only" help:"Write a small bot with its tests, to start from."`
	Check botCheck `cmd:"" group:"Files only" help:"List what is wrong with definitions and test files, with line and column."`
	Test  botTest  `cmd:"" group:"Files only" help:"Play the scripted conversations of test files."`
	Sim   botSim   `cmd:"" group:"Files only" help:"Chat with a bot in the terminal."`
	Graph botGraph `cmd:"" group:"Files only" help:"Draw a bot as a diagram in Mermaid's language."`

	Explore botExplore `cmd:"" group:"Files only" help:"Walk through a bot in every way, and report where it fails or leads nowhere."`
	Diff    botDiff    `cmd:"" group:"Files only" help:"Show what people would notice between two definitions; versions on a server may be named too."`

	Push     botPush     `cmd:"" group:"On a server (chattigo login)" help:"Store a bot and its tests: a new version, unless it is the same."`
	Publish  botPublish  `cmd:"" group:"On a server (chattigo login)" help:"Put a version live on a channel, if its tests pass."`
	Rerun    botRerun    `cmd:"" group:"On a server (chattigo login)" help:"See what a draft would have said in the real conversations of the last weeks."`
	Record   botRecord   `cmd:"" group:"On a server (chattigo login)" help:"Make a test of a real conversation, with its personal data replaced."`
	Rollback botRollback `cmd:"" group:"On a server (chattigo login)" help:"Put live again what was live before."`
	Versions botVersions `cmd:"" group:"On a server (chattigo login)" help:"List the versions of a bot: who, when, where live, how many open."`
	List     botList     `cmd:"" group:"On a server (chattigo login)" help:"List bots."`
	Channels botChannels `cmd:"" group:"On a server (chattigo login)" help:"List what is live where; of one channel, who put what live when."`
}

// maxFile bounds what is read of a file, in bytes. It is above what the loaders accept, so that
// they say what is wrong.
const maxFile = 2 << 20

// readFile reads a file, or the standard input for "-".
func (p *program) readFile(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(p.stdin, maxFile))
	}
	file, err := os.Open(path) //nolint:gosec // the path that the person at the terminal named
	if err != nil {
		return nil, err
	}
	src, err := io.ReadAll(io.LimitReader(file, maxFile))
	return src, errors.Join(err, file.Close())
}

// loadBot loads a definition. If it has errors, all its problems are printed.
func (p *program) loadBot(path string) (*definition.Bot, error) {
	src, err := p.readFile(path)
	if err != nil {
		return nil, err
	}
	b, err := definition.Load(src)
	if problems, ok := errors.AsType[definition.Problems](err); ok {
		return nil, p.refused(path, problems)
	}
	return b, err
}

// refused prints the problems of a file that cannot be used, and returns the error.
func (p *program) refused(path string, problems []tree.Problem) error {
	errs, _ := p.listProblems(path, problems)
	return fmt.Errorf("%s has %s", shownPath(path), plural(errs, "error"))
}

// listProblems prints problems as compilers do, and counts them.
func (p *program) listProblems(path string, problems []tree.Problem) (errs, warnings int) {
	for _, problem := range problems {
		if problem.Warning {
			warnings++
		} else {
			errs++
		}
		p.printf("%s:%d:%d: %s: %s [%s]\n", shownPath(path), problem.Line, problem.Column, level(problem), problem.Message, problem.Code)
	}
	return errs, warnings
}

func level(p tree.Problem) string { return choose(p.Warning, "warning", "error") }

func shownPath(path string) string { return choose(path == "-", "stdin", path) }

// beside resolves a path that a file holds: it is relative to the folder of the file.
func beside(file, path string) string {
	if file == "-" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}
