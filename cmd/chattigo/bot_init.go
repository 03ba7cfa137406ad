package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/schema"
)

// newBots are a bot and its tests in each language.
//
//go:embed newbot/*.yaml
var newBots embed.FS

// The schemas that the first lines of newbot's files name.
const (
	schemaFile      = "bot-v1.schema.json"
	testsSchemaFile = "bot-test-v1.schema.json"
)

// sampleName is the name that the bot of newbot in a language has.
func sampleName(lang string) string { return choose(lang == "en", "example", "ejemplo") }

type botInit struct {
	Dir  string `arg:"" optional:"" default:"." name:"dir" help:"The folder, which is made if it is not there. Without it, where you are."`
	Name string `placeholder:"NAME" help:"The bot's name. Without it, that of the folder."`
	Lang string `enum:"es,en" default:"es" placeholder:"LANG" help:"What the bot speaks: es, if not given, or en."`
}

// Help is what --help shows above the flags.
func (botInit) Help() string {
	return `Writes a small bot that works: a menu, a question, a person, silence, an end. Around it change whatever you like.

  chattigo bot init clinica
  chattigo bot init clinica --lang en
  chattigo bot init . --name clinica-sur

There are four files then:

  clinica.bot.yaml          the bot
  clinica.test.yaml         its tests, all green
  bot-v1.schema.json        what editors need to complete and check the one,
  bot-test-v1.schema.json   and the other

The first line of a YAML file names its schema, as a file beside it, so that an editor needs no network: VS Code with the YAML extension, and others that have yaml-language-server. The schemas may go into your repository; after an update of chattigo, remove them and run bot init in another folder to get those that go with it.

No file is ever overwritten. A schema that is there already stays.`
}

// newFile is a file to be written. A shared one may be there already.
type newFile struct {
	path   string
	text   []byte
	shared bool
}

// Run writes the files.
func (c botInit) Run(p *program) error {
	name, err := c.name()
	if err != nil {
		return err
	}
	files, err := c.files(name)
	if err != nil {
		return err
	}
	for _, file := range files {
		if _, err := os.Lstat(file.path); err == nil && !file.shared {
			return fmt.Errorf("%s is there already, and nothing was written", file.path)
		}
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil { //nolint:gosec // a bot is for everybody
		return err
	}
	for _, file := range files {
		if err := file.write(); err != nil {
			return err
		}
	}
	bot, tests := files[0].path, files[1].path
	p.printf("%s and %s are there. Next:\n\n  chattigo bot test %s\n  chattigo bot sim %s\n", bot, tests, bot, bot)
	return nil
}

// name is the bot's name: the one that was given, or the folder's.
func (c botInit) name() (string, error) {
	if c.Name != "" {
		if !botName.MatchString(c.Name) {
			return "", &usageError{fmt.Sprintf("--name: %q is no name of a bot: small letters, digits and -, at most 63", c.Name)}
		}
		return c.Name, nil
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return "", err
	}
	if name := filepath.Base(dir); botName.MatchString(name) {
		return name, nil
	}
	return "", &usageError{fmt.Sprintf("the folder %q has no name that a bot can have: name it with --name (small letters, digits and -, at most 63)", filepath.Base(dir))}
}

// files are the definition, its tests and the schemas.
func (c botInit) files(name string) ([]newFile, error) {
	var all []newFile
	for _, kind := range []string{"bot", "test"} {
		text, err := newBots.ReadFile("newbot/" + c.Lang + "." + kind + ".yaml")
		if err != nil {
			return nil, err
		}
		text = renamed(text, sampleName(c.Lang), name)
		all = append(all, newFile{filepath.Join(c.Dir, name+"."+kind+".yaml"), text, false})
	}
	return append(all,
		newFile{filepath.Join(c.Dir, schemaFile), schema.Bot(), true},
		newFile{filepath.Join(c.Dir, testsSchemaFile), schema.Test(), true},
	), nil
}

// renamed gives a bot and what names it another name, in quotes where YAML would take it for no text.
func renamed(text []byte, from, to string) []byte {
	plain := bytes.ReplaceAll(text, []byte(from), []byte(to))
	if b, err := definition.Load(plain); err == nil && len(b.Warnings()) == 0 {
		return plain
	}
	return bytes.Replace(plain, []byte("name: "+to+"\n"), []byte(`name: "`+to+"\"\n"), 1)
}

// write makes the file, and never replaces one.
func (f newFile) write() error {
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // a bot is for everybody
	if errors.Is(err, fs.ErrExist) && f.shared {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.Write(f.text)
	return errors.Join(err, file.Close())
}
