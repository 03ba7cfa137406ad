package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/tree"
)

// draftFiles are the files of a bot on this machine, as the command line names them.
type draftFiles struct {
	Tests string `placeholder:"FILE" help:"The test file. Without it the one that lies beside the definition, if there is one: clinica.test.yaml beside clinica.bot.yaml."`
}

// draft is a definition and its tests, checked on this machine.
type draft struct {
	path   string
	name   string
	source []byte
	// testsPath is empty where a definition's tests have no place; tests is nil without any.
	testsPath string
	tests     []byte
}

// read reads and checks a definition and its tests. What is wrong is printed as bot check does, or as
// the server would answer it.
func (f draftFiles) read(p *program, path string, asJSON bool) (*draft, error) {
	if isTestFile(path) {
		return nil, &usageError{path + " is a test file: name the definition, and its tests go with it"}
	}
	source, err := p.readFile(path)
	if err != nil {
		return nil, err
	}
	b, err := definition.Load(source)
	if problems, ok := errors.AsType[definition.Problems](err); ok {
		return nil, p.refusedDraft(path, problems, asJSON)
	}
	if err != nil {
		return nil, err
	}
	d := &draft{path: path, name: b.Name, source: source, testsPath: f.Tests}
	if d.testsPath == "" {
		if beside, bot := testsOf(path); bot != "" {
			d.testsPath = beside
		}
	}
	return d, f.readTests(p, d, b, asJSON)
}

func (f draftFiles) readTests(p *program, d *draft, b *definition.Bot, asJSON bool) error {
	if d.testsPath == "" {
		return nil
	}
	tests, err := p.readFile(d.testsPath)
	if errors.Is(err, fs.ErrNotExist) && f.Tests == "" {
		return nil
	}
	if err != nil {
		return err
	}
	d.tests = tests
	file, problems := script.Read(tests)
	if file != nil {
		problems = tree.Tidy(append(problems, file.Check(b)...))
	}
	if tree.Fatal(problems) {
		return p.refusedDraft(d.testsPath, problems, asJSON)
	}
	return nil
}

// refusedDraft prints the problems of a file that is not sent, and returns the error.
func (p *program) refusedDraft(path string, problems []tree.Problem, asJSON bool) error {
	if !asJSON {
		return fmt.Errorf("%w; nothing was sent", p.refused(path, problems))
	}
	all := checked{path: path, problems: problems}.list()
	p.printf("%s\n", indented(map[string]any{"refused": map[string]any{"message": shownPath(path) + " cannot be used", "problems": all}}))
	return fmt.Errorf("%s cannot be used; nothing was sent", shownPath(path))
}

func (d *draft) mediaType() string { return mediaType(d.path, d.source) }

// mediaType says whether a text is sent as YAML or as JSON.
func mediaType(path string, text []byte) string {
	if strings.EqualFold(filepath.Ext(path), ".json") || path == "-" && json.Valid(bytes.TrimSpace(text)) {
		return "application/json"
	}
	return "application/yaml"
}
