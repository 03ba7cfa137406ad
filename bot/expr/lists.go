package expr

import (
	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// listFunctions are ours over lists.
func listFunctions() ([]*decls.FunctionDecl, error) {
	list := types.NewListType(types.NewTypeParamType("T"))
	return declareAll(function{"first", []decls.FunctionOpt{
		decls.Overload("first_list_int", []*types.Type{list, types.IntType}, list, decls.BinaryBinding(first)),
	}})
}

// first is the beginning of a list: at most n elements.
func first(list, n ref.Val) ref.Val {
	l, _ := list.(traits.Lister)
	count, _ := n.(types.Int)
	elems := elements(l)
	if count < 0 {
		return fail("first: the number of elements is at least 0")
	}
	return newList(elems[:min(int64(count), int64(len(elems)))])
}
