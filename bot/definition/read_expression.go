package definition

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hint"
	"github.com/chattigo/api-isv/bot/tree"
)

// maxExpressions bounds the expressions of a definition: each takes some 50 µs to check.
const maxExpressions = 2000

// counted counts an expression and reports whether there may be that many. The first that is too many
// is a problem.
func (d *decoder) counted(n *yaml.Node) bool {
	if d.env == nil {
		return false // which is reported
	}
	d.expressions++
	if d.expressions == maxExpressions+1 {
		d.Add(n, CodeTooLarge, "a bot may have at most %d expressions", maxExpressions)
	}
	return d.expressions <= maxExpressions
}

// expression reads one that has to give a value of a type; nil when there is a problem.
func (d *decoder) expression(n *yaml.Node, what string, at expr.Site, want expr.Type) *expr.Expr {
	if n.Kind == yaml.ScalarNode && !tree.IsText(n) && n.Tag != "!!null" {
		d.Add(n, CodeType, "%s takes an expression, in quotes: %s", what, tree.Quote(n.Value))
		return nil
	}
	text, ok := d.Text(n, what)
	if !ok || !d.counted(n) {
		return nil
	}
	at.Line = n.Line
	x, problems := d.env.Compile(text, at, want)
	d.foreignExpression(n, problems)
	if len(problems) > 0 {
		return nil
	}
	return x
}

// template reads a text with ${…}; nil when there is a problem.
func (d *decoder) template(n *yaml.Node, what string) *expr.Template {
	return d.compileText(n, what, func(text string) (*expr.Template, []expr.Problem) {
		at := d.site
		at.Line = n.Line
		return d.env.Template(text, at)
	})
}

// header reads the value of a call's header, which alone may hold secrets.
func (d *decoder) header(n *yaml.Node, what string) *expr.Template {
	return d.compileText(n, what, func(text string) (*expr.Template, []expr.Problem) {
		return d.env.Header(text, expr.Site{Line: n.Line})
	})
}

func (d *decoder) compileText(n *yaml.Node, what string, compile func(string) (*expr.Template, []expr.Problem)) *expr.Template {
	text, ok := d.Text(n, what)
	if !ok || d.env == nil {
		return nil
	}
	if strings.Contains(text, "\x00") { // it could not be stored everywhere
		d.Add(n, CodeValue, "%s must not hold a NUL character", what)
		return nil
	}
	if strings.Contains(text, "${") && !d.counted(n) {
		return nil
	}
	d.cutByComment(n)
	t, problems := compile(text)
	d.reportExpr(n, problems)
	if len(problems) > 0 {
		return nil
	}
	d.foreignMarks(n, t.Outline("\x00"))
	return t
}

func (d *decoder) reportExpr(n *yaml.Node, problems []expr.Problem) {
	for _, p := range problems {
		d.AddAt(inside(n, p.Offset), Code(p.Code), "%s%s", p.Message, d.likeName(p))
		d.Problems[len(d.Problems)-1].Subject = subject(p)
	}
}

// likeName is the end of a problem with a name that stands in quotes, such as t('hola').
func (d *decoder) likeName(p expr.Problem) string {
	known := map[string]*hint.Names{expr.CodeUnknownString: d.likeStrings, expr.CodeUnknownHours: d.likeHours}[p.Code]
	quoted, err := strconv.QuotedPrefix(p.Message[max(0, strings.IndexByte(p.Message, '"')):])
	if known == nil || err != nil {
		return ""
	}
	name, _ := strconv.Unquote(quoted)
	return known.DidYouMean(name)
}

// subject is what a problem of an expression is about, where one mistake shows in many expressions: a
// name that nothing has, or the time zone that is missing.
func subject(p expr.Problem) string {
	name, _, _ := strings.Cut(p.Message, "; did you mean")
	switch {
	case p.Code == expr.CodeTimezone:
		return p.Code
	case strings.HasPrefix(name, "there is no "), strings.HasPrefix(name, "there are no "):
		return name
	}
	return ""
}

// inside is a place in a scalar. It is exact for a text on one line without escapes, which is
// what expressions mostly are; else it is the beginning.
func inside(n *yaml.Node, offset int) tree.Place {
	at := tree.PlaceOf(n)
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || strings.Contains(n.Value, "\n"):
		return at
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		at.Column++
	}
	at.Column += offset
	return at
}

// assignments read {variable: expression}. All right sides see the old values, so that their
// order means nothing; it is that of the text all the same.
func (d *decoder) assignments(n *yaml.Node, what string, at expr.Site) []Assignment {
	var all []Assignment
	d.Entries(n, what, func(key, value *yaml.Node) {
		kind, known := d.names.Vars[key.Value]
		if !known {
			d.AddName(tree.PlaceOf(key), CodeUnknownVar, fmt.Sprintf("there is no variable %q; declare it under vars", key.Value), d.likeVars.DidYouMean(key.Value))
			return
		}
		at.Most = d.names.Most[key.Value]
		if x := d.expression(value, key.Value, at, kind); x != nil {
			all = append(all, Assignment{Name: key.Value, Kind: kind, Most: d.names.Most[key.Value], Value: x})
		}
	})
	return all
}
