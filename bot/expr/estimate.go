package expr

import (
	"fmt"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// estimate reports an expression that may cost too much at worst. It is for authors, who then
// know before a contact does; in a conversation the limits of evaluation hold (see limits.go).
//
// CEL has an estimate of its own. It takes 170 µs for a usual condition, longer than all the rest
// of compiling, where this one takes 1, and it charges some calls by other rules than meter does.
func (c *compilation) estimate(checked *ast.AST) {
	worst := estimator{checked}.of(checked.Expr())
	if worst.cost <= maxEstimate {
		return
	}
	message := fmt.Sprintf("the expression may do too much work: %d of %d units, with lists of %d elements and texts of %d characters",
		worst.cost, maxEstimate, hintList, hintText)
	if hasLoop(checked) {
		message += "; what is the same for each element can be computed once, into a variable, before"
	}
	c.add(0, CodeCost, message)
}

// hasLoop reports whether an expression walks a list.
func hasLoop(checked *ast.AST) bool {
	found := false
	ast.PreOrderVisit(checked.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		found = found || e.Kind() == ast.ComprehensionKind
	}))
	return found
}

// worst is the cost of a part of an expression and the size of its value, at worst.
type worst struct {
	cost int
	// size is the length of a text in characters, of a list or a map in elements.
	size int
}

// estimator computes the worst of each part of a checked expression.
type estimator struct{ checked *ast.AST }

func (s estimator) of(e ast.Expr) worst {
	switch e.Kind() {
	case ast.LiteralKind:
		text, _ := literal(e)
		return worst{size: len(text)}
	case ast.SelectKind:
		return worst{cost: 1 + s.of(e.AsSelect().Operand()).cost, size: s.hint(e)}
	case ast.ListKind, ast.MapKind:
		w := worst{cost: 1, size: len(parts(e))}
		for _, part := range parts(e) {
			w.cost += 1 + s.of(part).cost
		}
		return w
	case ast.CallKind:
		return s.call(e)
	case ast.ComprehensionKind:
		return s.comprehension(e.AsComprehension())
	}
	return worst{cost: 1, size: s.hint(e)}
}

// hint is the size of a value that is known in a conversation only.
func (s estimator) hint(e ast.Expr) int {
	switch s.checked.GetType(e.ID()).Kind() {
	case types.StringKind:
		if e.Kind() == ast.IdentKind && !isField(e.AsIdent()) {
			return hintDyn // an element of a list
		}
		return hintText
	case types.ListKind, types.MapKind:
		return hintList
	case types.DynKind:
		return hintDyn
	}
	return 1
}

func (s estimator) comprehension(loop ast.ComprehensionExpr) worst {
	over := s.of(loop.IterRange())
	each := s.of(loop.LoopCondition()).cost + s.of(loop.LoopStep()).cost
	rest := s.of(loop.AccuInit()).cost + s.of(loop.Result()).cost
	return worst{cost: over.cost + over.size*each + rest, size: over.size}
}

func (s estimator) call(e ast.Expr) worst {
	exprs := parts(e)
	args := make([]worst, len(exprs))
	before := 0
	for i, arg := range exprs {
		args[i] = s.of(arg)
		before += args[i].cost
	}
	w := s.callAlone(e, exprs, args)
	w.cost += before
	return w
}

// callAlone is a call without the cost of its arguments.
func (s estimator) callAlone(e ast.Expr, exprs []ast.Expr, args []worst) worst {
	switch name := e.AsCall().FunctionName(); name {
	case operators.LogicalAnd, operators.LogicalOr:
		return worst{size: 1}
	case operators.Conditional:
		return worst{cost: -min(args[1].cost, args[2].cost), size: max(args[1].size, args[2].size)}
	case operators.Add:
		size := args[0].size + args[1].size
		if s.checked.GetType(e.ID()).Kind() == types.StringKind {
			return worst{cost: 1 + size/bytesPerUnit, size: size}
		}
		return worst{cost: 1 + size, size: size}
	case operators.Equals, operators.NotEquals:
		return worst{cost: s.compare(exprs[0], min(args[0].size, args[1].size)), size: 1}
	case operators.In:
		return worst{cost: 1 + args[1].size*(1+args[0].size/bytesPerUnit), size: 1}
	case overloads.Matches:
		pattern, _ := literal(exprs[1])
		n, _ := instructions(pattern)
		return worst{cost: matchesCost(args[0].size, n), size: 1}
	case "fold":
		return worst{cost: 1 + args[0].size*foldText, size: args[0].size}
	default:
		return s.function(name, e, exprs, args)
	}
}

// compare is the cost of comparing a value with one of a size.
func (s estimator) compare(e ast.Expr, size int) int {
	t := s.checked.GetType(e.ID())
	if k := t.Kind(); k == types.ListKind || k == types.MapKind {
		return 1 + size*compareInner(t)
	}
	return 1 + size/bytesPerUnit
}

// compareInner is the cost of comparing one element of a list or map.
func compareInner(t *types.Type) int {
	parts := t.Parameters()
	if len(parts) == 0 {
		return 1 + hintDyn/bytesPerUnit
	}
	switch inner := parts[len(parts)-1]; inner.Kind() {
	case types.ListKind, types.MapKind:
		return min(1+hintList*compareInner(inner), maxEstimate)
	}
	return 1 + hintDyn/bytesPerUnit
}

// function is a call as meter charges it.
func (s estimator) function(name string, e ast.Expr, exprs []ast.Expr, args []worst) worst {
	size := s.hint(e)
	switch name {
	case "first", "plain", "digits", "trim":
		size = args[0].size
	case "t", "fmt", "money":
		size = hintDyn
	case "join":
		size = args[0].size * (hintDyn + args[len(args)-1].size)
	}
	cost := 1 + extraCost(name) + s.valueCost(name, e, size)
	for i, arg := range exprs {
		cost += s.valueCost(name, arg, args[i].size)
	}
	return worst{cost: cost, size: size}
}

// valueCost is valueCost of a value of a size.
func (s estimator) valueCost(function string, e ast.Expr, size int) int {
	switch s.checked.GetType(e.ID()).Kind() {
	case types.StringKind, types.DynKind:
		return textCost(function, size)
	case types.ListKind:
		if walksLists(function) {
			return size
		}
	}
	return 0
}
