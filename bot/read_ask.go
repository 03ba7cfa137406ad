package bot

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/answer"
	"github.com/chattigo/api-isv/bot/expr"
)

// Ways in which an answer is read, beside the kinds of package answer.
const (
	asChoice   = "choice"
	asText     = "text"
	asAny      = "any"
	asLocation = "location"
	asContacts = "contacts"
	asForm     = "form"
)

// readings are all values of `as`.
func readings() []string {
	all := []string{asChoice, asText}
	for _, k := range answer.Kinds() {
		all = append(all, string(k))
	}
	return append(all, asLocation, "image", "document", "audio", "video", asContacts, asForm, asAny)
}

// maxCollect is how long a collected answer may be waited for.
const maxCollect = time.Minute

func (d *decoder) ask(n *yaml.Node) *ask {
	a := &ask{pos: place(d.key), as: asChoice}
	if as := child(n, "as"); as != nil {
		a.as = d.oneOf(as, "as", readings()...) // first: expressions depend on it
		if a.as == string(answer.Date) && !d.names.Timezone {
			d.add(place(as), CodeTimezone, `a date needs the key timezone, such as "America/Santiago": when is tomorrow?`)
		}
	}
	at := expr.Site{Scope: expr.AnswerScope, Answer: valueType(a.as)}
	d.object(n, "ask", fields{
		"as":      func(*yaml.Node) {}, // read already
		"choices": func(n *yaml.Node) { a.choices = d.choices(n) },
		"to":      func(n *yaml.Node) { a.to = d.target(n, "to", at) },
		"save":    func(n *yaml.Node) { a.save = d.assignments(n, "save", at) },
		"reject":  func(n *yaml.Node) { a.reject = d.rejections(n, at) },
		"retry":   func(n *yaml.Node) { a.retry = d.retry(n) },
		"idle":    func(n *yaml.Node) { a.idle = d.idle(n) },
		"collect": func(n *yaml.Node) { a.collect = d.collect(n, a.as) },
	})
	if n.Kind == yaml.MappingNode && child(n, "choices") == nil && child(n, "to") == nil {
		d.add(a.pos, CodeMissingKey, "ask needs choices, to, or both")
	}
	return a
}

// valueType is the type of answer.value.
func valueType(as string) expr.Type {
	switch as {
	case string(answer.Int):
		return expr.Int
	case string(answer.Number):
		return expr.Number
	case asLocation, asForm:
		return expr.Map
	case asContacts:
		return expr.List
	}
	return expr.String
}

func (d *decoder) collect(n *yaml.Node, as string) time.Duration {
	wait := d.duration(n, "collect")
	if wait > maxCollect {
		d.add(place(n), CodeValue, "collect may be at most 60s: the contact is waiting for an answer")
	}
	if as != asText && as != asAny {
		d.add(place(n), CodeValue, "only as: text and as: any can be collected")
	}
	return wait
}

func (d *decoder) rejections(n *yaml.Node, at expr.Site) []rejection {
	var all []rejection
	d.list(n, "reject", maxBranches, func(item *yaml.Node) {
		var r rejection
		d.object(item, "an item of reject", fields{
			"if":  func(n *yaml.Node) { r.when = d.expression(n, "if", at, expr.Bool) },
			"say": func(n *yaml.Node) { r.say = d.say(n) },
		}, "if", "say")
		all = append(all, r)
	})
	return all
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
		if say, to := child(item, "say") != nil, child(item, "to") != nil; item.Kind == yaml.MappingNode && say == to {
			d.add(s.pos, CodeIdle, "an item of idle has either say or to")
		}
		steps = append(steps, s)
	})
	d.checkIdle(steps)
	return steps
}

// checkIdle sees to it that reminders come in order and that nothing comes after the exit.
func (d *decoder) checkIdle(steps []idleStep) {
	for i, s := range steps {
		if s.to.name != "" && i < len(steps)-1 {
			d.add(s.pos, CodeIdle, "the exit (to) must be the last item of idle")
		}
		if i > 0 && s.after <= steps[i-1].after {
			d.add(s.pos, CodeIdle, "after must be later than that of the item before")
		}
		if s.after >= window && slices.ContainsFunc(s.say, func(m *message) bool { return m.send.Template == nil }) {
			d.add(s.pos, CodeIdle, "after 24 hours of silence WhatsApp takes only templates; say one, or let after be less than 24h")
		}
	}
}
