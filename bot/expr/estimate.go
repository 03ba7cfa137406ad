package expr

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"
)

// estimate reports an expression that may cost too much at worst. It is for authors, who then
// know before a contact does; in a conversation the limits of evaluation hold (see limits.go).
//
// CEL has an estimate of its own. It takes 170 µs for a usual condition, longer than all the rest
// of compiling, where this one takes 1, and it charges some calls by other rules than meter does.
//
// It returns how many elements the list has at most that the expression gives; -1 where that is not known.
func (c *compilation) estimate(checked *ast.AST) (elements int) {
	all := newEstimator(c, checked).of(checked.Expr())
	if all.cost > maxEstimate {
		c.reportCost(checked)
	}
	if checked.GetType(checked.Expr().ID()).Kind() != types.ListKind || all.assumed {
		return -1
	}
	return all.size
}

// worst is the cost of a part of an expression and the extent of its value, at worst.
type worst struct {
	cost int
	extent
}

// mostCost bounds the figures, so that those of a hostile expression do not overflow.
const mostCost = 1 << 40

// estimator computes the worst of each part of a checked expression.
type estimator struct {
	*compilation
	joins

	checked *ast.AST
	// locals are the elements of the loops around a part, the innermost last.
	locals []local
	// most are the sizes of variables in place of what the definition says, and elements is how many of a
	// list are walked of which nothing is known: to try a remedy.
	most     map[string]int
	elements int
	// costs and times are what was found, by the id of a part: what it costs once, and how many elements
	// a loop walks. Nil unless they are to be reported.
	costs, times map[int64]int
}

// local is a name that a loop gives to its element or to its result so far.
type local struct {
	name string
	extent
}

func newEstimator(c *compilation, checked *ast.AST) *estimator {
	return &estimator{compilation: c, joins: joins{maxJoins}, checked: checked, elements: hintList}
}

func (s *estimator) of(e ast.Expr) worst {
	w := s.part(e)
	w.cost = min(w.cost, mostCost)
	if s.costs != nil {
		s.costs[e.ID()] = w.cost
	}
	return w
}

func (s *estimator) part(e ast.Expr) worst {
	switch e.Kind() {
	case ast.LiteralKind:
		text, _ := literal(e)
		return worst{extent: extent{size: len(text)}}
	case ast.IdentKind:
		return worst{1, s.name(e)}
	case ast.SelectKind:
		of := s.of(e.AsSelect().Operand())
		return worst{1 + of.cost, s.field(of.extent, e.AsSelect().FieldName(), e)}
	case ast.ListKind, ast.MapKind:
		return s.aggregate(e)
	case ast.CallKind:
		return s.call(e)
	case ast.ComprehensionKind:
		return s.loop(e)
	}
	return worst{cost: 1, extent: unknown(s.typeOf(e))}
}

func (s *estimator) typeOf(e ast.Expr) *types.Type { return s.checked.GetType(e.ID()) }

// aggregate is a list or a map that is written out.
func (s *estimator) aggregate(e ast.Expr) worst {
	all := parts(e)
	w := worst{cost: 1 + len(all)}
	if e.Kind() == ast.MapKind {
		w.fields = make(map[string]extent, len(all)/2)
	}
	for i, part := range all {
		of := s.of(part)
		w.cost += of.cost
		switch {
		case e.Kind() == ast.ListKind:
			s.addTo(&w.extent, of.inside())
		case i%2 == 1:
			key, known := literal(all[i-1])
			s.setIn(&w.extent, key, known, of.inside())
		}
	}
	return w
}

// loop is map, filter and the like. What it builds has as many elements as it walks at most.
func (s *estimator) loop(e ast.Expr) worst {
	loop := e.AsComprehension()
	over := s.of(loop.IterRange())
	if over.assumed {
		over.size = min(over.size, s.elements)
	}
	rest := s.of(loop.AccuInit()).cost
	element := s.element(over.extent, s.typeOf(loop.IterRange()))
	if s.typeOf(loop.IterRange()).Kind() == types.MapKind {
		element = extent{size: hintDyn} // a key
	}
	outer := s.locals
	s.locals = append(slices.Clip(outer), local{loop.IterVar(), element}, local{loop.AccuVar(), extent{}})
	step := s.of(loop.LoopStep())
	each := s.of(loop.LoopCondition()).cost + step.cost
	rest += s.of(loop.Result()).cost
	s.locals = outer
	if s.times != nil {
		s.times[e.ID()] = over.size
	}
	w := worst{cost: over.cost + over.size*each + rest}
	if s.typeOf(e).Kind() == types.ListKind {
		w.extent = extent{size: over.size, assumed: over.assumed, inner: step.inner}
	}
	return w
}

func (s *estimator) call(e ast.Expr) worst {
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
func (s *estimator) callAlone(e ast.Expr, exprs []ast.Expr, args []worst) worst {
	switch name := e.AsCall().FunctionName(); name {
	case operators.LogicalAnd, operators.LogicalOr:
		return worst{}
	case operators.Conditional:
		return worst{-min(args[1].cost, args[2].cost), s.either(args[1].extent, args[2].extent)}
	case operators.Add:
		return s.addition(e, exprs, args)
	case operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo, operators.Negate, operators.LogicalNot:
		return worst{cost: 1}
	case operators.Equals, operators.NotEquals:
		return worst{cost: s.compare(exprs[0], min(args[0].size, args[1].size))}
	case operators.In:
		return worst{cost: s.membership(exprs, args)}
	case operators.Index:
		key, known := literal(exprs[1])
		if known {
			return worst{1, s.field(args[0].extent, key, e)}
		}
		return worst{1, s.element(args[0].extent, s.typeOf(exprs[0]))}
	case overloads.Matches:
		pattern, _ := literal(exprs[1])
		n, _ := instructions(pattern)
		return worst{cost: matchesCost(args[0].size, n)}
	default:
		return s.function(name, e, exprs, args)
	}
}

// addition is +, by what is added: numbers and times, texts, or lists. A loop adds to its result in place.
func (s *estimator) addition(e ast.Expr, exprs []ast.Expr, args []worst) worst {
	for _, operand := range append(exprs, e) {
		if t := s.typeOf(operand); isNumeric(t) || isTime(t) {
			return worst{cost: 1}
		}
	}
	switch s.typeOf(e).Kind() {
	case types.StringKind:
		size := min(args[0].size+args[1].size, maxText)
		return worst{1 + size/bytesPerUnit, extent{size: size, assumed: args[0].assumed || args[1].assumed}}
	}
	both := extent{
		size: min(args[0].size+args[1].size, MaxElements), assumed: args[0].assumed || args[1].assumed,
		inner: s.inner(args[0].extent, args[1].extent),
	}
	if isResult(exprs[0]) {
		return worst{1 + args[1].size, both}
	}
	return worst{1 + both.size, both}
}

// isResult reports whether an expression is what a loop has built so far.
func isResult(e ast.Expr) bool {
	return e.Kind() == ast.IdentKind && e.AsIdent() == parser.HiddenAccumulatorName
}

// compare is the cost of comparing a value with one of a size.
func (s *estimator) compare(e ast.Expr, size int) int {
	t := s.typeOf(e)
	if k := t.Kind(); k == types.ListKind || k == types.MapKind {
		return 1 + size*compareInner(t)
	}
	return 1 + size/comparedPerUnit
}

// compareInner is the cost of comparing one element of a list or map.
func compareInner(t *types.Type) int {
	parts := t.Parameters()
	if len(parts) == 0 {
		return 1 + hintDyn/comparedPerUnit
	}
	switch inner := parts[len(parts)-1]; inner.Kind() {
	case types.ListKind, types.MapKind:
		return min(1+hintList*compareInner(inner), maxEstimate)
	}
	return 1 + hintDyn/comparedPerUnit
}

// membership is the cost of `in`: a key is looked up, an element is compared with each.
func (s *estimator) membership(exprs []ast.Expr, args []worst) int {
	if s.typeOf(exprs[1]).Kind() == types.MapKind {
		return 1
	}
	element := s.element(args[1].extent, s.typeOf(exprs[1]))
	return 1 + args[1].size*s.compare(exprs[0], min(args[0].size, element.size))
}
