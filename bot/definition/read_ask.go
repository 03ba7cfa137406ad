package definition

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/answer"
	"github.com/chattigo/api-isv/bot/expr"
)

// Ways in which an answer is read, beside the kinds of package answer.
const (
	AsChoice   = "choice"
	AsText     = "text"
	AsAny      = "any"
	AsLocation = "location"
	AsContacts = "contacts"
	AsForm     = "form"
)

// readings are all values of `as`.
func readings() []string {
	all := []string{AsChoice, AsText}
	for _, k := range answer.Kinds() {
		all = append(all, string(k))
	}
	return append(all, AsLocation, "image", "document", "audio", "video", AsContacts, AsForm, AsAny)
}

// maxCollect is how long a collected answer may be waited for.
const maxCollect = time.Minute

func (d *decoder) ask(n *yaml.Node) *Ask {
	a := &Ask{pos: place(d.key), As: AsChoice}
	if as := child(n, "as"); as != nil {
		a.As = d.oneOf(as, "as", readings()...) // first: expressions depend on it
		if a.As == string(answer.Date) && !d.names.Timezone {
			d.add(place(as), CodeTimezone, `a date needs the key timezone, such as "America/Santiago": when is tomorrow?`)
		}
	}
	at := expr.Site{Scope: expr.AnswerScope, Answer: ValueType(a.As)}
	d.object(n, "ask", fields{
		"as":      func(*yaml.Node) {}, // read already
		"choices": func(n *yaml.Node) { a.choices = d.choices(n) },
		"to":      func(n *yaml.Node) { a.to = d.target(n, "to", at) },
		"save":    func(n *yaml.Node) { a.Save = d.assignments(n, "save", at) },
		"reject":  func(n *yaml.Node) { a.Reject = d.rejections(n, at) },
		"retry":   func(n *yaml.Node) { a.Retry = d.retry(n) },
		"idle":    func(n *yaml.Node) { a.Idle = d.idle(n) },
		"collect": func(n *yaml.Node) { a.Collect = d.collect(n, a.As) },
	})
	if n.Kind == yaml.MappingNode && child(n, "choices") == nil && child(n, "to") == nil {
		d.add(a.pos, CodeMissingKey, "ask needs choices, to, or both")
	}
	return a
}

// valueType is the type of answer.value.
func ValueType(as string) expr.Type {
	switch as {
	case string(answer.Int):
		return expr.Int
	case string(answer.Number):
		return expr.Number
	case AsLocation, AsForm:
		return expr.Map
	case AsContacts:
		return expr.List
	}
	return expr.String
}

func (d *decoder) collect(n *yaml.Node, as string) time.Duration {
	wait := d.duration(n, "collect")
	if wait > maxCollect {
		d.add(place(n), CodeValue, "collect may be at most 60s: the contact is waiting for an answer")
	}
	if as != AsText && as != AsAny {
		d.add(place(n), CodeValue, "only as: text and as: any can be collected")
	}
	return wait
}

func (d *decoder) rejections(n *yaml.Node, at expr.Site) []Rejection {
	var all []Rejection
	d.list(n, "reject", maxBranches, func(item *yaml.Node) {
		var r Rejection
		d.object(item, "an item of reject", fields{
			"if":  func(n *yaml.Node) { r.When = d.expression(n, "if", at, expr.Bool) },
			"say": func(n *yaml.Node) { r.Say = d.say(n) },
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
	r := &retry{Repeat: true}
	d.object(n, "retry", fields{
		"max":    func(n *yaml.Node) { r.Max = d.integer(n, "max", 0, maxRetry) },
		"say":    func(n *yaml.Node) { r.Say = d.say(n) },
		"else":   func(n *yaml.Node) { r.To = d.ref(n, "else") },
		"repeat": func(n *yaml.Node) { r.Repeat = d.boolean(n, "repeat") },
	}, "max", "else")
	return r
}

func (d *decoder) idle(n *yaml.Node) []idleStep {
	var steps []idleStep
	d.list(n, "idle", maxIdle, func(item *yaml.Node) {
		s := idleStep{pos: place(item)}
		d.object(item, "an item of idle", fields{
			"after": func(n *yaml.Node) { s.After = d.duration(n, "after") },
			"say":   func(n *yaml.Node) { s.Say = d.say(n) },
			"to":    func(n *yaml.Node) { s.To = d.ref(n, "to") },
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
		if s.To.Name != "" && i < len(steps)-1 {
			d.add(s.pos, CodeIdle, "the exit (to) must be the last item of idle")
		}
		if i > 0 && s.After <= steps[i-1].After {
			d.add(s.pos, CodeIdle, "after must be later than that of the item before")
		}
		if s.After >= Window && slices.ContainsFunc(s.Say, func(m *Message) bool { return m.Body.Template == nil }) {
			d.add(s.pos, CodeIdle, "after 24 hours of silence WhatsApp takes only templates; say one, or let after be less than 24h")
		}
	}
}
