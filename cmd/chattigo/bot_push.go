package main

type botPush struct {
	File string `arg:"" help:"The definition, or - for the standard input."`
	draftFiles

	JSON bool `name:"json" help:"Print what the server answered as JSON, for tools: bot, tests and, when it refuses, refused."`
}

// Help is what --help shows above the flags.
func (botPush) Help() string {
	return `Stores the definition on the server you are logged in at (chattigo login), under its own name, and its tests beside it. Nothing goes live by this: chattigo bot publish does that.

  chattigo bot push clinica.bot.yaml
  chattigo bot push clinica.bot.yaml --tests más.test.yaml
  chattigo bot push --json - < clinica.bot.yaml

Both files are checked first, as bot check does, and nothing is sent that has errors. Versions are numbered and never change; what means the same as one that is there, comments aside, is that version and makes no new one.

Exit code 0: it is there, perhaps with warnings. 1: an error, here or on the server. 2: a mistake in the command line.`
}

// Run checks the files and sends them.
func (c botPush) Run(p *program) error {
	d, err := c.read(p, c.File, c.JSON)
	if err != nil {
		return err
	}
	return p.publishing(c.JSON, func(w *publisher) error {
		_, err := w.push(d)
		return err
	})
}
