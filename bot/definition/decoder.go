package definition

import (
	"regexp"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// decoder turns the tree into a definition and collects what is wrong with it.
type decoder struct {
	tree.Reader

	// refs are the references to states, checked when all states are known.
	refs []Ref
	// shared are the messages under `messages`, in the order of the text; used those that are said.
	shared []sharedMessage
	used   map[string]bool
	// names are what expressions may name, env compiles them; nil when the names could not be
	// read. expressions counts them.
	names       expr.Names
	env         *expr.Env
	expressions int
	// instructions counts those of all regular expressions.
	instructions int
}

// word reads a text of a given form.
func (d *decoder) word(n *yaml.Node, what string, form *regexp.Regexp) string {
	text, ok := d.Text(n, what)
	if ok && !form.MatchString(text) {
		d.Add(n, CodeValue, "%s must look like %s", what, form)
	}
	return text
}

func (d *decoder) texts(n *yaml.Node, what string, atMost int) []string {
	var all []string
	d.List(n, what, atMost, func(item *yaml.Node) {
		if text, ok := d.Text(item, what); ok {
			all = append(all, text)
		}
	})
	return all
}

// ref reads the name of a state, to be found when all are known.
func (d *decoder) ref(n *yaml.Node, what string) Ref {
	text, ok := d.Text(n, what)
	if !ok {
		return Ref{}
	}
	r := Ref{Name: text, pos: tree.PlaceOf(n)}
	d.refs = append(d.refs, r)
	return r
}

// laterKeys are keys of bot/v1 that are not supported yet.
var laterKeys = []string{"keep", "llm", "migrate", "rollout"}

// later refuses a key of an object that bot/v1 has but that is not supported yet.
func (d *decoder) later(object *yaml.Node, key, what string) func(*yaml.Node) {
	return func(*yaml.Node) {
		d.AddAt(tree.PlaceOf(tree.FindKey(object, key)), CodeUnsupported, "not supported yet: %s", what)
	}
}
