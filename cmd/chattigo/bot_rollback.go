package main

type botRollback struct {
	channelFlag
	expectation

	JSON bool `name:"json" help:"Print what the server answered as JSON, for tools: was, live and, when it refuses, refused."`
}

// Help is what --help shows above the flags.
func (botRollback) Help() string {
	return `Puts live again what was live on the channel before the last publication; once more goes one further back, at last to the starter. It plays no tests, because what was live has been.

  chattigo bot rollback --channel 56911110000
  chattigo bot rollback --channel 56911110000 --expected clinica@4

Open conversations end on the version that they began with. To go back to a version that was live longer ago, publish it: chattigo bot publish clinica@2 --channel 56911110000.`
}

// Run rolls a channel back.
func (c botRollback) Run(p *program) error {
	if _, _, err := c.read(); err != nil {
		return err
	}
	return p.publishing(c.JSON, func(w *publisher) error { return w.rollBack(c.Channel, c.expectation) })
}
