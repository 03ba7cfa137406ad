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
// and the cause of a failure is searched part by part. A part may cost maxFold, and those of all
// expressions of a definition maxAllFolds, so that large data do not make it slow to load.
const (
	maxFolds    = 20
	maxFold     = 5_000
	maxAllFolds = 500_000
)

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

// isConstant reports whether an expression depends on nothing but itself and data. Comprehensions do not
// count, because they have local names, and neither does dyn, by which an author defers the check.
func (f *folder) isConstant(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		return true
	case ast.IdentKind:
		_, isData := f.env.names.Data.lookUp(e.AsIdent())
		return isData && !f.env.names.Data.broken
	case ast.CallKind:
		if name := e.AsCall().FunctionName(); isLate(name) && !f.isFixed(e) || name == overloads.TypeConvertDyn {
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

// isFixed reports whether a call of a late function gives the same in all conversations.
func (f *folder) isFixed(e ast.Expr) bool {
	for _, id := range f.checked.GetOverloadIDs(e.ID()) {
		if !fixedDates[id] {
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
	allowed := min(maxFold, maxAllFolds-f.env.folded)
	if f.left--; f.left < 0 || allowed == 0 {
		return nil, nil //nolint:nilnil // not known
	}
	alone := ast.NewCheckedAST(ast.NewAST(e, f.info), f.checked.TypeMap(), f.checked.ReferenceMap())
	plan, err := f.env.lang.plan(alone)
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // not known; reported when the whole expression is planned
	}
	v := &Values{spent: maxEventCost - allowed}
	val, err := (&Expr{lang: f.env.lang, plan: plan, data: f.env.names.Data, source: f.source}).Eval(v)
	f.env.folded += min(v.spent-(maxEventCost-allowed), allowed)
	return val, err
}

func (f *folder) report(e ast.Expr, err error) {
	failed, ok := errors.AsType[*EvalError](err)
	if !ok {
		return // too much work here may be little in a conversation
	}
	at, message := e, failed.Message
	if failed.missing {
		message += f.suggestKey(e, failed.key)
	}
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

// suggestKey is the end of a message: the key of the constant that is most like the missing one.
func (f *folder) suggestKey(e ast.Expr, key string) string {
	inside := parts(e)
	if len(inside) == 0 {
		return ""
	}
	val, err := f.value(inside[0])
	of, ok := val.(*object)
	if err != nil || !ok {
		return ""
	}
	var known []string
	for _, e := range of.entries[:min(len(of.entries), maxFields)] {
		known = append(known, e.key)
	}
	return suggest(key, known)
}

// conversions describe the arguments of the functions that convert a type into another.
var conversions = map[string]string{
	overloads.TypeConvertDuration:  "duration takes hours, minutes and seconds, as in '36h', '90m' or '1h30m'; a day is '24h', and add_days(now, 30) counts in days",
	overloads.TypeConvertTimestamp: "timestamp takes a date with time and offset, as in '2026-03-10T12:00:00-03:00'; days are compared as dates, as in vars.day < date(now)",
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
				"this can only fail: a date is yyyy-MM-dd, without a time; compare it with another date, as in vars.day < date(now)")
		}
	default:
		f.reportArguments(e)
	}
}

// reportArguments reports numbers with which a function of ours can only fail.
func (f *folder) reportArguments(e ast.Expr) {
	name, args := e.AsCall().FunctionName(), parts(e)
	for i, arg := range args {
		n, isInt := types.IntZero, false
		if arg.Kind() == ast.LiteralKind {
			n, isInt = arg.AsLiteral().(types.Int)
		}
		switch {
		case !isInt || i == 0:
		case name == "first" && n < 0:
			f.addAt(arg.ID(), CodeExpression, "this can only fail: first: the number of elements is at least 0")
		case name == "slice" && n < 0:
			f.addAt(arg.ID(), CodeExpression, "this can only fail: slice: the positions are at least 0")
		case name == "round" && (n < 0 || n > mostDecimals):
			f.addAt(arg.ID(), CodeExpression, "this can only fail: round: from 0 to 8 decimals")
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
	fitted, err := fit(val, f.want)
	if err != nil {
		f.addAt(e.ID(), CodeExpression, "this can only fail: it has to be "+f.want.article())
		return
	}
	if failed, ok := errors.AsType[*EvalError](checkSize(fitted, f.site.Most)); ok {
		f.addAt(e.ID(), CodeExpression, "this can only fail: "+failed.Message)
	}
}
