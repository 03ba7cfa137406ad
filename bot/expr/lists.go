package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

var listOfT = types.NewListType(types.NewTypeParamType("T"))

// listFunctions are ours over lists.
var listFunctions = []declaration{
	declare("first", overload("first_list_int", first, listOfT, listOfT, types.IntType)),
}

// first is the beginning of a list: at most n elements.
func first(args ...ref.Val) ref.Val {
	list, _ := args[0].(traits.Lister)
	n, _ := args[1].(types.Int)
	elems := elements(list)
	if n < 0 {
		return fail("first: the number of elements is at least 0")
	}
	return newList(elems[:min(int64(n), int64(len(elems)))])
}
