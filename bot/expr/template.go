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

// part is literal text, an expression or the name of a secret.
type part struct {
	words  string
	expr   *Expr
	secret string
}

// Part is a piece of a rendered header: a text, or the name of a secret that replaces it.
type Part struct {
	Text   string `json:"text,omitempty"`
	Secret string `json:"secret,omitempty"`
}

// Template compiles a text with ${…} in it; it is nil when there are problems. The two characters ${ themselves are written $${.
func (e *Env) Template(text string, at Site) (*Template, []Problem) {
	return e.template(text, at, false)
}

// Header is Template for a header of a call, where ${secret.name} is allowed.
func (e *Env) Header(text string, at Site) (*Template, []Problem) {
	return e.template(text, at, true)
}

// secretName matches the text between the braces of ${secret.name}.
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

// Whole reports whether the text is exactly one ${…}, whose value keeps its type.
func (t *Template) Whole() bool { return len(t.parts) == 1 && t.parts[0].expr != nil }

// Type is the type of the value of a Whole: "string", "int", "double", "bool", "list", "map", "timestamp",
// "duration", "null", or "dyn" when only evaluation shows it. Any other text is a "string".
func (t *Template) Type() string {
	if !t.Whole() {
		return "string"
	}
	return t.parts[0].expr.kind
}

// Literal is the text without its expressions, which every rendered text contains.
func (t *Template) Literal() string { return t.Outline("") }

// Outline is the text with a placeholder for each expression and secret.
func (t *Template) Outline(placeholder string) string {
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.words)
		if p.expr != nil || p.secret != "" {
			b.WriteString(placeholder)
		}
	}
	return b.String()
}

// JSON renders the text: a Whole as its value, anything else as a string. A Whole whose map has no such
// key is null.
func (t *Template) JSON(v *Values) (json.RawMessage, error) {
	if t.Whole() {
		return t.parts[0].expr.json(v)
	}
	text, err := t.Text(v)
	if err != nil {
		return nil, err
	}
	return v.json(types.String(text), false)
}

// Text renders the text. The value of an expression is not scanned again: a ${ in it is two
// characters. An expression whose map has no such key gives nothing.
func (t *Template) Text(v *Values) (string, error) {
	if text, ok := t.Static(); ok {
		return text, nil
	}
	return t.render(v, part.text)
}

// URL renders an address. The value of an expression is escaped as a whole, so that it can only be
// a segment of a path or a value of a query: no /, ? or & of a contact has a meaning. A missing key is an
// error here: without it the address would mean something else.
func (t *Template) URL(v *Values) (string, error) { return t.render(v, part.escaped) }

// Query is Text for a value of a query, where a missing key is an error as in a URL.
func (t *Template) Query(v *Values) (string, error) { return t.render(v, part.exact) }

// render writes the text, each part as a function gives it.
func (t *Template) render(v *Values, write func(part, *Values) (string, error)) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		text, err := write(p, v)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		if b.Len() > maxText {
			return "", ErrSize
		}
	}
	return b.String(), nil
}

// Partial is Text with a question mark in place of each expression that fails. The error is that of
// the first one.
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
	if v.forgives(err) {
		return "", nil
	}
	return p.expr.printed(v, val, err)
}

// exact is text where a missing key is an error.
func (p part) exact(v *Values) (string, error) {
	if p.expr == nil {
		return p.words, nil
	}
	val, err := p.expr.Eval(v)
	return p.expr.printed(v, val, err)
}

func (p part) escaped(v *Values) (string, error) {
	text, err := p.exact(v)
	if p.expr != nil {
		text = Escape(text)
	}
	return text, err
}

// printed is the text of the expression's value, or the error of its evaluation.
func (x *Expr) printed(v *Values, val Value, err error) (string, error) {
	if err != nil {
		return "", err
	}
	text, err := v.print(val)
	if err != nil {
		return "", x.placed(err)
	}
	return text, nil
}

// json is the value of the expression as JSON, for a message or a call.
func (x *Expr) json(v *Values) (json.RawMessage, error) {
	val, err := x.Eval(v)
	switch {
	case v.forgives(err):
		val = types.NullValue
	case err != nil:
		return nil, err
	}
	raw, err := v.json(val, true)
	if err != nil {
		return nil, x.placed(err)
	}
	return raw, nil
}

// forgives reports whether an error is that a map has no such key: what data lack is no reason to end a
// conversation where it would only have been shown.
func (v *Values) forgives(err error) bool {
	if !IsMissingKey(err) {
		return false
	}
	if v.Missing != nil {
		v.Missing(err)
	}
	return true
}

// Parts renders a header, without replacing its secrets. The value of an expression is kept on one
// line: each control character becomes a space. A missing key is an error, as in a URL.
func (t *Template) Parts(v *Values) ([]Part, error) {
	var parts []Part
	size := 0
	for _, p := range t.parts {
		if p.secret != "" {
			parts = append(parts, Part{Secret: p.secret})
			continue
		}
		text, err := p.exact(v)
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
