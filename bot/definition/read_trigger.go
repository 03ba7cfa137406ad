package definition

import (
	"regexp"
	"regexp/syntax"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/hint"
	"github.com/chattigo/api-isv/bot/tree"
)

// triggerReader reads the triggers of a bot.
type triggerReader struct {
	*decoder

	// instructions counts those of all regular expressions, up to maxInstructions.
	instructions int
}

func (d *triggerReader) triggers(n *yaml.Node) []Trigger {
	var all []Trigger
	d.List(n, "triggers", maxTriggers, func(item *yaml.Node) {
		all = append(all, d.trigger(item))
	})
	return all
}

func (d *triggerReader) trigger(n *yaml.Node) Trigger {
	g := Trigger{place: tree.PlaceOf(n), node: n, words: map[string][][]string{}}
	conditions := 0
	condition := func(read func(*yaml.Node)) func(*yaml.Node) {
		return func(n *yaml.Node) { conditions++; read(n) }
	}
	d.Object(n, "a trigger", tree.Fields{
		"text":      condition(func(n *yaml.Node) { d.text(n, &g) }),
		"choice":    condition(func(n *yaml.Node) { g.Choice = d.texts(n, "choice", maxTexts) }),
		"type":      condition(func(n *yaml.Node) { g.Types = d.types(n) }),
		"first":     condition(func(n *yaml.Node) { g.First = d.always(n, "first") }),
		"referral":  condition(func(n *yaml.Node) { g.Referral = d.referral(n) }),
		"if":        condition(func(n *yaml.Node) { g.When = d.expression(n, "if", expr.Site{}, expr.Bool) }),
		"interrupt": func(n *yaml.Node) { g.Interrupt = d.Boolean(n, "interrupt") },
		"resume":    func(n *yaml.Node) { g.Resume = d.Boolean(n, "resume") },
		"to":        func(n *yaml.Node) { g.To = d.ref(n, "to") },
	}, "to")
	if n.Kind == yaml.MappingNode && conditions == 0 && !slices.ContainsFunc(conditionKeys, func(key string) bool { return d.Has(n, key) }) {
		d.AddAt(g.place, CodeTrigger, "a trigger needs at least one of text, choice, type, referral, first and if")
	}
	return g
}

// conditionKeys are the keys of which a trigger has at least one.
var conditionKeys = []string{"text", "choice", "type", "referral", "first", "if"}

func (d *triggerReader) text(n *yaml.Node, g *Trigger) {
	d.Object(n, "text", tree.Fields{
		"any": func(n *yaml.Node) { g.any = d.folded(n, "any") },
		"words": func(n *yaml.Node) {
			for _, text := range d.folded(n, "words") {
				phrase := fold.Words(text)
				if len(phrase) == 0 {
					phrase = fold.Tokens(text)
				}
				g.words[phrase[0]] = append(g.words[phrase[0]], phrase)
			}
		},
		"matches": func(n *yaml.Node) { g.matches = d.regexp(n) },
	})
	if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		d.Add(n, CodeTrigger, "text needs at least one of any, words and matches")
	}
}

// referral reads the texts that the message's referral must have; with none, any referral will do.
func (d *triggerReader) referral(n *yaml.Node) map[string]string {
	all := map[string]string{}
	known := tree.Fields{}
	for _, key := range ReferralKeys {
		known[key] = func(n *yaml.Node) { all[key], _ = d.Text(n, key) }
	}
	d.Object(n, "referral", known)
	return all
}

// Limits of regular expressions. Matching takes time in proportion to instructions times the length
// of the text: 2,000 instructions over 4,096 characters, twice, take some 0.2 s at worst.
const (
	maxRegexp       = 200  // characters of one
	maxInstructions = 2000 // of all in a definition
)

func (d *triggerReader) regexp(n *yaml.Node) *regexp.Regexp {
	text, ok := d.Text(n, "matches")
	if !ok {
		return nil
	}
	if len([]rune(text)) > maxRegexp {
		d.Add(n, CodeRegexp, "matches may have at most %d characters", maxRegexp)
		return nil
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		d.Add(n, CodeRegexp, "matches: %s", hint.Regexp(err))
		return nil
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err == nil {
		d.instructions += len(prog.Inst)
	}
	if err != nil || d.instructions > maxInstructions {
		d.Add(n, CodeRegexp, "the regular expressions of this bot are too large; use fewer or smaller repetitions")
		return nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		d.Add(n, CodeRegexp, "matches: %s", hint.Regexp(err))
	}
	return re
}

// types reads types of messages that contacts send.
func (d *triggerReader) types(n *yaml.Node) []string {
	var all []string
	d.List(n, "type", 20, func(item *yaml.Node) {
		all = append(all, d.OneOf(item, "type", "text", "image", "audio", "video", "document", "sticker", "location",
			"contacts", "reaction", "interactive", "button", "order", "unsupported"))
	})
	return all
}
