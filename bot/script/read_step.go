package script

import (
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
)

// steps reads the steps of a case. Names are known from the step that gives them on.
func (r *reader) steps(n *yaml.Node) []Step {
	var all []Step
	named := map[string]bool{}
	r.List(n, "steps", maxSteps, func(item *yaml.Node) {
		s := r.step(item)
		if s.Tap.From != "" && !named[s.Tap.From] {
			r.Add(item, CodeUnknownName, "no step before this one remembers a message as %q", s.Tap.From)
		}
		if s.Bot != nil && s.Bot.As != "" {
			named[s.Bot.As] = true
		}
		all = append(all, s)
	})
	return all
}

// step reads one step: an object with one key that says what it is. `json` may stand beside `call`.
func (r *reader) step(n *yaml.Node) Step {
	s := Step{Line: n.Line, Column: n.Column, Text: oneLine(n)}
	kinds := r.kinds(&s)
	fields := tree.Fields{"json": func(*yaml.Node) {}} // read with the call
	for kind, read := range kinds {
		fields[string(kind)] = func(value *yaml.Node) { s.Kind = kind; read(value) }
	}
	before := len(r.Problems)
	if r.Object(n, "a step", fields); len(r.Problems) > before {
		return s // what it is meant to be is not known
	}
	here := 0
	for kind := range kinds {
		if tree.Child(n, string(kind)) != nil {
			here++
		}
	}
	if here != 1 {
		r.Add(n, CodeStep, "a step has exactly one of its keys; write one step for each thing that happens")
		return s
	}
	if part := tree.Child(n, "json"); part != nil {
		r.callJSON(part, s.Call)
	}
	return s
}

func (r *reader) kinds(s *Step) map[StepKind]func(*yaml.Node) {
	return map[StepKind]func(*yaml.Node){
		StepUser:    func(n *yaml.Node) { s.Message = r.message(n) },
		StepTap:     func(n *yaml.Node) { s.Tap = r.tap(n) },
		StepWait:    func(n *yaml.Node) { s.Wait = r.Duration(n, "wait") },
		StepEcho:    func(n *yaml.Node) { s.Words, _ = r.Text(n, "echo") },
		StepResume:  func(n *yaml.Node) { r.mark(n, "resume") },
		StepClose:   func(n *yaml.Node) { s.Words = r.form(n, "close", nameForm, "a name, such as resolved") },
		StepBot:     func(n *yaml.Node) { s.Bot = r.said(n) },
		StepNone:    func(n *yaml.Node) { r.mark(n, "none") },
		StepCall:    func(n *yaml.Node) { s.Call = &Called{Target: r.target(n, "call")} },
		StepHandoff: func(n *yaml.Node) { s.Handoff = r.handedOff(n) },
		StepClosed:  func(n *yaml.Node) { s.Closed = r.closed(n) },
		StepState:   func(n *yaml.Node) { s.Words = r.state(n) },
		StepVars:    func(n *yaml.Node) { s.Vars = r.vars(n, aVariable) },
		StepKept:    func(n *yaml.Node) { s.Vars = r.vars(n, aKept) },
		StepError:   func(n *yaml.Node) { s.Failure = r.failure(n) },
	}
}

// mark reads the value of a step that has nothing to say: true.
func (r *reader) mark(n *yaml.Node, what string) {
	if !isTrue(n) {
		r.Add(n, tree.CodeValue, "%s must be true", what)
	}
}

func isTrue(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!bool" && string(tree.JSON(n)) == "true"
}

func (r *reader) tap(n *yaml.Node) (t Tap) {
	if tree.IsText(n) {
		r.name(aChoice, n)
		return Tap{ID: n.Value}
	}
	r.Object(n, "tap", tree.Fields{
		"id":   func(n *yaml.Node) { t.ID, _ = r.Text(n, "id"); r.name(aChoice, n) },
		"from": func(n *yaml.Node) { t.From, _ = r.Text(n, "from") },
	}, "id")
	return t
}

// said reads what a message must be: a text, a regular expression, `any`, or an object.
func (r *reader) said(n *yaml.Node) *Said {
	s := &Said{}
	if n.Kind != yaml.MappingNode {
		if text, ok := r.Text(n, "bot"); ok && text != "any" {
			s.Text = r.words(n, "bot")
		}
		return s
	}
	fields := tree.Fields{
		"state":   func(n *yaml.Node) { s.State = r.state(n) },
		"choices": func(n *yaml.Node) { s.Choices = r.choices(n) },
		"as":      func(n *yaml.Node) { s.As = r.form(n, "as", nameForm, "a name, such as old_list") },
	}
	for _, key := range bodyKeys {
		fields[key] = func(n *yaml.Node) { s.setBody(key, value(n)) }
	}
	fields["text"] = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode {
			s.setBody("text", value(n))
			return
		}
		s.Text = r.words(n, "text")
	}
	before := len(r.names)
	r.Object(n, "bot", fields)
	for i := before; i < len(r.names); i++ {
		r.names[i].state = s.State // wherever it stands
	}
	return s
}

// bodyKeys are the keys of a body of the Cloud API, beside text.
var bodyKeys = []string{
	"messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data",
	"recipient_identity_key_hash", "image", "audio", "video", "document", "sticker", "location", "contacts",
	"reaction", "interactive", "template",
}

func (s *Said) setBody(key string, v any) {
	if s.Body == nil {
		s.Body = map[string]any{}
	}
	s.Body[key] = v
}

func (r *reader) choices(n *yaml.Node) []string {
	ids := []string{}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		return ids // none at all
	}
	r.List(n, "choices", 200, func(item *yaml.Node) {
		if id, ok := r.Text(item, "a choice"); ok {
			r.name(aChoice, item)
			ids = append(ids, id)
		}
	})
	return ids
}

func (r *reader) words(n *yaml.Node, what string) *Words {
	text, ok := r.Text(n, what)
	if !ok {
		return nil
	}
	w, err := parseWords(text)
	if err != nil {
		r.Add(n, CodeRegexp, "%s: %s", what, err)
	}
	return w
}

func (r *reader) callJSON(n *yaml.Node, c *Called) {
	if c == nil {
		r.Add(n, CodeStep, "json stands beside call only")
		return
	}
	c.JSON = value(n)
}

func (r *reader) handedOff(n *yaml.Node) *HandedOff {
	h := &HandedOff{}
	if !isTrue(n) {
		r.Object(n, "handoff", tree.Fields{
			"to":   func(n *yaml.Node) { h.To = r.literally(aDesk, n, r.words(n, "to")) },
			"note": func(n *yaml.Node) { h.Note = r.words(n, "note") },
		})
	}
	return h
}

// failure reads what an error must say; true takes any.
func (r *reader) failure(n *yaml.Node) *Words {
	if isTrue(n) {
		return nil
	}
	if n.Tag == "!!bool" {
		r.Add(n, CodeStep, "error is true, or a part of the message; leave the step out where the bot must not fail")
		return nil
	}
	return r.words(n, "error")
}

func (r *reader) closed(n *yaml.Node) *Closed {
	c := &Closed{}
	if !isTrue(n) {
		r.Object(n, "closed", tree.Fields{
			"reason": func(n *yaml.Node) { c.Reason = r.literally(aReason, n, r.words(n, "reason")) },
			"notice": func(n *yaml.Node) { yes := r.Boolean(n, "notice"); c.Notice = &yes },
		})
	}
	return c
}

func (r *reader) vars(n *yaml.Node, what naming) map[string]any {
	vars := map[string]any{}
	r.Entries(n, what.key(), func(key, v *yaml.Node) {
		r.variable(what, key, v)
		vars[key.Value] = value(v)
	})
	return vars
}

// variable keeps the name of a variable and the value that it has, or has to have.
func (r *reader) variable(what naming, key, v *yaml.Node) {
	r.name(what, key)
	r.names[len(r.names)-1].value = value(v)
}

func (r *reader) state(n *yaml.Node) string {
	name, ok := r.Text(n, "state")
	if ok {
		r.name(aState, n)
	}
	return name
}

// value is what a node says, as JSON's values, numbers with their digits.
func value(n *yaml.Node) any { return decode(tree.JSON(n)) }
