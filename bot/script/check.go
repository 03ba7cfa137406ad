package script

import (
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/tree"
)

// Check holds the names in a test file against the bot: states and variables that it does not
// have can only be slips.
func (f *File) Check(b *bot.Bot) []tree.Problem {
	c := &checker{states: map[string]bool{}, vars: declared(b)}
	for _, s := range b.States() {
		c.states[s.Name] = true
	}
	for i := range f.Cases {
		for name := range f.Cases[i].Setup.Vars {
			c.variable(name, f.Cases[i].Line, 1)
		}
		for j := range f.Cases[i].Steps {
			c.step(&f.Cases[i].Steps[j])
		}
	}
	return tree.Tidy(c.Problems)
}

type checker struct {
	tree.Reader

	states, vars map[string]bool
}

func (c *checker) step(s *Step) {
	if s.Bot != nil && s.Bot.State != "" {
		c.state(s.Bot.State, s)
	}
	if s.Kind == StepState {
		c.state(s.Words, s)
	}
	for name := range s.Vars {
		c.variable(name, s.Line, s.Column)
	}
}

func (c *checker) state(name string, s *Step) {
	if !c.states[name] {
		c.Add(&yaml.Node{Line: s.Line, Column: s.Column}, CodeUnknownState, "the bot has no state %q", name)
	}
}

func (c *checker) variable(name string, line, column int) {
	if !c.vars[name] {
		c.Add(&yaml.Node{Line: line, Column: column}, CodeUnknownVar, "the bot declares no variable %q", name)
	}
}

// declared are the names under the definition's `vars`.
func declared(b *bot.Bot) map[string]bool {
	names := map[string]bool{}
	root, _ := tree.Parse(b.Source(), tree.Kind{Name: "bot", Bytes: maxSource, Depth: maxDepth})
	if root == nil {
		return names
	}
	if vars := tree.Child(root, "vars"); vars != nil && vars.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(vars.Content); i += 2 {
			names[vars.Content[i].Value] = true
		}
	}
	return names
}
