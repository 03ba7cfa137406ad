package expr

import (
	"errors"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

var (
	typeT   = types.NewTypeParamType("T")
	listOfT = types.NewListType(typeT)
)

// listFunctions are ours over lists and maps. Those that are nodes charge for their work before they do it.
var listFunctions = []declaration{
	declare("first", overload("first_list_int", first, listOfT, listOfT, types.IntType)),
	declare("slice",
		nodeOverload("slice_list_int_int", listOfT, listOfT, types.IntType, types.IntType),
		nodeOverload("slice_string_int_int", types.StringType, types.StringType, types.IntType, types.IntType)),
	declare("sum", nodeOverload("sum_list", typeT, listOfT)),
	declare("sort", nodeOverload("sort_list", listOfT, listOfT)),
	declare("sort_by", nodeOverload("sort_by_list_string", listOfT, listOfT, types.StringType)),
	declare("reverse", nodeOverload("reverse_list", listOfT, listOfT)),
	declare("unique", nodeOverload("unique_list", listOfT, listOfT)),
	declare("get",
		overload("get_map_key", get, types.DynType, types.DynType, types.StringType, types.DynType),
		overload("get_list_index", get, types.DynType, types.DynType, types.IntType, types.DynType)),
}

// nodesOfLists are the nodes of listFunctions, given the values of their arguments.
var nodesOfLists = map[string]func(*frame, []ref.Val) ref.Val{
	"slice": slice, "sum": overList(sum), "sort": overList(sorted), "sort_by": overList(sortedBy),
	"reverse": overList(reversed), "unique": overList(unique),
}

// overList is a function of the elements of a list, which is its first argument, and of the others. It pays for
// walking the list once.
func overList(apply func(f *frame, elems, others []ref.Val) ref.Val) func(*frame, []ref.Val) ref.Val {
	return func(f *frame, args []ref.Val) ref.Val {
		list, ok := args[0].(traits.Lister)
		if !ok {
			return types.NoSuchOverloadErr()
		}
		elems := elements(list)
		charge(f, 1+len(elems))
		return apply(f, elems, args[1:])
	}
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

// slice is a part of a list or a text, from a position (0 is the first) up to another, which is no part of
// it. What lies behind the end is left out.
func slice(f *frame, args []ref.Val) ref.Val {
	from, isInt := args[1].(types.Int)
	to, alsoInt := args[2].(types.Int)
	if !isInt || !alsoInt {
		return types.NoSuchOverloadErr()
	}
	if from < 0 || to < 0 {
		return fail("slice: the positions are at least 0")
	}
	switch of := args[0].(type) {
	case types.String:
		return sliceOfText(f, string(of), from, to)
	case traits.Lister:
		elems := elements(of)
		end := min(int64(to), int64(len(elems)))
		start := min(int64(from), end)
		charge(f, 1+int(end-start))
		return newList(elems[start:end])
	}
	return types.NoSuchOverloadErr()
}

// sliceOfText counts in characters.
func sliceOfText(f *frame, text string, from, to types.Int) ref.Val {
	charge(f, 1+len(text)/bytesPerUnit)
	start, end, n := len(text), len(text), types.Int(0)
	for i := range text {
		if n == from {
			start = i
		}
		if n == to {
			end = i
			break
		}
		n++
	}
	return types.String(text[min(start, end):end])
}

// sum adds up ints and numbers. That of an empty list is 0.
func sum(_ *frame, elems, _ []ref.Val) ref.Val {
	total := ref.Val(types.IntZero)
	for _, elem := range elems {
		if !isInt(elem) && !isDouble(elem) {
			return fail("sum: an element of the list is not a number")
		}
		l, r := mixed(total, elem)
		adder, _ := l.(traits.Adder)
		if total = adder.Add(r); types.IsError(total) {
			return total
		}
	}
	return total
}

func reversed(_ *frame, elems, _ []ref.Val) ref.Val {
	all := make([]ref.Val, len(elems))
	for i, elem := range elems {
		all[len(elems)-1-i] = elem
	}
	return newList(all)
}

// unique leaves out what is equal to an element before it.
func unique(f *frame, elems, _ []ref.Val) ref.Val {
	seen := make(map[string]bool, len(elems))
	var all []ref.Val
	for _, elem := range elems {
		// Equal values are written alike, but for those of different types, such as a time and its text.
		w := writer{out: []byte(sortOf(elem))}
		switch err := w.writeValue(elem, 0); {
		case errors.Is(err, ErrSize):
			return fail("unique: an element of the list is too large")
		case err != nil:
			return types.WrapErr(err)
		}
		charge(f, len(w.out)/writtenPerUnit)
		if key := string(w.out); !seen[key] {
			seen[key] = true
			all = append(all, elem)
		}
	}
	return newList(all)
}

// sortOf is the name of a value's type, the same for all numbers.
func sortOf(val ref.Val) string {
	if isInt(val) {
		return types.DoubleType.TypeName()
	}
	return val.Type().TypeName()
}

// get is the value of a key of a map, or of a position in a list (0 is the first); where there is none, and
// where it is null, the value that is given instead.
func get(args ...ref.Val) ref.Val {
	var val ref.Val
	switch of := args[0].(type) {
	case *object:
		val, _ = of.Find(args[1])
	case traits.Lister:
		elems := elements(of)
		if i, ok := args[1].(types.Int); ok && i >= 0 && int64(i) < int64(len(elems)) {
			val = elems[i]
		}
	case types.Null:
	default:
		return fail("get takes a map and a key, or a list and a position")
	}
	if val == nil || val == types.NullValue {
		return args[2]
	}
	return val
}
