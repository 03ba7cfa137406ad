package expr

import (
	"errors"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// constants evaluates the constant parts of an expression, and reports those that fail: otherwise
// they would fail in a conversation.
func (c *compilation) constants(checked *ast.AST) {
	f := &folder{compilation: c, checked: checked, left: maxFolds}
	f.visit(checked.Expr())
	if len(c.problems) == 0 && c.want != Any && f.isConstant(checked.Expr()) {
		f.checkType(checked.Expr())
	}
}

// maxFolds bounds how many parts of one expression are evaluated: most have one or two constants,
// and the cause of a failure is searched part by part.
const maxFolds = 20

// folder evaluates the constant parts of one expression.
type folder struct {
	*compilation

	checked *ast.AST
	// left is how many parts may still be evaluated.
	left int
}

// visit evaluates the largest constant parts. Inside one that fails it looks for the smallest that does.
func (f *folder) visit(e ast.Expr) {
	constant := f.isConstant(e)
	var failed error
	if constant {
		if _, failed = f.value(e); failed == nil {
			return
		}
	}
	before := len(f.problems)
	for _, part := range parts(e) {
		f.visit(part)
	}
	switch {
	case len(f.problems) > before: // a smaller part fails
	case constant:
		f.report(e, failed)
	default:
		f.reportCertain(e)
	}
}

// parts are the expressions inside of another, in the order of the text.
func parts(e ast.Expr) []ast.Expr {
	switch e.Kind() {
	case ast.CallKind:
		if e.AsCall().IsMemberFunction() {
			return append([]ast.Expr{e.AsCall().Target()}, e.AsCall().Args()...)
		}
		return e.AsCall().Args()
	case ast.SelectKind:
		return []ast.Expr{e.AsSelect().Operand()}
	case ast.ListKind:
		return e.AsList().Elements()
	case ast.MapKind:
		var all []ast.Expr
		for _, entry := range e.AsMap().Entries() {
			all = append(all, entry.AsMapEntry().Key(), entry.AsMapEntry().Value())
		}
		return all
	case ast.ComprehensionKind:
		return []ast.Expr{e.AsComprehension().IterRange(), e.AsComprehension().LoopStep()}
	}
	return nil
}

// isConstant reports whether an expression depends on nothing but itself. Comprehensions do not count,
// because they have local names, and neither does dyn, by which an author defers the check.
func (f *folder) isConstant(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		return true
	case ast.CallKind:
		if name := e.AsCall().FunctionName(); isLate(name) || name == overloads.TypeConvertDyn {
			return false
		}
	case ast.SelectKind, ast.ListKind, ast.MapKind:
	default:
		return false
	}
	for _, part := range parts(e) {
		if !f.isConstant(part) {
			return false
		}
	}
	return true
}

// value evaluates a constant; it is nil when it is not known.
func (f *folder) value(e ast.Expr) (Value, error) {
	if e.Kind() == ast.LiteralKind {
		return e.AsLiteral(), nil
	}
	if f.left--; f.left < 0 {
		return nil, nil //nolint:nilnil // not known
	}
	alone := ast.NewCheckedAST(ast.NewAST(e, f.info), f.checked.TypeMap(), f.checked.ReferenceMap())
	plan, err := f.env.lang.plan(alone)
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // not known; reported when the whole expression is planned
	}
	return (&Expr{lang: f.env.lang, plan: plan}).Eval(&Values{})
}

func (f *folder) report(e ast.Expr, err error) {
	failed, ok := errors.AsType[*EvalError](err)
	if !ok {
		return // too much work here may be little in a conversation
	}
	at, message := e, failed.Message
	if e.Kind() == ast.CallKind {
		if args := e.AsCall().Args(); len(args) == 1 && !e.AsCall().IsMemberFunction() {
			at = args[0]
		}
		if hint := conversions[e.AsCall().FunctionName()]; hint != "" {
			message = hint
		}
	}
	f.addAt(at.ID(), CodeExpression, "this can only fail: "+message)
}

// conversions describe the arguments of the functions that convert a type into another.
var conversions = map[string]string{
	overloads.TypeConvertDuration:  "duration takes hours, minutes and seconds, as in '36h', '90m' or '1h30m'; a day is '24h'",
	overloads.TypeConvertTimestamp: "timestamp takes a date with time and offset, as in '2026-03-10T12:00:00-03:00'",
	overloads.TypeConvertInt:       "int takes a whole number in digits",
	overloads.TypeConvertDouble:    "double takes a number in digits, with a point",
	overloads.TypeConvertBool:      "bool takes 'true' or 'false'",
}

// reportCertain reports a call that fails whatever its variables are.
func (f *folder) reportCertain(e ast.Expr) {
	if e.Kind() != ast.CallKind {
		return
	}
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.Divide, operators.Modulo:
		if args[1].Kind() == ast.LiteralKind && args[1].AsLiteral() == types.IntZero {
			f.addAt(args[1].ID(), CodeExpression, "this can only fail: division by zero")
		}
	case overloads.TypeConvertTimestamp:
		if f.isDate(args[0]) {
			f.addAt(args[0].ID(), CodeExpression,
				"this can only fail: a date is yyyy-MM-dd, without a time; timestamp takes one with time and offset, as in timestamp(vars.day + 'T00:00:00Z')")
		}
	}
}

// isDate reports whether an expression is a date: a variable of that type, or the answer to a question
// that asks for one.
func (f *folder) isDate(e ast.Expr) bool {
	info := f.checked.ReferenceMap()[e.ID()]
	if info == nil {
		return false
	}
	name, isVar := strings.CutPrefix(info.Name, "vars.")
	return isVar && f.env.vars[name] == Date || info.Name == "answer.value" && f.site.Answer == Date
}

// checkType reports a constant that is not of the type that is wanted.
func (f *folder) checkType(e ast.Expr) {
	val, err := f.value(e)
	if err != nil || val == nil {
		return
	}
	if _, err := fit(val, f.want); err != nil {
		f.addAt(e.ID(), CodeExpression, "this can only fail: it has to be "+f.want.article())
	}
}
