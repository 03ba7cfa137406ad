package main

import "fmt"

// channelFlag names the channel of a command.
type channelFlag struct {
	Channel string `required:"" placeholder:"WA-ID" help:"The channel: its number's digits, such as 56911110000."`
}

type botPublish struct {
	Bot string `arg:"" name:"file|name[@version]" help:"A definition, which is pushed first, or a bot that is on the server; without a version its newest one."`
	channelFlag
	expectation
	draftFiles

	JSON bool `name:"json" help:"Print what the server answered as JSON, for tools: bot, tests, was, live and, when it refuses, refused."`
}

// Help is what --help shows above the flags.
func (botPublish) Help() string {
	return `Puts a bot live on a channel. What has a dot or a slash in it is a file, which is pushed first with its tests (see bot push); anything else is a bot on the server.

  chattigo bot publish clinica.bot.yaml --channel 56911110000
  chattigo bot publish clinica@3 --channel 56911110000
  chattigo bot publish clinica@3 --channel 56911110000 --expected clinica@2

The server plays the bot's tests first, and looks whether the channel's version of the Graph API has everything that the bot sends. It refuses the publication otherwise, and says which case fails at which line, or which feature is missing.

From the first message on that the server takes after that, new conversations run on the new version. Those that are open end on the one that they began with. chattigo bot rollback goes back.

Exit code 0: it is live. 1: it was refused, or could not be sent. 2: a mistake in the command line.`
}

// Run pushes what is a file, and publishes.
func (c botPublish) Run(p *program) error {
	if _, _, err := c.expectation.read(); err != nil {
		return err
	}
	if isFile(c.Bot) {
		return c.file(p)
	}
	if c.Tests != "" {
		return &usageError{"--tests goes with a definition's file: the tests of a bot on the server lie there"}
	}
	ref, err := parseBotRef(c.Bot)
	if err != nil {
		return err
	}
	return p.publishing(c.JSON, func(w *publisher) error {
		return w.publish(c.Channel, ref, c.expectation, sources{c.Bot, "tests of " + ref.Name})
	})
}

// file pushes a definition and publishes what it became.
func (c botPublish) file(p *program) error {
	d, err := c.draftFiles.read(p, c.Bot, c.JSON)
	if err != nil {
		return err
	}
	return p.publishing(c.JSON, func(w *publisher) error {
		version, err := w.push(d)
		if err != nil {
			return err
		}
		tests := d.testsPath
		if d.tests == nil {
			tests = fmt.Sprintf("tests of %s", d.name) // an earlier push may have sent some
		}
		return w.publish(c.Channel, botRef{version.Name, version.Version}, c.expectation, sources{d.path, tests})
	})
}
