package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/graph"
	"github.com/chattigo/api-isv/bot/tree"
)

// botCommands are the tools of whoever writes bots. They read files and need nothing else: no
// settings, no database, no network.
type botCommands struct {
	Check botCheck `cmd:"" help:"List what is wrong with definitions and test files, with line and column."`
	Test  botTest  `cmd:"" help:"Play the scripted conversations of test files."`
	Sim   botSim   `cmd:"" help:"Chat with a bot in the terminal."`
	Graph botGraph `cmd:"" help:"Draw a bot as a diagram in Mermaid's language."`
}

type botGraph struct {
	File string `arg:"" help:"The definition, or - for the standard input."`
}

// Help is what --help shows above the flags.
func (botGraph) Help() string {
	return `The diagram is text. Documentation on GitHub and GitLab shows it as a picture when it stands in a block that begins with three backticks and "mermaid".

  chattigo bot graph clinica.bot.yaml > clinica.mmd

States that ask are green, handoffs are blue hexagons, ends have a thick border, states that call a service a double one. Triggers stand in a frame of their own; those with a lightning interrupt a question. Dotted arrows are what silence, errors and misunderstandings lead to.`
}

// Run draws the bot.
func (c botGraph) Run(p *program) error {
	b, err := p.loadBot(c.File)
	if err != nil {
		return err
	}
	p.printf("%s", graph.Mermaid(b))
	return nil
}

// maxFile bounds what is read of a file; the loaders refuse less.
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

// loadBot loads a definition, and lists all its problems where it cannot.
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

// refused lists the problems of a file that cannot be used.
func (p *program) refused(path string, problems []tree.Problem) error {
	errs, _ := p.listProblems(path, problems)
	return fmt.Errorf("%s has %s", shownPath(path), plural(errs, "error"))
}

// listProblems writes problems as compilers do, and counts them.
func (p *program) listProblems(path string, problems []tree.Problem) (errs, warnings int) {
	for _, found := range problems {
		if found.Warning {
			warnings++
		} else {
			errs++
		}
		p.printf("%s:%d:%d: %s: %s [%s]\n", shownPath(path), found.Line, found.Column, level(found), found.Message, found.Code)
	}
	return errs, warnings
}

func level(p tree.Problem) string { return choose(p.Warning, "warning", "error") }

func shownPath(path string) string { return choose(path == "-", "stdin", path) }

func plural(n int, what string) string {
	return fmt.Sprintf("%d %s", n, what) + choose(n == 1, "", "s")
}

// beside is a path that is written in a file, as seen from here.
func beside(file, path string) string {
	if file == "-" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}

const (
	usualWidth = 80
	mostWidth  = 120
)

// width is how wide the terminal is, as far as the shell says so.
func (p *program) width() int {
	columns, err := strconv.Atoi(p.environ["COLUMNS"])
	if err != nil || columns <= 0 {
		return usualWidth
	}
	return min(columns, mostWidth)
}

// color says whether the output is a terminal that wants colours.
func (p *program) color() bool {
	return isTerminal(p.stdout) && p.environ["NO_COLOR"] == "" && p.environ["TERM"] != "dumb"
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// isTestFile says whether a path is that of a test file, by its name.
func isTestFile(path string) bool { return strings.Contains(filepath.Base(path), ".test.") }
