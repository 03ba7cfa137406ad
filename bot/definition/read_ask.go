package definition

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/answer"
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// How an answer is read (`as`), beside the kinds of package answer and the types of media.
const (
	AsChoice   = "choice"   // a tap on a button or row, or its title typed
	AsText     = "text"     // any typed text
	AsAny      = "any"      // any message
	AsLocation = "location" // a shared location
	AsContacts = "contacts" // shared contacts
	AsForm     = "form"     // a form that was filled in: a Flow, an address or a payment
)

// asValues are all values of `as`, in the order in which a problem lists them.
var asValues = slices.Concat(
	[]string{AsChoice, AsText}, kindNames(answer.Kinds()),
	[]string{AsLocation, "image", "document", "audio", "video", AsContacts, AsForm, AsAny},
)

func kindNames(kinds []answer.Kind) []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return names
}

// maxCollect is how long the bot may wait for more of an answer: the contact waits too.
const maxCollect = time.Minute

func (d botReader) ask(at tree.Place, n *yaml.Node) *Ask {
	a := &Ask{place: at, As: AsChoice}
	if as := tree.Child(n, "as"); as != nil {
		a.As = d.OneOf(as, "as", asValues...) // first: expressions depend on it
		if a.As == string(answer.Date) && !d.names.Timezone {
			d.Add(as, CodeTimezone, `a date needs the key timezone, such as "America/Santiago": when is tomorrow?`)
		}
	}
	var saved *yaml.Node
	site := expr.Site{Scope: expr.AnswerScope, Answer: ValueType(a.As)}
	d.Object(n, "ask", tree.Fields{
		"as":      func(*yaml.Node) {}, // read already
		"choices": func(n *yaml.Node) { a.choices = d.choices(n) },
		"to":      func(n *yaml.Node) { a.to = d.target(n, "to", site) },
		"save":    func(n *yaml.Node) { a.Save = d.assignments(n, "save", site); saved = n },
		"reject":  func(n *yaml.Node) { a.Reject = d.rejections(n, site) },
		"retry":   func(n *yaml.Node) { a.Retry = d.retry(n, site) },
		"idle":    func(n *yaml.Node) { a.Idle = d.idle(n) },
		"collect": func(n *yaml.Node) { a.Collect = d.collect(n, a.As) },
	})
	d.checkFits(a, saved)
	if n.Kind == yaml.MappingNode && !d.Has(n, "choices") && !d.Has(n, "to") {
		d.AddAt(a.place, CodeMissingKey, "ask needs choices, to, or both")
	}
	return a
}

// longestText is how many characters a contact may write in one message.
const longestText = 4096

// checkFits warns of a typed answer that is saved whole in a variable that may be too small for it. Where
// answers are rejected, it is up to the author which.
func (d botReader) checkFits(a *Ask, saved *yaml.Node) {
	if saved == nil || len(a.Reject) > 0 || a.As != AsText && a.As != AsAny {
		return
	}
	for _, s := range a.Save {
		value := tree.Child(saved, s.Name)
		if name := strings.TrimSpace(value.Value); s.Most > 0 && s.Most < longestText && (name == "answer.value" || name == "answer.text") {
			d.WarnAt(tree.PlaceOf(value), CodeExpression,
				"an answer of more than %d characters (max) would end the chat in an error here; write slice(%s, 0, %[1]d), or refuse it with reject, if: size(%[2]s) > %[1]d", s.Most, name)
		}
	}
}

// ValueType is the type that answer.value has in expressions for a value of `as`.
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

func (d botReader) collect(n *yaml.Node, as string) time.Duration {
	wait := d.Duration(n, "collect")
	if wait > maxCollect {
		d.Add(n, CodeValue, "collect may be at most 60s: the contact is waiting for an answer")
	}
	if as != AsText && as != AsAny {
		d.Add(n, CodeValue, "only as: text and as: any can be collected")
	}
	return wait
}

func (d botReader) rejections(n *yaml.Node, at expr.Site) []Rejection {
	var all []Rejection
	d.List(n, "reject", maxBranches, func(item *yaml.Node) {
		var r Rejection
		d.Object(item, "an item of reject", tree.Fields{
			"if":  func(n *yaml.Node) { r.When = d.expression(n, "if", at, expr.Bool) },
			"say": func(n *yaml.Node) { r.Say = d.sayAt(at, n) },
		}, "if", "say")
		all = append(all, r)
	})
	return all
}

// retry reads what happens to an answer that is none. Its words see what is known of it: at is where
// they stand.
func (d botReader) retry(n *yaml.Node, at expr.Site) *Retry {
	r := &Retry{Repeat: true}
	d.Object(n, "retry", tree.Fields{
		"max":    func(n *yaml.Node) { r.Max = d.Integer(n, "max", 0, maxRetry) },
		"say":    func(n *yaml.Node) { r.Say = d.sayAt(at, n) },
		"else":   func(n *yaml.Node) { r.To = d.ref(n, "else") },
		"repeat": func(n *yaml.Node) { r.Repeat = d.Boolean(n, "repeat") },
	}, "max", "else")
	return r
}

func (d botReader) idle(n *yaml.Node) []IdleStep {
	var steps []IdleStep
	d.List(n, "idle", maxIdle, func(item *yaml.Node) {
		s := IdleStep{place: tree.PlaceOf(item)}
		d.Object(item, "an item of idle", tree.Fields{
			"after": func(n *yaml.Node) { s.After = d.Duration(n, "after") },
			"say":   func(n *yaml.Node) { s.Say = d.say(n) },
			"to":    func(n *yaml.Node) { s.To = d.ref(n, "to") },
		}, "after")
		if say, to := d.Has(item, "say"), d.Has(item, "to"); item.Kind == yaml.MappingNode && say == to {
			d.AddAt(s.place, CodeIdle, "an item of idle has either say or to")
		}
		steps = append(steps, s)
	})
	d.checkIdle(steps)
	return steps
}

// checkIdle refuses reminders that are out of order, too late for WhatsApp's window, or behind the
// exit.
func (d botReader) checkIdle(steps []IdleStep) {
	for i, s := range steps {
		if s.To.Name != "" && i < len(steps)-1 {
			d.AddAt(s.place, CodeIdle, "the exit (to) must be the last item of idle")
		}
		if i > 0 && s.After > 0 && s.After <= steps[i-1].After {
			d.AddAt(s.place, CodeIdle, "after must be later than that of the item before")
		}
		if s.After >= Window && slices.ContainsFunc(s.Say, func(m *Message) bool { return m.Body.Template == nil }) {
			d.AddAt(s.place, CodeIdle, "after 24 hours of silence WhatsApp takes only templates; say one, or let after be less than 24h")
		}
	}
}
