package main

import (
	"github.com/chattigo/api-isv/bot/graph"
)

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
