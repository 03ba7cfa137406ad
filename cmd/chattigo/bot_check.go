package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/hint"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp"
)

type botCheck struct {
	Files          []string `arg:"" name:"file" help:"Definitions and test files (*.test.yaml), or - for the standard input."`
	Format         string   `enum:"text,json" default:"text" help:"text for people, json for tools: one list of all problems."`
	VersionProfile string   `name:"version-profile" placeholder:"v20.0" help:"Check also against a version of the Graph API: the one that the channel is to use."`
}

// Help is what --help shows above the flags.
func (botCheck) Help() string {
	return `Each problem is one line: the file, the line, the column, whether it is an error or a warning, what is wrong and what to write instead, and a code that stays the same.

  $ chattigo bot check clinica.bot.yaml
  clinica.bot.yaml:11:34: error: there is no state "despedda"; did you mean "despedida"? (also at 17:59, 20:14) [unknown-state]
  clinica.bot.yaml:14:39: error: after needs a unit: 5s is seconds, 5m minutes, 5h hours, 5d days [value]
  clinica.bot.yaml:16:15: warning: {{nombre}} is said as it stands; the value is written ${contact.name} [placeholder]

A name that nothing has is one problem, with the places where else it stands. While a file is no valid YAML, only that is reported, where it begins: a tab, a quote or bracket that is not closed, a colon in a text without quotes.

  chattigo bot check clinica.bot.yaml clinica.test.yaml
  chattigo bot check --version-profile v15.0 clinica.bot.yaml
  chattigo bot check --format json - < clinica.bot.yaml

A test file (NAME.test.yaml) is held against the bot that it names: states, variables, buttons and rows, desks, calls and ends that the bot does not have are errors.

A bot with warnings only can be published. A channel takes a bot only if its version of the Graph API has everything that the bot sends; --version-profile shows before what would be refused then.

Exit code 0: no errors, perhaps warnings. 1: errors, or a file that could not be read. 2: a mistake in the command line.`
}

// fileProblem is a problem as --format json has it.
type fileProblem struct {
	File    string    `json:"file"`
	Line    int       `json:"line"`
	Column  int       `json:"column"`
	Level   string    `json:"level"`
	Code    tree.Code `json:"code"`
	Message string    `json:"message"`
}

// Run checks all files, and fails at the end if one of them has errors.
func (c botCheck) Run(p *program) error {
	profile, err := c.profile()
	if err != nil {
		return err
	}
	all := []fileProblem{}
	failed := 0
	for _, path := range c.Files {
		checked, err := c.check(p, path, profile)
		if err != nil {
			return err
		}
		all = append(all, checked.list()...)
		if tree.Fatal(checked.problems) {
			failed++
		}
		if c.Format == "text" {
			checked.print(p)
		}
	}
	if c.Format == "json" {
		p.printf("%s\n", indented(all))
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s cannot be used", failed, plural(len(c.Files), "file"))
	}
	return nil
}

// indented writes a value as JSON for a person or a tool, fit for a terminal.
func indented(v any) []byte {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return []byte("null") // not reached: all of it is texts and numbers
	}
	return harmlessJSON(text)
}

// profile is the profile of --version-profile; nil without the flag.
func (c botCheck) profile() (*whatsapp.Version, error) {
	if c.VersionProfile == "" {
		return nil, nil //nolint:nilnil // no flag, no profile
	}
	profile, known, err := whatsapp.LookupVersion(c.VersionProfile)
	if err != nil || !known {
		return nil, &usageError{fmt.Sprintf("--version-profile: %s is not a version of the Graph API that is known here, such as %s", c.VersionProfile, whatsapp.NewestVersion())}
	}
	return &profile, nil
}

// checked is a file and its problems.
type checked struct {
	path     string
	problems []tree.Problem
	// summary says what the file holds, if it can be used.
	summary string
}

func (c botCheck) check(p *program, path string, profile *whatsapp.Version) (checked, error) {
	src, err := p.readFile(path)
	if err != nil {
		return checked{}, err
	}
	if isTestFile(path) {
		return p.checkTests(path, src), nil
	}
	b, problems := definition.Read(src)
	if tree.Fatal(problems) {
		return checked{path: path, problems: problems}, nil
	}
	if profile != nil {
		problems = tree.Tidy(append(problems, b.Check(*profile)...))
	}
	return checked{path, problems, fmt.Sprintf("%s, %s", b.Label(), plural(len(b.States()), "state"))}, nil
}

// checkTests checks a test file and, if it names its bot, that the bot has all the names in it: also
// where something else in the file is wrong.
func (p *program) checkTests(path string, src []byte) checked {
	f, problems := script.Read(src)
	if f == nil {
		return checked{path: path, problems: problems}
	}
	if f.Bot != "" {
		problems = tree.Tidy(append(problems, p.checkAgainst(f, beside(path, f.Bot))...))
	}
	return checked{path, problems, plural(len(f.Cases), "case")}
}

// checkAgainst checks a test file against its bot. A bot that does not exist or has errors is a
// problem of the test file; what can be read of it is compared all the same.
func (p *program) checkAgainst(f *script.File, path string) []tree.Problem {
	src, err := p.readFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []tree.Problem{f.NoBot("there is no such file" + likeFile(path))}
	case err != nil:
		return []tree.Problem{f.NoBot("the file cannot be read")}
	}
	b, problems := definition.Read(src)
	var found []tree.Problem
	if tree.Fatal(problems) {
		found = append(found, f.NoBot(definition.Problems(problems).Error()))
	}
	if b != nil {
		found = append(found, f.Check(b)...)
	}
	return found
}

// likeFile is the definition in the folder that is probably meant by a file that is not there.
func likeFile(path string) string {
	files, _ := os.ReadDir(filepath.Dir(path)) // no folder, no files
	var bots []string
	for _, file := range files {
		if !file.IsDir() && strings.Contains(file.Name(), ".bot.") {
			bots = append(bots, file.Name())
		}
	}
	if len(bots) == 1 {
		return fmt.Sprintf("; did you mean %q?", bots[0])
	}
	return hint.DidYouMean(filepath.Base(path), bots)
}

func (c checked) list() []fileProblem {
	all := make([]fileProblem, len(c.problems))
	for i, found := range c.problems {
		all[i] = fileProblem{shownPath(c.path), found.Line, found.Column, level(found), found.Code, found.Message}
	}
	return all
}

func (c checked) print(p *program) {
	errs, warnings := p.listProblems(c.path, c.problems)
	if errs == 0 {
		p.printf("%s: good%s (%s)\n", shownPath(c.path), choose(warnings > 0, ", with "+plural(warnings, "warning"), ""), c.summary)
	}
}

// isTestFile reports whether a path is that of a test file, by its name.
func isTestFile(path string) bool { return strings.Contains(filepath.Base(path), ".test.") }
