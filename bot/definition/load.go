package definition

import (
	_ "embed"
	"slices"

	"github.com/chattigo/api-isv/bot/tree"
)

// Limits of a definition.
const (
	maxSource = 256 << 10 // bytes of text
	maxDepth  = 32        // nested lists and objects
	maxStates = 500
)

//go:embed starter.bot.yaml
var starter []byte

// Starter is the definition of the bot that answers on a channel without one of its own.
func Starter() []byte { return slices.Clone(starter) }

// Load reads and checks a definition, YAML or JSON. The error is always of type Problems
// and lists all that is wrong; a definition with warnings only is loaded and keeps them
// (see [Bot.Warnings]).
func Load(src []byte) (*Bot, error) {
	root, found := tree.Parse(src, tree.Kind{Name: "bot", Bytes: maxSource, Depth: maxDepth})
	problems := Problems(found)
	if root == nil {
		return nil, problems
	}
	d := &decoder{problems: problems}
	b := d.definition(root)
	d.check(b)
	problems = d.problems.tidy()
	if problems.fatal() {
		return nil, problems
	}
	b.source = slices.Clone(src)
	b.Hash = hash(root)
	b.warnings = problems
	return b, nil
}
