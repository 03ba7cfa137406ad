package definition

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hint"
	"github.com/chattigo/api-isv/bot/tree"
)

// How many items a definition may have, as in the published schema of bot/v1.
const (
	maxTriggers = 100
	maxShared   = 500 // under `messages`
	maxSay      = 10  // messages in one list
	maxRetry    = 10  // retries of a question
	maxIdle     = 5   // steps of a question
	maxTexts    = 200 // texts, words or ids in one trigger
)

// botReader reads a whole definition: its states and questions, and what is not of any state.
type botReader struct{ *messageReader }

// definition reads the whole tree. What others depend on comes first, wherever it stands: the
// names that expressions may use, then `messages`.
func (d botReader) definition(root *yaml.Node) *Bot {
	b := &Bot{states: map[string]*State{}}
	d.readNames(root, b)
	if shared := tree.Child(respelt(root), "messages"); shared != nil {
		d.readShared(shared)
	}
	read := func(*yaml.Node) {} // by readNames and readShared
	d.Object(root, "the bot", tree.Fields{
		"bot":       func(n *yaml.Node) { d.OneOf(n, "bot", "v1") },
		"name":      func(n *yaml.Node) { b.Name = d.word(n, "name", slugForm) },
		"languages": read,
		"timezone":  read,
		"vars":      read,
		"data":      read,
		"hours":     read,
		"strings":   read,
		"messages":  read,
		"start":     func(n *yaml.Node) { b.Start = d.ref(n, "start") },
		"triggers":  func(n *yaml.Node) { b.Triggers = (&triggerReader{decoder: d.decoder}).triggers(n) },
		"defaults":  func(n *yaml.Node) { b.Defaults = d.defaults(n) },
		"optout":    func(n *yaml.Node) { b.Optout = d.optout(tree.PlaceOf(tree.FindKey(root, "optout")), n) },
		"reply_ids": func(n *yaml.Node) { b.RawReplyIDs = d.OneOf(n, "reply_ids", "tagged", "raw") == "raw" },
		"limits":    func(n *yaml.Node) { b.Limits = d.limits(n) },
		"states":    func(n *yaml.Node) { d.states(n, b) },
		"migrate":   d.later(root, "migrate", "moving running chats to another version (migrate)"),
		"rollout":   d.later(root, "rollout", "percent roll-out"),
	}, "bot", "name", "start", "states")
	return b
}

// parts are the keys of a definition on which others depend.
var parts = []string{"languages", "timezone", "vars", "data", "strings", "hours", "messages"}

// respelt is a definition in which the keys of these parts are as they were meant: a misspelt one is
// reported where all keys are read, and not again for all that depends on it.
func respelt(root *yaml.Node) *yaml.Node {
	missing := slices.DeleteFunc(slices.Clone(parts), func(part string) bool { return tree.Child(root, part) != nil })
	if root.Kind != yaml.MappingNode || len(missing) == 0 {
		return root
	}
	meant, names := *root, hint.NewNames(missing)
	meant.Content = slices.Clone(root.Content)
	for i := 0; i+1 < len(meant.Content); i += 2 {
		key := *meant.Content[i]
		if name := names.Meant(key.Value); name != "" && homes[key.Value] != theBot {
			key.Value = name
			meant.Content[i] = &key
		}
	}
	return &meant
}

// readNames reads what expressions may name, and makes the compiler of expressions.
func (d botReader) readNames(root *yaml.Node, b *Bot) {
	r := nameReader{d.decoder}
	root = respelt(root)
	d.names.Timezone = tree.Child(root, "timezone") != nil // a bad one is reported once
	var data *expr.Data
	for _, part := range []struct {
		name string
		read func(*yaml.Node)
	}{
		{"languages", func(n *yaml.Node) { b.Languages = r.languages(n) }},
		{"timezone", func(n *yaml.Node) { b.Zone = r.timezone(n) }},
		{"vars", func(n *yaml.Node) { r.vars(n, b) }},
		{"data", func(n *yaml.Node) { data = r.data(n) }},
		{"strings", func(n *yaml.Node) { b.Strings = r.strings(n, b.Languages) }},
		{"hours", func(n *yaml.Node) { b.Hours = r.hours(n, b.Zone) }},
	} {
		if n := tree.Child(root, part.name); n != nil {
			part.read(n)
		}
	}
	d.names = expr.Names{
		Vars:     b.Vars,
		Most:     b.Most,
		Data:     data,
		Strings:  func(key string) bool { return b.Strings[key] != nil },
		Hours:    func(name string) bool { return b.Hours[name] != nil },
		Timezone: d.names.Timezone,
		Unproven: d.stored,
	}
	d.likeVars = hint.NewNames(slices.Collect(maps.Keys(b.Vars)))
	d.likeStrings = hint.NewNames(slices.Collect(maps.Keys(b.Strings)))
	d.likeHours = hint.NewNames(slices.Collect(maps.Keys(b.Hours)))
	env, err := expr.New(d.names)
	if err != nil {
		d.Add(root, CodeExpression, "the variables cannot be used in expressions: %s", err.Error())
		return
	}
	d.env = env
}

func (d botReader) limits(n *yaml.Node) (l Limits) {
	d.Object(n, "limits", tree.Fields{
		"turns": func(n *yaml.Node) { l.Turns = d.Integer(n, "turns", 1, 1_000_000) },
		"lifetime": func(n *yaml.Node) {
			if l.Lifetime = d.Duration(n, "lifetime"); l.Lifetime > MaxLifetime {
				d.Add(n, CodeValue, "lifetime may be at most 7d: no conversation lasts longer")
			}
		},
	})
	return l
}

func (d botReader) defaults(n *yaml.Node) Defaults {
	var v Defaults
	d.Object(n, "defaults", tree.Fields{
		"retry": func(n *yaml.Node) { v.retry = d.retry(n, expr.Site{Scope: expr.AnswerScope, Answer: expr.String}) },
		"idle":  func(n *yaml.Node) { v.idle = d.idle(n) },
		"stale": func(n *yaml.Node) { v.Stale = d.sayOnly(n, "stale") },
		"close": func(n *yaml.Node) { v.Close = d.sayOnly(n, "close") },
		"error": func(n *yaml.Node) { v.Error = d.ref(n, "error") },
	})
	return v
}

// sayOnly reads an object whose only key is `say`.
func (d botReader) sayOnly(n *yaml.Node, what string) []*Message {
	var say []*Message
	d.Object(n, what, tree.Fields{"say": func(n *yaml.Node) { say = d.say(n) }}, "say")
	return say
}

func (d botReader) optout(at tree.Place, n *yaml.Node) Optout {
	o := Optout{place: at}
	d.Object(n, "optout", tree.Fields{
		"words": func(n *yaml.Node) { o.Words = d.folded(n, "words") },
		"optin": func(n *yaml.Node) { o.Optin = d.folded(n, "optin") },
		"say":   func(n *yaml.Node) { o.Say = d.say(n) },
	}, "words")
	return o
}
