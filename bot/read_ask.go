package bot

import (
	"regexp"
	"regexp/syntax"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/chattigo/api-isv/bot/fold"
)

func (d *decoder) ask(n *yaml.Node) *ask {
	a := &ask{pos: place(d.key)}
	d.object(n, "ask", fields{
		"as":      func(n *yaml.Node) { d.reading(n) },
		"choices": func(n *yaml.Node) { a.choices = d.choices(n) },
		"to":      func(n *yaml.Node) { a.to = d.target(n, "to") },
		"retry":   func(n *yaml.Node) { a.retry = d.retry(n) },
		"idle":    func(n *yaml.Node) { a.idle = d.idle(n) },
		"save":    d.later("ask.save"),
		"reject":  d.later("ask.reject"),
		"collect": d.later("ask.collect"),
	})
	if n.Kind == yaml.MappingNode && child(n, "choices") == nil && child(n, "to") == nil {
		d.add(a.pos, CodeMissingKey, "ask needs choices, to, or both")
	}
	return a
}

// reading reads how an answer is understood.
func (d *decoder) reading(n *yaml.Node) {
	as := d.oneOf(n, "as", "choice", "text", "int", "number", "date", "time", "email", "phone", "rut", "dni", "cuit",
		"cpf", "cnpj", "curp", "rfc", "location", "image", "document", "audio", "video", "contacts", "form", "any")
	if as != "" && as != "choice" {
		d.unsupported(place(n), "as: "+as)
	}
}

func (d *decoder) choices(n *yaml.Node) []choice {
	var all []choice
	d.entries(n, "choices", func(key, value *yaml.Node) {
		all = append(all, choice{id: key.Value, pos: place(key), to: d.ref(value, "a choice")})
	})
	return all
}

func (d *decoder) retry(n *yaml.Node) *retry {
	r := &retry{repeat: true}
	d.object(n, "retry", fields{
		"max":    func(n *yaml.Node) { r.max = d.integer(n, "max", 0, maxRetry) },
		"say":    func(n *yaml.Node) { r.say = d.say(n) },
		"else":   func(n *yaml.Node) { r.to = d.ref(n, "else") },
		"repeat": func(n *yaml.Node) { r.repeat = d.boolean(n, "repeat") },
	}, "max", "else")
	return r
}

func (d *decoder) idle(n *yaml.Node) []idleStep {
	var steps []idleStep
	d.list(n, "idle", maxIdle, func(item *yaml.Node) {
		s := idleStep{pos: place(item)}
		d.object(item, "an item of idle", fields{
			"after": func(n *yaml.Node) { s.after = d.duration(n, "after") },
			"say":   func(n *yaml.Node) { s.say = d.say(n) },
			"to":    func(n *yaml.Node) { s.to = d.ref(n, "to") },
		}, "after")
		steps = append(steps, s)
	})
	d.checkIdle(steps)
	return steps
}

// checkIdle sees to it that reminders come in order and that nothing comes after the exit.
func (d *decoder) checkIdle(steps []idleStep) {
	const window = 24 * time.Hour
	for i, s := range steps {
		if (len(s.say) > 0) == (s.to.name != "") {
			d.add(s.pos, CodeIdle, "an item of idle has either say or to")
		}
		if s.to.name != "" && i < len(steps)-1 {
			d.add(s.pos, CodeIdle, "the exit (to) must be the last item of idle")
		}
		if i > 0 && s.after <= steps[i-1].after {
			d.add(s.pos, CodeIdle, "after must be later than that of the item before")
		}
		if s.after >= window {
			d.add(s.pos, CodeIdle, "after 24 hours of silence WhatsApp takes only templates; after must be less than 24h")
		}
	}
}

func (d *decoder) triggers(n *yaml.Node) []trigger {
	var all []trigger
	d.list(n, "triggers", maxTriggers, func(item *yaml.Node) {
		all = append(all, d.trigger(item))
	})
	return all
}

func (d *decoder) trigger(n *yaml.Node) trigger {
	g := trigger{pos: place(n), words: map[string][][]string{}}
	conditions := 0
	condition := func(read field) field {
		return func(n *yaml.Node) { conditions++; read(n) }
	}
	d.object(n, "a trigger", fields{
		"text":      condition(func(n *yaml.Node) { d.triggerText(n, &g) }),
		"choice":    condition(func(n *yaml.Node) { g.choice = d.triggerChoice(n) }),
		"type":      condition(func(n *yaml.Node) { g.types = d.triggerTypes(n) }),
		"first":     condition(func(n *yaml.Node) { g.first = d.triggerFirst(n) }),
		"referral":  condition(d.later("referral")),
		"if":        condition(d.later("if")),
		"interrupt": func(n *yaml.Node) { g.interrupt = d.boolean(n, "interrupt") },
		"to":        func(n *yaml.Node) { g.to = d.ref(n, "to") },
	}, "to")
	if n.Kind == yaml.MappingNode && conditions == 0 {
		d.add(g.pos, CodeTrigger, "a trigger needs at least one of text, choice, type and first")
	}
	return g
}

func (d *decoder) triggerText(n *yaml.Node, g *trigger) {
	d.object(n, "text", fields{
		"any": func(n *yaml.Node) {
			for _, text := range d.foldable(n, "any") {
				g.any = append(g.any, fold.Text(text))
			}
		},
		"words": func(n *yaml.Node) {
			for _, text := range d.foldable(n, "words") {
				phrase := fold.Words(fold.Text(text))
				g.words[phrase[0]] = append(g.words[phrase[0]], phrase)
			}
		},
		"matches": func(n *yaml.Node) { g.matches = d.regexp(n) },
	})
	if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		d.add(place(n), CodeTrigger, "text needs at least one of any, words and matches")
	}
}

// foldable reads texts that are compared folded; one that folds to nothing can never match.
func (d *decoder) foldable(n *yaml.Node, what string) []string {
	var all []string
	d.list(n, what, maxTexts, func(item *yaml.Node) {
		text, ok := d.text(item, "an item of "+what)
		if !ok {
			return
		}
		if fold.Text(text) == "" {
			d.add(place(item), CodeTrigger, "an item of %s needs a letter or a digit", what)
			return
		}
		all = append(all, text)
	})
	return all
}

// Bounds of regular expressions. Matching takes time in proportion to instructions and
// text: 2,000 over 4,096 characters, twice, are some 0.2 s at worst.
const (
	maxRegexp       = 200  // characters of one
	maxInstructions = 2000 // of all in a definition
)

func (d *decoder) regexp(n *yaml.Node) *regexp.Regexp {
	text, ok := d.text(n, "matches")
	if !ok {
		return nil
	}
	if len([]rune(text)) > maxRegexp {
		d.add(place(n), CodeRegexp, "matches may have at most %d characters", maxRegexp)
		return nil
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		d.add(place(n), CodeRegexp, "matches is not a regular expression (RE2): %s", err.Error())
		return nil
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err == nil {
		d.instructions += len(prog.Inst)
	}
	if err != nil || d.instructions > maxInstructions {
		d.add(place(n), CodeRegexp, "the regular expressions of this bot are too large; use fewer or smaller repetitions")
		return nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		d.add(place(n), CodeRegexp, "matches is not a regular expression (RE2)")
	}
	return re
}

func (d *decoder) triggerChoice(n *yaml.Node) []string { return d.texts(n, "choice", maxTexts) }

func (d *decoder) triggerTypes(n *yaml.Node) []string {
	var all []string
	d.list(n, "type", 20, func(item *yaml.Node) {
		all = append(all, d.oneOf(item, "type", "text", "image", "audio", "video", "document", "sticker", "location",
			"contacts", "reaction", "interactive", "button", "order", "unsupported"))
	})
	return all
}

func (d *decoder) triggerFirst(n *yaml.Node) bool {
	first := d.boolean(n, "first")
	if !first {
		d.add(place(n), CodeTrigger, "first can only be true")
	}
	return first
}
