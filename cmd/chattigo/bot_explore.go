package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/explore"
	"github.com/chattigo/api-isv/bot/script"
)

type botExplore struct {
	File        string `arg:"" help:"The definition, or - for the standard input."`
	HTTP        string `name:"http" placeholder:"FILE" help:"A test file whose mocks answer the bot's calls; its now, contact and vars are used too, and what the contacts of its cases say is tried as answers. Without it, the test file beside the definition, if there is one."`
	Depth       int    `default:"10" help:"How many things happen one after the other, at most."`
	MaxStates   int    `default:"2000" help:"How many different states are walked, at most."`
	HumanWithin int    `placeholder:"N" help:"Report questions from which no person is reached within N messages of the contact."`
	Format      string `enum:"text,json" default:"text" help:"text for people, json for tools."`
}

// Help is what --help shows above the flags.
func (botExplore) Help() string {
	return `Does to a bot what contacts, time and servers may do, in every order up to a depth: taps each button and row, gives a right and a wrong answer, keeps silent, says what triggers listen to, lets calls succeed and fail, and hands back after a handoff. Equal states are walked once. A bot with opening hours is walked at a time when they are open, and at one when they are closed.

What is found is one line each, with a code that stays the same, and below it the way there as a test file that chattigo bot test plays: it passes as long as the bot does what was found.

  error      the bot fails: an apology, or the state of defaults.error
  message    WhatsApp would refuse a message
  limit      more states, messages or data than one event may have
  loop       the bot goes on for ever without the contact
  unsaid     a message is not said, because there is nothing to see in it
  window     a message is not delivered, because WhatsApp's 24 hours are over
  dead-end   every answer to a question leads back to it, or the chat can never end
  no-person  no person is reached within the messages of --human-within

  chattigo bot explore clinica.bot.yaml
  chattigo bot explore clinica.bot.yaml --http clinica.test.yaml --human-within 3
  chattigo bot explore --format json - < clinica.bot.yaml

Ctrl-C ends the walk and shows what was found so far.

Exit code 0: nothing was found. 1: something was, or a file could not be used. 2: a mistake in the command line.`
}

// Validate is called when the command line is parsed.
func (c botExplore) Validate() error {
	for _, f := range []struct {
		name        string
		value, most int
	}{{"--depth", c.Depth, explore.MaxDepth}, {"--max-states", c.MaxStates, explore.MaxStates}} {
		if f.value < 1 || f.value > f.most {
			return fmt.Errorf("%s must be from 1 to %d", f.name, f.most)
		}
	}
	if c.HumanWithin < 0 || c.HumanWithin > explore.MaxDepth {
		return fmt.Errorf("--human-within must be from 1 to %d", explore.MaxDepth)
	}
	return nil
}

// Run walks the bot, and fails if something was found.
func (c botExplore) Run(p *program) error {
	b, err := p.loadBot(c.File)
	if err != nil {
		return err
	}
	options, err := c.options(p)
	if err != nil {
		return err
	}
	progress := newProgress(p)
	options.Progress = progress.show
	ctx, stop := signal.NotifyContext(p.ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	report := explore.Explore(ctx, b, options)
	progress.end()
	if c.Format == "json" {
		p.printf("%s\n", indented(report))
	} else {
		c.print(p, b, report)
	}
	return c.verdict(ctx, report)
}

func (c botExplore) verdict(ctx context.Context, r *explore.Report) error {
	stopped := choose(ctx.Err() != nil, "stopped before the end; ", "")
	if n := len(r.Findings); n > 0 || stopped != "" {
		return fmt.Errorf("%s%s", stopped, plural(n, "finding"))
	}
	return nil
}

// options are how the walk is made: by the flags, and by a test file.
func (c botExplore) options(p *program) (explore.Options, error) {
	o := explore.Options{Depth: c.Depth, MaxStates: c.MaxStates, HumanWithin: c.HumanWithin, Bot: filepath.Base(c.File)}
	tests := c.HTTP
	if tests == "" {
		tests, _ = testsOf(c.File)
		if tests == c.File {
			tests = "" // no definition by its name
		}
	}
	if tests == "" {
		return o, o.UseTests(nil)
	}
	src, err := p.readFile(tests)
	if c.HTTP == "" && errors.Is(err, fs.ErrNotExist) {
		return o, o.UseTests(nil)
	}
	if err != nil {
		return o, err
	}
	err = o.UseTests(src)
	if problems, ok := errors.AsType[script.Problems](err); ok {
		return o, p.refused(tests, problems)
	}
	return o, err
}

func (c botExplore) print(p *program, b *definition.Bot, r *explore.Report) {
	for _, f := range r.Findings {
		p.printf("%s:%d: %s [%s]\n\n%s\n", shownPath(c.File), max(1, f.Line), f.Message, f.Code, shifted(f.Test))
	}
	for _, note := range r.Notes {
		p.printf("note: %s\n", note)
	}
	p.printf("%s: %s, %s walked in %s", shownPath(c.File), b.Label(), plural(r.States, "state"), plural(r.Steps, "step"))
	if r.Deeper > 0 {
		p.printf("; %s at depth %d, from which the walk did not go on", plural(r.Deeper, "state"), c.Depth)
	}
	if r.Left > 0 {
		p.printf("; %s left out", plural(r.Left, "state"))
	}
	p.printf("\n")
}

// shifted is a test file, indented so that it can be told from what stands around it. It is YAML still.
func shifted(test string) string {
	var b strings.Builder
	for line := range strings.Lines(test) {
		if line != "\n" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// progress tells on the standard error output how far a long command has come, on one line that is
// written over. Nobody is told where it is no terminal.
type progress struct {
	p     *program
	shown bool
	next  time.Time
}

// Progress is told when a command has taken some seconds, and then several times a second.
const (
	progressAfter = 3 * time.Second
	progressEvery = 200 * time.Millisecond
)

func newProgress(p *program) *progress { return &progress{p: p, next: time.Now().Add(progressAfter)} }

func (g *progress) show(at explore.Progress) {
	now := time.Now()
	if now.Before(g.next) || !isTerminal(g.p.stderr) {
		return
	}
	g.next, g.shown = now.Add(progressEvery), true
	_, _ = fmt.Fprintf(g.p.stderr, "\r%s, depth %d; Ctrl-C shows what was found so far \x1b[K", plural(at.States, "state"), at.Depth)
}

// end clears the line.
func (g *progress) end() {
	if g.shown {
		_, _ = fmt.Fprint(g.p.stderr, "\r\x1b[K")
	}
}
