package definition

import (
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/hint"
	"github.com/chattigo/api-isv/bot/tree"
)

// decoder reads values that stand in many places of a definition: references to states, expressions,
// texts. It collects the problems that are found on the way. [Load] makes one for each definition;
// the readers of bots, names, messages, calls and triggers share it.
type decoder struct {
	tree.Reader

	// stored leaves out the checks that [LoadStored] does not make.
	stored bool
	// refs are the references to states, checked when all states are known.
	refs []Ref
	// names are what expressions may name, env compiles expressions; nil when the names could not be
	// read.
	names expr.Names
	env   *expr.Env
	// These find what an unknown name was meant to be.
	likeVars, likeStrings, likeHours *hint.Names
	// site is where the texts of messages stand that are being read: what they may name.
	site expr.Site
	// expressions counts those of the definition, up to maxExpressions.
	expressions int
}

// texts reads a list of texts.
func (d *decoder) texts(n *yaml.Node, what string, atMost int) []string {
	var all []string
	d.List(n, what, atMost, func(item *yaml.Node) {
		if text, ok := d.Text(item, what); ok {
			all = append(all, text)
		}
	})
	return all
}

// always reads a key that can only be true.
func (d *decoder) always(n *yaml.Node, what string) bool {
	before := len(d.Problems)
	if yes := d.Boolean(n, what); !yes && len(d.Problems) == before {
		d.Add(n, CodeValue, "%s can only be true; leave it out otherwise", what)
	}
	return true
}

// folded reads texts that are compared folded; one that folds to nothing can never match.
func (d *decoder) folded(n *yaml.Node, what string) []string {
	var all []string
	d.List(n, what, maxTexts, func(item *yaml.Node) {
		text, ok := d.Text(item, "an item of "+what)
		if !ok {
			return
		}
		if fold.Text(text) == "" {
			d.Add(item, CodeTrigger, "an item of %s needs a letter, a digit or a symbol such as an emoji", what)
			return
		}
		all = append(all, fold.Text(text))
	})
	return all
}

// ref reads the name of a state. Whether there is one is checked when all states are known.
func (d *decoder) ref(n *yaml.Node, what string) Ref {
	text, ok := d.Text(n, what)
	if !ok {
		return Ref{}
	}
	r := Ref{Name: text, place: tree.PlaceOf(n)}
	d.refs = append(d.refs, r)
	return r
}

// laterKeys are keys of bot/v1 that are not supported yet.
var laterKeys = []string{"llm", "migrate", "rollout"}

// later refuses a key of an object that bot/v1 has but that is not supported yet.
func (d *decoder) later(object *yaml.Node, key, what string) func(*yaml.Node) {
	return func(*yaml.Node) {
		d.AddAt(tree.PlaceOf(tree.FindKey(object, key)), CodeUnsupported, "not supported yet: %s", what)
	}
}
