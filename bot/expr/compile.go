package expr

import (
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// Compile checks an expression whose value has to be of a type, and plans its evaluation. A type
// that only shows in a conversation, as of parts of JSON, is checked when the expression is
// evaluated. The expression is nil when there are problems.
func (e *Env) Compile(source string, at Site, want Type) (*Expr, []Problem) {
	if at.Scope != AnswerScope {
		at.Answer = Any
	}
	c := compilation{env: e, site: at, want: want, source: source}
	x := c.run()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	return x, nil
}

// compilation is the compiling of one expression: it collects the problems on the way.
type compilation struct {
	env      *Env
	site     Site
	want     Type
	source   string
	problems []Problem
	// info has the position of each part of the expression in the source.
	info *ast.SourceInfo
	// namesEach is set when the expression names each.
	namesEach bool
}

// maxProblems bounds the problems that are listed of one expression; more would not help its author.
const maxProblems = 10

func (c *compilation) add(offset int, code, message string) {
	if len(c.problems) == maxProblems {
		return
	}
	c.problems = append(c.problems, Problem{Offset: offset, Code: code, Message: message})
}

// addAt reports a problem of a part of the expression.
func (c *compilation) addAt(id int64, code, message string) {
	offset := 0
	if place, ok := c.info.GetOffsetRange(id); ok {
		offset = int(place.Start)
	}
	c.add(offset, code, message)
}

func (c *compilation) run() *Expr {
	tree := c.parse()
	if tree == nil {
		return nil
	}
	c.info = tree.SourceInfo()
	if shape(tree.Expr()) > maxShape {
		c.add(0, CodeExpression, "too many lists, maps and steps stand inside or after one another")
		return nil
	}
	c.resolve(tree.Expr())
	if len(c.problems) > 0 {
		return nil
	}
	checked := c.check(tree)
	if checked == nil {
		return nil
	}
	c.validate(checked)
	if len(c.problems) == 0 && !c.env.names.Unproven {
		c.constants(checked)
	}
	if len(c.problems) > 0 {
		return nil
	}
	most := c.estimate(checked)
	plan, err := c.env.lang.plan(checked)
	if err != nil {
		c.add(0, CodeExpression, "the expression cannot be evaluated")
		return nil
	}
	return &Expr{
		lang: c.env.lang, plan: plan, types: c.env.vars, answer: c.site.Answer, data: c.env.names.Data,
		kind: kindOf(checked.GetType(checked.Expr().ID())), namesEach: c.namesEach, most: most,
		source: c.source, line: c.site.Line,
	}
}

// parse returns the syntax tree; nil when there is a problem.
func (c *compilation) parse() *ast.AST {
	switch {
	case !utf8.ValidString(c.source):
		c.add(0, CodeExpression, "the expression is not UTF-8")
		return nil
	case strings.TrimSpace(c.source) == "":
		c.add(0, CodeExpression, "there is no expression")
		return nil
	case utf8.RuneCountInString(c.source) > maxSource:
		c.add(maxSource, CodeExpression, "an expression has at most 1000 characters")
		return nil
	}
	source := common.NewTextSource(c.source)
	tree, errs := c.env.lang.parser.Parse(source)
	if all := errs.GetErrors(); len(all) > 0 {
		offset, ok := source.LocationOffset(all[0].Location)
		if !ok {
			offset = 0
		}
		c.add(int(offset), CodeExpression, syntaxMessage(all[0].Message, c.source, int(offset)))
		return nil
	}
	return tree
}

// check returns the tree with the types of all parts; nil when there is a problem.
func (c *compilation) check(tree *ast.AST) *ast.AST {
	names, err := c.env.checker(c.site)
	if err != nil {
		c.add(0, CodeExpression, "the names of the definition do not go together")
		return nil
	}
	checked, errs := checker.Check(tree, common.NewTextSource(c.source), names)
	for _, err := range errs.GetErrors() {
		message := c.otherWay(tree.Expr(), err.ExprID, err.Message)
		if message == "" {
			message = typeMessage(err.Message)
		}
		c.addAt(err.ExprID, CodeExpression, message)
	}
	if len(errs.GetErrors()) > 0 {
		return nil
	}
	return checked
}

// kindOf is the name of a type for Template.Type.
func kindOf(t *types.Type) string {
	switch t.Kind() {
	case types.TimestampKind:
		return "timestamp"
	case types.DurationKind:
		return "duration"
	case types.NullTypeKind:
		return "null"
	}
	return t.TypeName()
}

// shape is how deep the type of an expression may become: see maxShape.
func shape(e ast.Expr) int {
	if e.Kind() == ast.ComprehensionKind {
		loop := e.AsComprehension()
		return 1 + shape(loop.IterRange()) + max(shape(loop.LoopCondition()), shape(loop.LoopStep()), shape(loop.Result()))
	}
	n := 0
	for _, part := range parts(e) {
		n = max(n, shape(part))
	}
	if e.Kind() == ast.ListKind || e.Kind() == ast.MapKind {
		n++
	}
	return n
}
