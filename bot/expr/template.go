package expr

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"

	"cel.dev/cel-go/common/types"
)

// Template is a compiled text with ${…} in it, safe for concurrent use.
type Template struct {
	parts []part
}

// part is words, an expression or the name of a secret.
type part struct {
	words  string
	expr   *Expr
	secret string
}

// Part is a piece of a rendered header: a text, or the name of a secret to put there.
type Part struct {
	Text   string `json:"text,omitempty"`
	Secret string `json:"secret,omitempty"`
}

// Template checks a text with ${…} in it and makes it ready; it is nil when there are
// problems. The two characters ${ themselves are written $${.
func (e *Env) Template(text string, at Site) (*Template, []Problem) {
	return e.template(text, at, false)
}

// Header is Template for a header of a call, where ${secret.name} is allowed.
func (e *Env) Header(text string, at Site) (*Template, []Problem) {
	return e.template(text, at, true)
}

// secretName is what stands between the braces of ${secret.name}.
var secretName = regexp.MustCompile(`^\s*secret\.([a-z][a-z0-9_]{0,39})\s*$`)

func (e *Env) template(text string, at Site, secrets bool) (*Template, []Problem) {
	pieces, problem := scan(text)
	if problem != nil {
		return nil, []Problem{*problem}
	}
	t := &Template{}
	var problems []Problem
	for _, p := range pieces {
		if !p.isExpr {
			t.parts = append(t.parts, part{words: p.text})
			continue
		}
		if name := secretName.FindStringSubmatch(p.text); secrets && name != nil {
			t.parts = append(t.parts, part{secret: name[1]})
			continue
		}
		x, found := e.Compile(p.text, at, Any)
		for _, f := range found {
			f.Offset += p.offset
			problems = append(problems, f)
		}
		t.parts = append(t.parts, part{expr: x})
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return t, nil
}

// Static is the text itself when there is no expression in it.
func (t *Template) Static() (string, bool) {
	for _, p := range t.parts {
		if p.expr != nil || p.secret != "" {
			return "", false
		}
	}
	return t.Literal(), true
}

// Whole says whether the text is exactly one ${…}, whose value keeps its type.
func (t *Template) Whole() bool { return len(t.parts) == 1 && t.parts[0].expr != nil }

// Type is what a Whole gives: "string", "int", "double", "bool", "list", "map", "timestamp",
// "duration", "null", or "dyn" when only evaluation shows it. Any other text is a "string".
func (t *Template) Type() string {
	if !t.Whole() {
		return "string"
	}
	return t.parts[0].expr.kind
}

// Literal is the text without its expressions: the least that it will hold.
func (t *Template) Literal() string { return t.Outline("") }

// Outline is the text with a stand-in for each expression and secret.
func (t *Template) Outline(standIn string) string {
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.words)
		if p.expr != nil || p.secret != "" {
			b.WriteString(standIn)
		}
	}
	return b.String()
}

// JSON renders the text: a Whole as its value, anything else as a string.
func (t *Template) JSON(v *Values) (json.RawMessage, error) {
	if t.Whole() {
		val, err := t.parts[0].expr.Eval(v)
		if err != nil {
			return nil, err
		}
		return v.json(val, true)
	}
	text, err := t.Text(v)
	if err != nil {
		return nil, err
	}
	return v.json(types.String(text), false)
}

// Text renders the text as a text. What an expression gives is never looked at again: a ${ in
// it is two characters.
func (t *Template) Text(v *Values) (string, error) {
	if text, ok := t.Static(); ok {
		return text, nil
	}
	return t.render(v, func(given string) string { return given })
}

// URL renders an address. What an expression gives is escaped whole, so that it can be a piece
// of a path or of a query and nothing else: no /, ? or & of a contact's means anything.
func (t *Template) URL(v *Values) (string, error) { return t.render(v, Escape) }

// render writes the text with what its expressions give, changed by a function.
func (t *Template) render(v *Values, change func(string) string) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		text, err := p.text(v)
		if err != nil {
			return "", err
		}
		if p.expr != nil {
			text = change(text)
		}
		b.WriteString(text)
		if b.Len() > maxText {
			return "", ErrSize
		}
	}
	return b.String(), nil
}

// Partial is Text for what is better said in part than not at all: where an expression fails
// stands a question mark. The error is that of the first.
func (t *Template) Partial(v *Values) (text string, err error) {
	var b strings.Builder
	for _, p := range t.parts {
		one, failed := p.text(v)
		if failed == nil && b.Len()+len(one) > maxText {
			failed = ErrSize
		}
		if failed != nil {
			one, err = "?", cmp.Or(err, failed)
		}
		b.WriteString(one)
	}
	return b.String(), err
}

func (p part) text(v *Values) (string, error) {
	if p.expr == nil {
		return p.words, nil
	}
	val, err := p.expr.Eval(v)
	if err != nil {
		return "", err
	}
	return v.print(val)
}

// Parts renders a header, with its secrets still named. What an expression gives stays on one
// line: each line break and tab becomes a space.
func (t *Template) Parts(v *Values) ([]Part, error) {
	var parts []Part
	size := 0
	for _, p := range t.parts {
		if p.secret != "" {
			parts = append(parts, Part{Secret: p.secret})
			continue
		}
		text, err := p.text(v)
		if err != nil {
			return nil, err
		}
		if p.expr != nil {
			text = oneLine(text)
		}
		if size += len(text); size > maxText {
			return nil, ErrSize
		}
		if n := len(parts); n > 0 && parts[n-1].Secret == "" {
			parts[n-1].Text += text
		} else if text != "" {
			parts = append(parts, Part{Text: text})
		}
	}
	return parts, nil
}

func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}
