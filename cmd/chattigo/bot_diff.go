package main

import (
	"fmt"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/diff"
)

type botDiff struct {
	Old    string `arg:"" help:"The older definition: a file, - for the standard input, or NAME[@VERSION], which is read from the server."`
	New    string `arg:"" help:"The newer one, likewise."`
	Format string `enum:"text,json" default:"text" help:"text for people, json for tools."`
}

// Help is what --help shows above the flags.
func (botDiff) Help() string {
	return `Shows what people who chat with the bot would notice: what is said, which options there are, where answers lead, which words trigger what, opening hours, defaults and limits. Each change has its lines in both files. Comments, quotes, the order of keys and other ways to write the same are no change; neither are the notes of authors (about).

  chattigo bot diff clinica.bot.yaml draft.bot.yaml
  git show HEAD:clinica.bot.yaml | chattigo bot diff - clinica.bot.yaml
  chattigo bot diff clinica@3 clinica.bot.yaml
  chattigo bot diff --format json clinica.bot.yaml draft.bot.yaml

What has a dot or a slash in it is a file; anything else is a bot on the server that you are logged in at (chattigo login).

Conversations that are open keep the definition that they began with; the next ones begin with the new one.

Exit code 0: nothing anybody would notice. 1: there are changes. 2: a mistake in the command line, or a definition that could not be had.`
}

// Run compares both definitions.
func (c botDiff) Run(p *program) error {
	if c.Old == "-" && c.New == "-" {
		return &usageError{"only one of the two definitions can be the standard input"}
	}
	older, newer, err := c.load(p)
	if err != nil {
		return &usageError{err.Error()}
	}
	changes := diff.Compare(older, newer)
	if c.Format == "json" {
		p.printf("%s\n", indented(changes))
	} else {
		var text strings.Builder
		diff.Write(&text, changes)
		p.printf("%s", text.String())
	}
	if len(changes) > 0 {
		return fmt.Errorf("%s between %s and %s", plural(len(changes), "change"), older.Label(), newer.Label())
	}
	return nil
}

// load loads both definitions.
func (c botDiff) load(p *program) (older, newer *definition.Bot, err error) {
	if older, err = p.loadBotOrVersion(c.Old); err != nil {
		return nil, nil, err
	}
	newer, err = p.loadBotOrVersion(c.New)
	return older, newer, err
}
