package expr

import (
	"fmt"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// comparisons are ==, != and in for values of any two types. CEL's take two of one type, by which an int
// could not be compared with a number; which types go together is checked by validateComparison.
var comparisons = []declaration{
	declare(operators.Equals, nodeOverload(overloads.Equals, types.BoolType, types.DynType, types.DynType)),
	declare(operators.NotEquals, nodeOverload(overloads.NotEquals, types.BoolType, types.DynType, types.DynType)),
	declare(operators.In,
		nodeOverload(overloads.InList, types.BoolType, types.DynType, types.NewListType(types.DynType)),
		nodeOverload(overloads.InMap, types.BoolType, types.DynType, types.NewMapType(types.DynType, types.DynType))),
}

// arithmetic are the operators over an int and a number, which give a number.
var arithmetic = []declaration{
	declare(operators.Add, mixedOverloads("add")...),
	declare(operators.Subtract, mixedOverloads("subtract")...),
	declare(operators.Multiply, mixedOverloads("multiply")...),
	declare(operators.Divide, mixedOverloads("divide")...),
}

func mixedOverloads(name string) []decls.FunctionOpt {
	return []decls.FunctionOpt{
		nodeOverload(name+"_int_number", types.DoubleType, types.IntType, types.DoubleType),
		nodeOverload(name+"_number_int", types.DoubleType, types.DoubleType, types.IntType),
	}
}

// validateComparison reports values that can never be equal.
func (c *compilation) validateComparison(checked *ast.AST, e ast.Expr, args []ast.Expr) {
	left, right := checked.GetType(args[0].ID()), checked.GetType(args[1].ID())
	function := e.AsCall().FunctionName()
	inside := right
	if function == operators.In && len(right.Parameters()) > 0 {
		inside = right.Parameters()[0] // the elements, or the keys
	}
	if !mayBeEqual(left, inside) {
		c.addAt(e.ID(), CodeExpression, overloadMessage(function, typeNames(fmt.Sprintf("(%s, %s)", left, right))))
	}
}

// mayBeEqual reports whether values of two types can be equal; numbers can, whatever their type.
func mayBeEqual(a, b *types.Type) bool {
	switch {
	case isOpen(a) || isOpen(b), isNumeric(a) && isNumeric(b):
		return true
	case a.Kind() == types.NullTypeKind:
		return b.Kind() == types.NullTypeKind || isTime(b)
	case b.Kind() == types.NullTypeKind:
		return isTime(a)
	case a.Kind() != b.Kind():
		return false
	}
	for i, inner := range a.Parameters() {
		if i < len(b.Parameters()) && !mayBeEqual(inner, b.Parameters()[i]) {
			return false
		}
	}
	return true
}

// isOpen reports whether a type only shows when an expression is evaluated.
func isOpen(t *types.Type) bool {
	return t.Kind() == types.DynKind || t.Kind() == types.TypeParamKind || t.Kind() == types.ErrorKind
}

func isNumeric(t *types.Type) bool { return t.Kind() == types.IntKind || t.Kind() == types.DoubleKind }

func isTime(t *types.Type) bool {
	return t.Kind() == types.TimestampKind || t.Kind() == types.DurationKind
}
