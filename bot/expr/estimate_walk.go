package expr

import (
	"math/bits"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// walk is what the nodes of listFunctions charge for their work; size is that of what they give.
func (s *estimator) walk(name string, exprs []ast.Expr, args []worst, size int) int {
	of := args[0]
	element := s.element(of.extent, s.typeOf(exprs[0]))
	switch name {
	case "slice":
		if s.typeOf(exprs[0]).Kind() == types.StringKind {
			return of.size / bytesPerUnit
		}
		return size
	case "unique":
		return of.size + of.size*written(element, 0)/writtenPerUnit
	case "sort_by":
		key, _ := literal(exprs[1])
		if by, known := element.fields[key]; known {
			element = by
		}
		return sortCost(of.size, element.size)
	case "sort":
		return sortCost(of.size, element.size)
	}
	return of.size
}

// sortCost is the cost of sorting n values, texts of a size if they are any.
func sortCost(n, size int) int {
	each := 1 + size/comparedPerUnit
	return n + n*min(size, maxFolded)*foldText + n*each*bits.Len(uint(n))
}

// written is about how long a value is as JSON.
func written(x extent, depth int) int {
	const most = 8 // lists inside one another; deeper ones are as long as what is assumed
	size := len(`"":,`) + x.size
	switch {
	case x.written > 0:
		return x.written
	case depth > most:
	case x.fields != nil:
		for key, val := range x.fields {
			size += len(key) + written(val, depth+1)
		}
	case x.inner != nil:
		size += x.size * written(*x.inner, depth+1)
	}
	return min(size, maxText)
}
