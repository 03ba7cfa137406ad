package bot

import (
	"go.yaml.in/yaml/v3"
)

// Forms of names, as in the published schema of bot/v1.
const (
	slugForm     = `^[a-z0-9][a-z0-9-]{0,62}$`
	stateForm    = `^[a-z][a-z0-9_.]{0,63}$`
	reasonForm   = `^[a-z][a-z0-9_]{0,39}$`
	languageForm = `^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`
	zoneForm     = `^[A-Za-z][A-Za-z0-9_+/-]{0,63}$`
)

const (
	maxTriggers = 100
	maxShared   = 500
	maxSay      = 10
	maxRetry    = 10
	maxIdle     = 5
	maxTexts    = 200 // texts, words or ids in one trigger
)

// definition reads the whole tree. `messages` and `reply_ids` come first, because what
// follows depends on them wherever they stand.
func (d *decoder) definition(root *yaml.Node) *Bot {
	b := &Bot{states: map[string]*state{}}
	d.used = map[string]bool{}
	if shared := child(root, "messages"); shared != nil {
		d.readShared(shared)
	}
	d.object(root, "the bot", fields{
		"bot":       func(n *yaml.Node) { d.oneOf(n, "bot", "v1") },
		"name":      func(n *yaml.Node) { b.name = d.word(n, "name", slugForm) },
		"languages": func(n *yaml.Node) { b.languages = d.languages(n) },
		"timezone":  func(n *yaml.Node) { d.word(n, "timezone", zoneForm) },
		"start":     func(n *yaml.Node) { b.start = d.ref(n, "start").name },
		"messages":  func(*yaml.Node) {}, // read already
		"triggers":  func(n *yaml.Node) { b.triggers = d.triggers(n) },
		"defaults":  func(n *yaml.Node) { b.defaults = d.defaults(n) },
		"reply_ids": func(n *yaml.Node) { b.raw = d.oneOf(n, "reply_ids", "tagged", "raw") == "raw" },
		"limits":    func(n *yaml.Node) { b.maxTurns = d.limits(n) },
		"states":    func(n *yaml.Node) { d.states(n, b) },
		"vars":      d.later("vars"),
		"hours":     d.later("hours"),
		"strings":   d.later("strings"),
		"optout":    d.later("optout"),
	}, "bot", "name", "start", "states")
	return b
}

// child is the value of a key; nil when it is not there.
func child(n *yaml.Node, name string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func (d *decoder) languages(n *yaml.Node) []string {
	var all []string
	d.list(n, "languages", 20, func(item *yaml.Node) {
		all = append(all, d.word(item, "a language", languageForm))
	})
	return all
}

func (d *decoder) limits(n *yaml.Node) (turns int) {
	d.object(n, "limits", fields{
		"turns":    func(n *yaml.Node) { turns = d.integer(n, "turns", 1, 1_000_000) },
		"lifetime": d.later("limits.lifetime"),
	})
	return turns
}

func (d *decoder) defaults(n *yaml.Node) defaults {
	var v defaults
	d.object(n, "defaults", fields{
		"retry": func(n *yaml.Node) { v.retry = d.retry(n) },
		"idle":  func(n *yaml.Node) { v.idle = d.idle(n) },
		"stale": func(n *yaml.Node) { v.stale = d.sayOnly(n, "stale") },
		"close": func(n *yaml.Node) { v.close = d.sayOnly(n, "close") },
		"error": func(n *yaml.Node) { v.err = d.ref(n, "error") },
	})
	return v
}

func (d *decoder) sayOnly(n *yaml.Node, what string) []message {
	var say []message
	d.object(n, what, fields{"say": func(n *yaml.Node) { say = d.say(n) }}, "say")
	return say
}

func (d *decoder) states(n *yaml.Node, b *Bot) {
	if len(n.Content)/2 > maxStates {
		d.add(place(n), CodeTooLarge, "a bot may have at most %d states", maxStates)
		return
	}
	d.entries(n, "states", func(key, value *yaml.Node) {
		d.word(key, "the name of a state", stateForm)
		b.states[key.Value] = d.state(key, value)
		b.order = append(b.order, key.Value)
	})
}

func (d *decoder) state(key, n *yaml.Node) *state {
	s := &state{name: key.Value, pos: place(key)}
	before, exits := len(d.problems), 0
	exit := func(read field) field {
		return func(n *yaml.Node) {
			exits++
			if exits == 2 {
				d.add(place(d.key), CodeTwoExits, "state %q has more than one exit; it may have one of ask, goto and close", s.name)
			}
			read(n)
		}
	}
	d.object(n, "a state", fields{
		"about":   func(n *yaml.Node) { d.text(n, "about") },
		"say":     func(n *yaml.Node) { s.say = d.say(n) },
		"ask":     exit(func(n *yaml.Node) { s.ask = d.ask(n) }),
		"goto":    exit(func(n *yaml.Node) { s.goTo = d.target(n, "goto") }),
		"close":   exit(func(n *yaml.Node) { s.close = d.closing(n) }),
		"run":     exit(d.later("run")),
		"return":  exit(d.later("return")),
		"handoff": exit(d.later("handoff")),
		"set":     d.later("set"),
		"call":    d.later("call"),
	})
	s.broken = len(d.problems) > before
	if n.Kind == yaml.MappingNode && exits == 0 {
		s.broken = true
		d.add(place(key), CodeNoExit, "state %q has no exit; it needs one of ask, goto and close", s.name)
	}
	return s
}

// target reads where to go on: one state. Branches with conditions come later.
func (d *decoder) target(n *yaml.Node, what string) ref {
	if n.Kind == yaml.SequenceNode {
		d.unsupported(place(n), what+" with conditions")
		return ref{}
	}
	return d.ref(n, what)
}

func (d *decoder) closing(n *yaml.Node) *closing {
	c := &closing{notice: true}
	d.object(n, "close", fields{
		"reason": func(n *yaml.Node) { c.reason = d.word(n, "reason", reasonForm) },
		"notice": func(n *yaml.Node) { c.notice = d.boolean(n, "notice") },
	}, "reason")
	return c
}
