package script

import (
	"encoding/json"
	"maps"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/tree"
)

var (
	digitsForm = regexp.MustCompile(`^[0-9]{5,20}$`)
	nameForm   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)
)

// setupFields are the keys that a file and a case have in common.
func (r *reader) setupFields(s *Setup) tree.Fields {
	return tree.Fields{
		"now":     func(n *yaml.Node) { s.Now = r.now(n, s.Now) },
		"contact": func(n *yaml.Node) { r.contact(n, &s.Contact) },
		"http": func(n *yaml.Node) {
			r.List(n, "http", maxMocks, func(item *yaml.Node) { s.Mocks = append(s.Mocks, r.mock(item)) })
		},
		"vars":       func(n *yaml.Node) { s.Vars = r.given(n, aVariable, s.Vars) },
		"kept":       func(n *yaml.Node) { s.Kept = r.given(n, aKept, s.Kept) },
		"loop_guard": func(n *yaml.Node) { s.LoopGuard = r.Boolean(n, "loop_guard") },
		"opted_out":  func(n *yaml.Node) { s.OptedOut = r.Boolean(n, "opted_out") },
	}
}

// given reads values of variables over those that are there already.
func (r *reader) given(n *yaml.Node, what naming, before map[string]json.RawMessage) map[string]json.RawMessage {
	all := maps.Clone(before)
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	r.Entries(n, what.key(), func(key, value *yaml.Node) {
		r.variable(what, key, value)
		all[key.Value] = tree.JSON(value)
	})
	return all
}

func (r *reader) now(n *yaml.Node, otherwise time.Time) time.Time {
	text, ok := r.Text(n, "now")
	if !ok {
		return otherwise
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		r.Add(n, tree.CodeValue, "now must be a time with its offset, such as 2026-03-10T10:00:00-03:00")
		return otherwise
	}
	return at
}

// contact reads over the contact that is there already. Whoever names one id has no other.
func (r *reader) contact(n *yaml.Node, c *bot.Contact) {
	var own bot.Contact
	r.Object(n, "contact", tree.Fields{
		"wa_id":   func(n *yaml.Node) { own.WaID = r.form(n, "wa_id", digitsForm, "5 to 20 digits") },
		"user_id": func(n *yaml.Node) { own.UserID, _ = r.Text(n, "user_id") },
		"name":    func(n *yaml.Node) { c.Name, _ = r.Text(n, "name") },
	})
	if own.WaID != "" || own.UserID != "" {
		c.WaID, c.UserID = own.WaID, own.UserID
	}
}

// form reads a text that has to look like something.
func (r *reader) form(n *yaml.Node, what string, form *regexp.Regexp, looks string) string {
	text, ok := r.Text(n, what)
	if ok && !form.MatchString(text) {
		r.Add(n, tree.CodeValue, "%s must be %s", what, looks)
	}
	return text
}

func (r *reader) mock(n *yaml.Node) Mock {
	m := Mock{Line: n.Line}
	var whole Answer
	fields := r.answerFields(&whole)
	fields["match"] = func(n *yaml.Node) { m.Target = r.target(n, "match") }
	fields["answers"] = func(n *yaml.Node) {
		r.List(n, "answers", 100, func(item *yaml.Node) {
			var a Answer
			r.Object(item, "an answer", r.answerFields(&a))
			m.Answers = append(m.Answers, r.whole(item, a))
		})
	}
	if !r.Object(n, "a mock", fields, "match") {
		return m
	}
	for _, key := range []string{"status", "json", "text", "error"} {
		if tree.Child(n, "answers") != nil && tree.Child(n, key) != nil {
			r.Add(n, tree.CodeValue, "a mock with answers has its %s there", key)
		}
	}
	if m.Answers == nil {
		m.Answers = []Answer{r.whole(n, whole)}
	}
	return m
}

func (r *reader) answerFields(a *Answer) tree.Fields {
	return tree.Fields{
		"status": func(n *yaml.Node) { a.Status = r.Integer(n, "status", 100, 599) },
		"json":   func(n *yaml.Node) { a.Body = string(tree.JSON(n)) },
		"text":   func(n *yaml.Node) { a.Body, _ = r.Text(n, "text") },
		"error":  func(n *yaml.Node) { a.Error = r.OneOf(n, "error", bot.CallTimeout, bot.CallConnection) },
	}
}

// whole checks that an answer makes sense, and fills in the status.
func (r *reader) whole(n *yaml.Node, a Answer) Answer {
	var has []string
	for _, key := range []string{"json", "text", "error"} {
		if tree.Child(n, key) != nil {
			has = append(has, key)
		}
	}
	if len(has) > 1 {
		r.Add(n, tree.CodeValue, "an answer has only one of json, text and error, not %s", strings.Join(has, " and "))
	}
	if a.Error != "" && a.Status != 0 {
		r.Add(n, tree.CodeValue, "an error has no status")
	}
	if a.Error == "" && a.Status == 0 {
		a.Status = 200
	}
	return a
}

func (r *reader) target(n *yaml.Node, what string) Target {
	text, ok := r.Text(n, what)
	if !ok {
		return Target{}
	}
	t, err := ParseTarget(text)
	if err != nil {
		r.Add(n, tree.CodeValue, "%s: %s", what, err)
		return t
	}
	r.name(map[string]naming{"match": aMock, "call": aCall}[what], n)
	return t
}
