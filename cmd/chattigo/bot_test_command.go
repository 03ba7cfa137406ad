package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/transcript"
	"github.com/chattigo/api-isv/bot/tree"
)

type botTest struct {
	Files   []string `arg:"" name:"file" help:"Test files (*.test.yaml), or definitions (*.bot.yaml) whose tests lie beside them; - for the standard input."`
	Bot     string   `placeholder:"FILE" help:"Test this definition instead of the one that the test file names."`
	RunOnly string   `name:"run" placeholder:"RE" help:"Play only the cases whose name this regular expression matches."`
	JUnit   string   `name:"junit" placeholder:"FILE" help:"Write the results as JUnit's XML too, for a build server."`
	Cover   bool     `help:"Show how much of the bot the cases went through, and what they never did."`
	Verbose bool     `short:"v" help:"Show the transcript of each case, not only of those that fail."`
}

// Help is what --help shows above the flags.
func (botTest) Help() string {
	return `A test file is a list of conversations: what the contact writes and taps, how much time passes, and what the bot has to say. docs/testing-bots.md has all that can stand in it. The smallest one:

  bot: aviso.bot.yaml
  cases:
    - name: tells the price
      steps:
        - user: ¿precios?
        - bot: /La lista está/
        - closed: {reason: resolved}

Other steps of the world are tap (a button or row), wait (time), echo, resume and close; of what is expected none, call, handoff, state, vars and error. With mocks, time and a button:

  bot: clinica.bot.yaml
  http:
    - {match: "GET https://api.example.com/horas*", json: {horas: [{id: h1}]}}
  cases:
    - name: silence after the list is reminded of
      steps:
        - user: quiero una hora
        - bot: {state: especialidad, choices: [medgen, derma]}
        - tap: derma
        - bot: {state: elegir_hora, text: /Próximas horas/}
        - call: GET https://api.example.com/horas*
        - wait: 5m
        - bot: /Sigues ahí/

Time is simulated, so that a reminder of tomorrow is there at once, and calls are answered by the file's mocks. Each message of the bot must be claimed by a step, in order. A bot that fails by an error fails the case, whatever it says then, unless a step expects it: - error: true, or - error: /a part of it/. The loop guard is on, as in the service: a contact who writes the same text 5 times to one question, or more than 20 messages without a wait, gets no answer; loop_guard: false switches it off. Of a case that fails the whole chat is shown, with the place where it went wrong.

  chattigo bot test clinica.test.yaml
  chattigo bot test clinica.bot.yaml --run 'agenda' -v
  chattigo bot test *.test.yaml --junit report.xml --cover

Exit code 0: all passed. 1: a case failed, or a file has errors. 2: a mistake in the command line.`
}

// Validate is called when the command line is parsed.
func (c botTest) Validate() error {
	_, err := regexp.Compile(c.RunOnly)
	if err != nil {
		return fmt.Errorf("--run: %w", err)
	}
	return nil
}

// tally sums up the results of all files.
type tally struct {
	passed, failed int
	took           time.Duration
	suites         []transcript.Suite
	// covers are the tested bots, in the order of the files.
	covers []*covered
}

// covered is a bot and how much of it the cases went through.
type covered struct {
	path     string
	coverage *script.Coverage
}

// Run plays all files, and fails at the end if a case failed.
func (c botTest) Run(p *program) error {
	all := &tally{}
	for _, path := range c.Files {
		if err := c.file(p, path, all); err != nil {
			return err
		}
	}
	if all.passed+all.failed == 0 {
		return errors.New("no case has a name that --run matches")
	}
	if c.Cover {
		for _, one := range all.covers {
			p.printf("\n")
			one.coverage.Write(p.stdout, one.path)
		}
	}
	if err := c.writeJUnit(p, all.suites); err != nil {
		return err
	}
	took := all.took.Round(10 * time.Microsecond)
	if all.failed > 0 {
		return fmt.Errorf("%d of %s failed (%s)", all.failed, plural(all.passed+all.failed, "case"), took)
	}
	p.printf("%s passed (%s).\n", plural(all.passed, "case"), took)
	return nil
}

// file plays the cases of one test file.
func (c botTest) file(p *program, path string, all *tally) error {
	testPath, botPath := testsOf(path)
	f, err := p.loadTests(testPath)
	if err != nil {
		return err
	}
	switch {
	case c.Bot != "":
		botPath = c.Bot
	case botPath == "" && f.Bot == "":
		return fmt.Errorf("%s names no bot; name it with --bot", shownPath(testPath))
	case botPath == "":
		botPath = beside(testPath, f.Bot)
	}
	b, err := p.loadBot(botPath)
	if errors.Is(err, fs.ErrNotExist) && botPath == beside(testPath, f.Bot) {
		return p.refused(testPath, []tree.Problem{f.NoBot("there is no such file" + likeFile(botPath))})
	}
	if err != nil {
		return err
	}
	if problems := f.Check(b); tree.Fatal(problems) {
		return p.refused(testPath, problems)
	}
	p.printf("%s (%s)\n", shownPath(testPath), b.Label())
	all.suites = append(all.suites, c.play(p, b, f, testPath, all.cover(botPath, b), all))
	return nil
}

// cover returns the coverage of a bot, one for all test files of the same definition.
func (t *tally) cover(path string, b *definition.Bot) *script.Coverage {
	for _, one := range t.covers {
		if one.path == path {
			return one.coverage
		}
	}
	t.covers = append(t.covers, &covered{path, script.NewCoverage(b)})
	return t.covers[len(t.covers)-1].coverage
}

func (c botTest) play(p *program, b *definition.Bot, f *script.File, path string, cover *script.Coverage, all *tally) transcript.Suite {
	only := regexp.MustCompile(c.RunOnly)
	suite := transcript.Suite{Name: b.Name, File: path}
	for i := range f.Cases {
		one := &f.Cases[i]
		if !only.MatchString(one.Name) {
			continue
		}
		began := time.Now()
		result := one.Play(script.NewPlayer(b, one.Setup, nil))
		result.Took = time.Since(began)
		all.took += result.Took
		suite.Results = append(suite.Results, result)
		if c.Cover {
			cover.Add(result.Entries)
		}
		if result.Passed() {
			all.passed++
		} else {
			all.failed++
		}
		c.show(p, path, result)
	}
	return suite
}

// show prints one result, with the transcript if the case failed or -v is set.
func (c botTest) show(p *program, path string, r *script.Result) {
	p.printf("%s\n", transcript.Headline(r, shownPath(path)))
	if c.Verbose || !r.Passed() {
		transcript.WriteResult(p.stdout, r, p.width(), p.color())
		p.printf("\n")
	}
}

func (c botTest) writeJUnit(p *program, suites []transcript.Suite) error {
	if c.JUnit == "" {
		return nil
	}
	var report bytes.Buffer
	if err := transcript.WriteJUnit(&report, suites); err != nil {
		return err
	}
	if c.JUnit == "-" {
		p.printf("%s", report.String())
		return nil
	}
	return os.WriteFile(c.JUnit, report.Bytes(), 0o644) //nolint:gosec // a report is for everybody
}

// loadTests loads a test file. If it has errors, all its problems are printed.
func (p *program) loadTests(path string) (*script.File, error) {
	src, err := p.readFile(path)
	if err != nil {
		return nil, err
	}
	f, err := script.Load(src)
	if problems, ok := errors.AsType[script.Problems](err); ok {
		return nil, p.refused(path, problems)
	}
	return f, err
}

// testsOf is the test file that a path stands for: itself, or the one beside a definition; bot is
// then the path of that definition.
func testsOf(path string) (tests, bot string) {
	base := filepath.Base(path)
	if i := strings.LastIndex(base, ".bot."); i >= 0 {
		return filepath.Join(filepath.Dir(path), base[:i]+".test."+base[i+len(".bot."):]), path
	}
	return path, ""
}
