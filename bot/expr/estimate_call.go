package expr

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"

	"github.com/chattigo/api-isv/bot/fold"
)

// function is a call as meter charges it.
func (s *estimator) function(name string, e ast.Expr, exprs []ast.Expr, args []worst) worst {
	if name == "fold" {
		return worst{1 + min(args[0].size, fold.MaxRunes)*foldText, args[0].extent}
	}
	w := worst{1 + extraCost(name), s.given(name, e, exprs, args)}
	if nodesOfLists[name] != nil {
		w.cost += s.walk(name, exprs, args, w.size)
		return w
	}
	w.cost += s.valueCost(name, e, w.size)
	for i, arg := range exprs {
		w.cost += s.valueCost(name, arg, args[i].size)
	}
	return w
}

// given is the extent of what a function gives.
func (s *estimator) given(name string, e ast.Expr, exprs []ast.Expr, args []worst) extent {
	switch name {
	case "plain", "digits", "trim", "upper", "lower", "sort", "sort_by", "reverse", "unique", overloads.TypeConvertDyn:
		return args[0].extent
	case "first":
		return atMost(args[0].extent, exprs[1])
	case "slice":
		return s.sliced(exprs, args[0].extent)
	case "get":
		key, _ := literal(exprs[1])
		return s.either(s.field(args[0].extent, key, e), args[2].extent)
	case "t", "fmt", "money":
		return extent{size: hintDyn}
	case "date", "add_days", "add_months":
		return extent{size: lengthOfDate}
	case overloads.TypeConvertString:
		return s.text(exprs[0], args[0].extent)
	case "join":
		return s.joined(exprs, args)
	case "split":
		return pieces(exprs, args)
	}
	return unknown(s.typeOf(e))
}

// atMost is the extent of a list of which only so many elements are taken.
func atMost(x extent, n ast.Expr) extent {
	if n.Kind() != ast.LiteralKind {
		return x
	}
	if most, ok := n.AsLiteral().(types.Int); ok && int64(most) < int64(x.size) {
		x.size, x.assumed = int(max(most, 0)), false
	}
	return x
}

// sliced is the extent of a part of a list or a text.
func (s *estimator) sliced(exprs []ast.Expr, x extent) extent {
	if n, ok := s.distance(exprs[1], exprs[2]); ok && n < x.size {
		x.size, x.assumed = n, false
	}
	return x
}

// Lengths of what string gives. The text of a number has no exponent.
const (
	lengthOfInt    = len("-9223372036854775808")
	lengthOfDouble = 330
	lengthOfTime   = len("2006-01-02T15:04:05.999999999-07:00")
	lengthOfBool   = len("false")
)

// text is the extent of a value as a text.
func (s *estimator) text(e ast.Expr, of extent) extent {
	switch s.typeOf(e).Kind() {
	case types.IntKind:
		return extent{size: lengthOfInt}
	case types.DoubleKind:
		return extent{size: lengthOfDouble}
	case types.TimestampKind, types.DurationKind:
		return extent{size: lengthOfTime}
	case types.BoolKind:
		return extent{size: lengthOfBool}
	}
	return extent{size: of.size, assumed: of.assumed}
}

// joined is the extent of the text that join makes.
func (s *estimator) joined(exprs []ast.Expr, args []worst) extent {
	each := s.element(args[0].extent, s.typeOf(exprs[0])).size
	if len(args) == 2 {
		each += args[1].size
	}
	return extent{size: min(args[0].size*each, maxText), assumed: args[0].assumed}
}

// pieces is the extent of the list that split makes.
func pieces(exprs []ast.Expr, args []worst) extent {
	most := extent{size: min(args[0].size+1, hintList), inner: &extent{size: min(args[0].size, hintDyn)}, assumed: args[0].assumed}
	if len(exprs) == 3 {
		return atMost(most, exprs[2])
	}
	return most
}

// valueCost is valueCost of a value of a size.
func (s *estimator) valueCost(function string, e ast.Expr, size int) int {
	switch s.typeOf(e).Kind() {
	case types.StringKind, types.DynKind:
		return textCost(function, size)
	case types.ListKind:
		if walksLists(function) {
			return size
		}
	}
	return 0
}
